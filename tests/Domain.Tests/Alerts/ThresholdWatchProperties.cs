using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Alerts;

/// <summary>The watch against the rule said simply: count what is reached, in every window of the date, whenever it is asked.</summary>
public sealed class ThresholdWatchProperties(ITestOutputHelper output)
{
    private static readonly DateOnly Start = new(2026, 11, 21);

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Moved_WhateverHappens_IsTrueWhenTheNumberOfReachedThresholdsDiffers()
    {
        var random = Seed.NewRandom(output);
        var (asked, moved, quiet) = (0, 0, 0);
        for (var run = 0; run < 300; run++) Run(random, ref asked, ref moved, ref quiet);

        output.WriteLine($"{asked} asked, {moved} moved, {quiet} of them only seemingly");
        // Without both, nothing was shown.
        Assert.InRange(moved, asked / 50, asked * 4 / 5);
    }

    private static void Run(Random random, ref int asked, ref int moved, ref int quiet)
    {
        var (watch, account) = (new ThresholdWatch(), new LimitedAccount(AccountKind.Node, "acme"));
        var (limits, date, now, spent, version) = (LimitsOf(random), Start, Now, new Dictionary<DateOnly, long>(), 0L);
        Dictionary<(Period, DateOnly), int> before = [];
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(8))
            {
                case 0:
                    limits = LimitsOf(random);
                    break;
                case 1:
                    account.SetBudget(limits, [.. Enumerable.Range(0, random.Next(3)).Select(i => IncreaseOf(random, i, now))]);
                    break;
                case 2:
                    now = now.AddMinutes(random.Next(90));
                    break;
                case 3 when random.Next(3) == 0:
                    date = date.AddDays(random.Next(1, 9));
                    break;
                default:
                    Spend(random, account, date.AddDays(-random.Next(3)), spent, ref version);
                    break;
            }

            var reached = Reached(account, limits, date, now);
            var told = watch.Moved(account, limits, date, now);
            // A window that was not known begins with none reached; one that is no longer limited is not told.
            var differs = reached.Any(r => r.Value != before.GetValueOrDefault(r.Key));
            Assert.True(told || !differs, $"step {step}: {string.Join(' ', reached)} after {string.Join(' ', before)} was not told");
            Assert.False(watch.Moved(account, limits, date, now));
            foreach (var (window, count) in reached) before[window] = count;
            asked++;
            if (told) moved++;
            if (told && !differs) quiet++;
        }
    }

    private static Dictionary<(Period, DateOnly), int> Reached(LimitedAccount account, LimitSet limits, DateOnly date, DateTimeOffset now)
    {
        var reached = new Dictionary<(Period, DateOnly), int>();
        foreach (var period in Window.Periods)
        {
            if (account.Figures(limits, period, date, now) is not { } figures) continue;
            var amounts = limits.Thresholds.Select(t => t.AmountOf(figures.Limit)).Append(Threshold.AmountOf(1m, figures.Limit));
            reached[(period, figures.Window)] = amounts.Count(a => figures.Spent >= a);
        }

        return reached;
    }

    private static void Spend(Random random, LimitedAccount account, DateOnly date, Dictionary<DateOnly, long> spent, ref long version)
    {
        spent[date] = Math.Max(0, spent.GetValueOrDefault(date) + random.Next(-30, 45));
        var month = Window.Containing(Period.Monthly, date);
        account.Balances.SetDay(date, new Balance(new Money(spent[date]), 1, ++version));
        account.Balances.SetMonth(month, new Balance(new Money(spent.Where(s => Window.Containing(Period.Monthly, s.Key) == month).Sum(s => s.Value)), 1, ++version));
    }

    private static LimitSet LimitsOf(Random random)
    {
        Money? Limit() => random.Next(3) == 0 ? null : new Money(random.Next(0, 150));
        var thresholds = Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(1, 21) / 10m).Distinct().Order().Select(at => new Threshold(at, "l"));
        return new LimitSet(new Limits(Limit(), Limit(), Limit(), Limit()), [.. thresholds], Enforcement.Hard);
    }

    private static Increase IncreaseOf(Random random, int id, DateTimeOffset now) =>
        new($"i{id}", "acme", null, Window.Periods[random.Next(4)], new Money(random.Next(1, 80)), now.AddMinutes(random.Next(120)), null, "k", now);
}
