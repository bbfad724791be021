using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>When the next of the holds lapses that make up what a window holds: of that window and that account, not of any other.</summary>
public sealed class NextLapseTests
{
    private static readonly DateOnly _today = new(2026, 11, 28);

    private static readonly Moment _now = new(new DateTimeOffset(2026, 11, 28, 10, 0, 0, TimeSpan.Zero), 1_000_000);

    private readonly Account _account = new("acme");

    private long _stamp;

    public NextLapseTests() => _account.SetBudget(Limited(own: 100, perUser: 10), hasUserBudgets: false, [], []);

    [Fact]
    public void NextLapse_OfTheCostCenter_IsThatOfItsNextHold()
    {
        Hold("amy", 1, seconds: 60);
        Hold("bob", 1, seconds: 30);

        Assert.Equal((2, _now.Utc.AddSeconds(30)), Look(null, _today));
    }

    [Fact]
    public void NextLapse_OfAUser_IsThatOfTheUsersOwn()
    {
        Hold("amy", 1, seconds: 60);
        Hold("amy", 1, seconds: 50);
        Hold("bob", 1, seconds: 30);

        Assert.Equal((2, _now.Utc.AddSeconds(50)), Look("amy", _today));
        Assert.Equal((1, _now.Utc.AddSeconds(30)), Look("bob", _today));
    }

    [Fact]
    public void NextLapse_OfAWindow_LeavesOutHoldsOfOthers_AndThoseThatHoldNothing()
    {
        Hold("amy", 1, seconds: 10, date: _today.AddDays(-1));
        Hold("amy", 0, seconds: 5);
        Hold("amy", 1, seconds: 60);

        Assert.Equal((1, _now.Utc.AddSeconds(60)), Look(null, _today));
    }

    [Fact]
    public void NextLapse_OfHoldsThatAreBeingSettled_IsNone()
    {
        var hold = Hold("amy", 1, seconds: 60);
        _account.SetDeadline(hold, hold.ExpiresAt, long.MaxValue);

        Assert.Equal((1, (DateTimeOffset?)null), Look(null, _today));
    }

    [Fact]
    public void Reservations_OfAWindow_GoDownAsHoldsEnd_AndNotAsTheyShrink()
    {
        var first = Hold("amy", 3, seconds: 60);
        Hold("amy", 1, seconds: 50);
        _account.SetLeft(first, new Money(1));
        Assert.Equal(2, Look("amy", _today).Reservations);
        _account.End(first.Key, first.Attempt, _now);
        Assert.Equal(1, Look("amy", _today).Reservations);
    }

    private (int Reservations, DateTimeOffset? NextLapse) Look(string? user, DateOnly date)
    {
        var (account, limits) = user is null ? (_account.Node, _account.Node.Own!) : (_account.Sides.UserFor(user)!, _account.Sides.LimitsOf(_account.Sides.UserFor(user)!)!);
        var figures = account.Figures(limits, Period.Daily, date, _now.Utc)!.Value;
        return (figures.Reservations, _account.NextLapse(figures, _now));
    }

    private Hold Hold(string user, long amount, int seconds, DateOnly? date = null)
    {
        _account.Sides.Open(AccountKind.User, user).Loaded = true;
        var stamp = new Stamp(++_stamp);
        var ask = new Ask(
            Guid.NewGuid(), "acme", stamp, stamp, user, null, null, new Money(amount), null, amount == 0, false, false, date ?? _today, _now.Utc.AddSeconds(seconds), TimeSpan.FromSeconds(seconds));
        return _account.Apply(ask, _account.Decide(ask, _now), _now, TimeSpan.Zero);
    }

    private static Budget Limited(long own, long perUser) => Budget.Empty with { Own = Daily(own), PerUser = Daily(perUser) };

    private static LimitSet Daily(long limit) => LimitSet.None with { Limits = new Limits(new Money(limit), null, null, null) };
}
