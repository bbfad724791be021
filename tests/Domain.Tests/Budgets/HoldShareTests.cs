using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>No direct child can take all the room for holds of a node above it.</summary>
public sealed class HoldShareTests
{
    private static readonly Moment Now = new(new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero), 0);
    private int _keys;

    [Fact]
    public void Held_OfOneChild_LeavesRoomForTheOthers()
    {
        var account = new Account("acme");
        for (var i = 0; i < 4; i++) Ask(account, "acme/a/x", Money.MaxInput);

        Assert.Equal(DenialReason.TooManyReservations, Ask(account, "acme/a/y", new Money(1)));
        Assert.Equal(DenialReason.None, Ask(account, "acme/b", new Money(1)));
        Assert.Equal(DenialReason.None, Ask(account, "acme", new Money(1)));
    }

    [Fact]
    public void Holds_OfOneChild_LeaveRoomForTheOthers()
    {
        var account = new Account("acme", new HoldRoom(MaxHolds: 10, MaxOwn: 10));
        for (var i = 0; i < 5; i++) Assert.Equal(DenialReason.None, Ask(account, $"acme/a/x{i}", Money.Zero));

        Assert.Equal(DenialReason.TooManyReservations, Ask(account, "acme/a", Money.Zero));
        for (var i = 0; i < 5; i++) Assert.Equal(DenialReason.None, Ask(account, "acme/ab", Money.Zero));
        Assert.Equal(DenialReason.TooManyReservations, Ask(account, "acme/c", Money.Zero));
        Assert.Equal(10, account.Holds.Count);
    }

    [Fact]
    public void Share_OfAChild_IsFreeAgainWhenItsHoldsEnd()
    {
        var account = new Account("acme", new HoldRoom(MaxHolds: 4, MaxOwn: 4));
        Assert.Equal(DenialReason.None, Ask(account, "acme/a", Money.MaxInput));
        Assert.Equal(DenialReason.None, Ask(account, "acme/a", Money.MaxInput));
        Assert.Equal(DenialReason.TooManyReservations, Ask(account, "acme/a", new Money(1)));

        account.SetLeft(account.Holds.First(), new Money(5));
        account.End(account.Holds.Last().Key, new Stamp(1), Now);

        Assert.Equal(DenialReason.None, Ask(account, "acme/a", Money.MaxInput));
        Assert.Equal(DenialReason.TooManyReservations, Ask(account, "acme/a", new Money(0)));
    }

    [Fact]
    public void Shares_OfMadeUpChildren_LeaveLittleBehind()
    {
        var shares = new HoldShares();
        for (var i = 0; i < 3 * HoldShares.MaxEmpty; i++) shares.Close(shares.Open("acme", $"acme/made-up-{i}"));

        Assert.Equal(HoldShares.MaxEmpty, shares.Count);
        Assert.Same(shares.Find("acme", "acme/made-up-1"), shares.Open("acme", "acme/made-up-1/x"));
    }

    private DenialReason Ask(Account account, string owner, Money amount)
    {
        var ask = new Ask(
            new Guid(++_keys, 0, 0, new byte[8]), owner, new Stamp(1), new Stamp(1), "u", null, null, amount, null, amount == Money.Zero, false, false,
            new DateOnly(2026, 11, 20), Now.Utc + TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var verdict = account.Decide(ask, Now);
        if (verdict.Kind == VerdictKind.Granted) account.Apply(ask, verdict, Now, TimeSpan.Zero);
        return verdict.Reason;
    }
}
