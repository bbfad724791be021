using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>What a commit does to a reservation and its hold, at the owner and at an ancestor.</summary>
public sealed class SettleEffectTests
{
    private const string Owner = "a/b";
    private static readonly DateOnly _date = new(2026, 3, 4);
    private static readonly Moment _now = new(new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero), 1_000_000_000);
    private static readonly TimeSpan _ttl = TimeSpan.FromSeconds(60);
    private static readonly Stamp _first = Stamp.First(1).Next();

    private readonly Reservations _reservations = new();
    private readonly Reservation _reservation = new()
    {
        Key = new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), Attempt = _first, ContentHash = default, User = "u", Date = _date, Ttl = _ttl, CreatedAt = _now.Utc,
        ExpiresAt = _now.Utc + _ttl, Deadline = _now.MonotonicTicks + _ttl.Ticks, Granted = new Money(40), Settled = new Money(5),
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FinalSettle_AppliedOnceOrTwice_EndsTheHoldAndTheReservation(bool isOwner)
    {
        var account = Holding(isOwner, _first);
        var effect = Effect(final: true, _now);

        Apply(effect, account, isOwner);
        Apply(effect, account, isOwner);

        Assert.Null(account.Find(_reservation.Key));
        Assert.Equal(Money.Zero, account.Node.Balances.HeldTotal);
        Assert.Equal(!isOwner, account.HasEnded(_reservation.Key, _first, _now));
        if (isOwner) Assert.Equal((ReservationState.Settled, new Money(12), 0), (_reservation.State, _reservation.Settled, _reservations.OpenCount));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Heartbeat_AppliedOnceOrTwice_LowersTheHoldAndRenewsItsDeadline(bool isOwner)
    {
        var account = Holding(isOwner, _first);
        var later = new Moment(_now.Utc.AddSeconds(30), _now.MonotonicTicks + TimeSpan.TicksPerSecond * 30);
        var effect = Effect(final: false, later);

        Apply(effect, account, isOwner);
        Apply(effect, account, isOwner);

        var hold = account.Find(_reservation.Key)!;
        var grace = isOwner ? TimeSpan.Zero : Account.AncestorGrace;
        Assert.Equal((new Money(33), later.Utc + _ttl, later.MonotonicTicks + (_ttl + grace).Ticks), (hold.Left, hold.ExpiresAt, hold.Deadline));
        if (isOwner) Assert.Equal((ReservationState.Held, new Money(12), later.MonotonicTicks + _ttl.Ticks), (_reservation.State, _reservation.Settled, _reservation.Deadline));
    }

    [Fact]
    public void Heartbeat_OvertakenByALaterStamp_ChangesNothing()
    {
        var account = Holding(isOwner: false, _first.Next().Next());

        Apply(Effect(final: false, _now), account, isOwner: false);

        Assert.Equal(new Money(40), account.Find(_reservation.Key)!.Left);
    }

    [Fact]
    public void End_OfAnEarlierAttempt_LeavesALaterOne()
    {
        var account = Holding(isOwner: false, _first);

        Apply(SettleEffect.EndOf(_reservation.Key, Stamp.First(1)), account, isOwner: false);

        Assert.Equal(new Money(40), account.Node.Balances.HeldTotal);
    }

    [Theory]
    [InlineData(0, 60, 60)]
    [InlineData(30, 60, 90)]
    [InlineData(30, 10, 60)]
    [InlineData(86_380, 60, 86_400)]
    public void Deadline_AfterMoreTime_IsNeverEarlierAndAtMostADayAfterTheBeginning(long secondsLater, long by, long expiresAfter)
    {
        if (secondsLater > 60) (_reservation.ExpiresAt, _reservation.Deadline) = (_now.Utc.AddSeconds(secondsLater + 1), _now.MonotonicTicks + TimeSpan.FromSeconds(secondsLater + 1).Ticks);
        var later = new Moment(_now.Utc.AddSeconds(secondsLater), _now.MonotonicTicks + TimeSpan.FromSeconds(secondsLater).Ticks);

        var expected = TimeSpan.FromSeconds(expiresAfter);
        Assert.Equal((_now.Utc + expected, _now.MonotonicTicks + expected.Ticks), _reservation.Prolonged(TimeSpan.FromSeconds(by), later));
    }

    private SettleEffect Effect(bool final, Moment now) =>
        SettleEffect.Of(_reservation, Settlement.Of(_reservation, new Money(40), new Money(7), final), new Money(7), _first.Next(), now);

    private void Apply(in SettleEffect effect, Account account, bool isOwner) => effect.ApplyTo(account, _reservations, isOwner ? _reservation : null, _now);

    private Account Holding(bool isOwner, Stamp revision)
    {
        var account = new Account(isOwner ? Owner : "a");
        var ask = new Ask(
            _reservation.Key, Owner, _first, revision, "u", null, null, new Money(40), null, false, false, false, _date, _reservation.ExpiresAt, _ttl);
        account.Apply(ask, account.Decide(ask, _now), _now, isOwner ? TimeSpan.Zero : Account.AncestorGrace);
        if (isOwner) _reservations.Add(_reservation);
        return account;
    }
}
