using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Budgets;

public sealed class WindowFiguresTests
{
    [Theory]
    [InlineData("0.7", 10, 7)]
    [InlineData("0.7", 11, 8)]
    [InlineData("0.7", 1, 1)]
    [InlineData("0.7", 0, 1)]
    [InlineData("2", 0, 1)]
    [InlineData("0.333", 1_000_000_000_000_000_000, 333_000_000_000_000_000)]
    [InlineData("0.95", 999_999_999_999_999_999, 950_000_000_000_000_000)]
    [InlineData("2", 1_000_000_000_000_000_000, 2_000_000_000_000_000_000)]
    [InlineData("0.0000000001", 5, 1)]
    public void Threshold_OfALimit_IsReachedAtTheFirstWholeNanoUnit(string at, long limit, long expected) =>
        Assert.Equal(expected, new Threshold(decimal.Parse(at, System.Globalization.CultureInfo.InvariantCulture), "warning").AmountOf(new Money(limit)).Nanos);

    [Theory]
    [InlineData(0, 100, "ok")]
    [InlineData(69, 100, "ok")]
    [InlineData(70, 100, "warning")]
    [InlineData(89, 100, "warning")]
    [InlineData(90, 100, "critical")]
    [InlineData(95, 100, "emergency")]
    [InlineData(99, 100, "emergency")]
    [InlineData(100, 100, "exceeded")]
    [InlineData(500, 100, "exceeded")]
    [InlineData(0, 0, "exceeded")]
    [InlineData(0, 1, "ok")]
    [InlineData(1, 1, "exceeded")]
    [InlineData(-1, 0, "ok")]
    public void Status_OfSpend_IsTheHighestThresholdReached(long spent, long limit, string expected) =>
        Assert.Equal(expected, Figures(spent, limit, Threshold.Defaults).Status);

    [Fact]
    public void Status_AtTheLimit_IsExceededWhateverTheThresholdsSay()
    {
        ImmutableArray<Threshold> own = [new(0.5m, "half"), new(1m, "full"), new(1.5m, "far")];
        Assert.Equal("half", Figures(99, 100, own).Status);
        Assert.Equal("exceeded", Figures(100, 100, own).Status);
        Assert.Equal("exceeded", Figures(150, 100, own).Status);
        Assert.Equal("exceeded", Figures(100, 100, []).Status);
        Assert.Equal("ok", Figures(99, 100, []).Status);
    }

    [Fact]
    public void Available_OfAWindow_CountsHoldsAndRemainingDoesNot()
    {
        var figures = Figures(30, 100, []) with { Held = new Money(80) };
        Assert.Equal(new Money(-10), figures.Available);
        Assert.Equal(new Money(70), figures.Remaining);
    }

    [Fact]
    public void Figures_AtTheEndOfSixtyFourBits_NeverThrow()
    {
        var spent = Figures(long.MaxValue, 0, [new Threshold(2m, "twice")]) with { Held = Account.MaxHeld };
        Assert.Equal((new Money(long.MinValue), new Money(-long.MaxValue)), (spent.Available, spent.Remaining));
        Assert.Equal("exceeded", spent.Status);
        Assert.Equal(Money.MaxValue, new Threshold(2m, "twice").AmountOf(Money.MaxValue));
        Assert.Equal("ok", Figures(1, long.MaxValue, [new Threshold(2m, "twice")]).Status);
    }

    [Fact]
    public void Limit_WithIncreasesBeyondSixtyFourBits_IsTheLargestAmount()
    {
        var now = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        var set = LimitSet.None with { Limits = new Limits(Money.MaxInput, null, null, null) };
        var account = new LimitedAccount(AccountKind.Node, "acme");
        account.SetBudget(set, [.. Enumerable.Range(0, 20).Select(i => new Increase($"i{i}", "acme", null, Period.Daily, Money.MaxInput, now.AddDays(1), null, "", now))]);
        Assert.Equal(Money.MaxValue, account.LimitOf(set, Period.Daily, now));
        Assert.Equal(Money.MaxValue, account.Figures(set, Period.Daily, new DateOnly(2026, 11, 20), now)!.Value.Available);
    }

    private static WindowFigures Figures(long spent, long limit, ImmutableArray<Threshold> thresholds) => new(
        new LimitedAccount(AccountKind.Node, "acme"), new LimitSet(default, thresholds, Enforcement.Hard), Period.Daily, new DateOnly(2026, 11, 20), new Money(limit),
        new Money(spent), Money.Zero);
}
