using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Alerts;

public sealed class CrossingsTests
{
    private static readonly DateOnly Day = new(2026, 11, 21);

    [Theory]
    [InlineData(69, "")]
    [InlineData(70, "0.7:warning")]
    [InlineData(89, "0.7:warning")]
    [InlineData(95, "0.7:warning 0.9:critical 0.95:emergency")]
    [InlineData(100, "0.7:warning 0.9:critical 0.95:emergency 1.0:exceeded")]
    public void Find_WithoutMarks_IsAllThatIsReached(long spent, string expected)
    {
        var (fired, rearmed) = Find(spent, 100, Threshold.Defaults);

        Assert.Equal(expected, string.Join(' ', fired.Select(c => FormattableString.Invariant($"{c.At}:{c.Level}"))));
        Assert.All(fired, c => Assert.Equal((Period.Daily, Day, 0, spent, 100L), (c.Period, c.Window, c.Generation, c.Spent.Nanos, c.Limit.Nanos)));
        Assert.Empty(rearmed);
    }

    [Fact]
    public void Find_WithoutAThresholdAtTheLimit_RemembersTheLimitWithoutALevel()
    {
        var (fired, _) = Find(100, 100, [new Threshold(0.5m, "half")]);

        Assert.Equal([(0.5m, "half"), (1m, (string?)null)], fired.Select(c => (c.At, c.Level)));
    }

    [Theory]
    [InlineData(71, 101, true)]
    [InlineData(70, 101, false)]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, true)]
    [InlineData(1, 1, true)]
    public void Threshold_IsReachedAtItsAmountRoundedUp_AndAtOneNanoUnitAtLeast(long spent, long limit, bool reached) =>
        Assert.Equal(reached, Find(spent, limit, [new Threshold(0.7m, "w")]).Fired.Exists(c => c.At == 0.7m));

    [Fact]
    public void Find_WhatHasFired_NeitherFiresAgainNorIsArmedWhileItIsReached()
    {
        var (fired, rearmed) = Find(75, 100, Threshold.Defaults, Mark(0.7m, 3, fired: true));

        Assert.Empty(fired);
        Assert.Empty(rearmed);
    }

    [Fact]
    public void Find_WhatHasFiredAndIsNotReached_IsArmedAgain_AndFiresInItsGeneration()
    {
        var (fired, rearmed) = Find(69, 100, Threshold.Defaults, Mark(0.7m, 3, fired: true), Mark(0.9m, 1, fired: false));
        Assert.Empty(fired);
        Assert.Equal([Mark(0.7m, 3, fired: true)], rearmed);

        (fired, rearmed) = Find(92, 100, Threshold.Defaults, Mark(0.7m, 4, fired: false), Mark(0.9m, 1, fired: true));
        Assert.Equal([(0.7m, 4)], fired.Select(c => (c.At, c.Generation)));
        Assert.Empty(rearmed);
    }

    [Fact]
    public void LargestLimit_AtTheLargestThreshold_DoesNotOverflow()
    {
        var (fired, _) = Find(Money.MaxInput.Nanos * 2 - 1, Money.MaxInput.Nanos, [new Threshold(Threshold.MaxAt, "twice")]);
        Assert.DoesNotContain(fired, c => c.At == 2m);
        Assert.Contains(Find(Money.MaxInput.Nanos * 2, Money.MaxInput.Nanos, [new Threshold(Threshold.MaxAt, "twice")]).Fired, c => c.At == 2m);
    }

    private static ThresholdMark Mark(decimal at, int generation, bool fired) => new(Period.Daily, Day, at, generation, fired);

    private static (List<Crossing> Fired, List<ThresholdMark> Rearmed) Find(long spent, long limit, IEnumerable<Threshold> thresholds, params ThresholdMark[] marks)
    {
        var limits = new LimitSet(new Limits(new Money(limit), null, null, null), [.. thresholds], Enforcement.Hard);
        var account = new LimitedAccount(AccountKind.Node, "acme");
        var figures = new WindowFigures(account, limits, Period.Daily, Day, new Money(limit), new Money(spent), Money.Zero);
        var (fired, rearmed) = (new List<Crossing>(), new List<ThresholdMark>());
        Crossings.Find(figures, marks.ToDictionary(m => m.At), fired, rearmed);
        return (fired, rearmed);
    }
}
