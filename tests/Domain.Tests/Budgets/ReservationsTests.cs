using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>How long an owner remembers. Section 3.</summary>
public sealed class ReservationsTests
{
    private readonly Reservations _reservations = new();

    [Fact]
    public void Reservation_Ended_IsRememberedTenMinutes()
    {
        var held = Add(1, 1);
        Assert.Equal(1, _reservations.OpenCount);
        _reservations.End(held, ReservationState.Released, At(0));
        Assert.Equal(0, _reservations.OpenCount);
        Assert.Same(held, _reservations.Find(Key(1), At(599.9999999)));
        Assert.Equal(ReservationState.Released, held.State);
        Assert.Null(_reservations.Find(Key(1), At(600)));
    }

    [Fact]
    public void Reservation_Open_IsNeverForgotten()
    {
        var held = Add(1, 1);
        for (var i = 2; i < 3_000; i++) _reservations.End(Add(i, 1), ReservationState.Settled, At(i));
        Assert.Same(held, _reservations.Find(Key(1), At(1_000_000)));
        Assert.Same(held, Assert.Single(_reservations.Open));
    }

    [Fact]
    public void Reservations_EndedMoreThanAThousand_ForgetTheFirst()
    {
        for (var i = 0; i < Reservations.MaxEnded + 3; i++) _reservations.End(Add(i, 1), ReservationState.Expired, At(0));
        Assert.Null(_reservations.Find(Key(2), At(1)));
        Assert.NotNull(_reservations.Find(Key(3), At(1)));
        Assert.NotNull(_reservations.Find(Key(Reservations.MaxEnded + 2), At(1)));
        Assert.Equal(0, _reservations.OpenCount);
    }

    [Fact]
    public void Reservation_OfALaterAttempt_ReplacesTheEndedOneAndOutlivesIt()
    {
        var first = Add(1, 1);
        _reservations.End(first, ReservationState.Expired, At(0));
        var second = Add(1, 2);
        Assert.Null(_reservations.Find(Key(1), new Stamp(1), At(1)));
        Assert.Same(second, _reservations.Find(Key(1), new Stamp(2), At(1)));
        Assert.Same(second, _reservations.Find(Key(1), At(601)));
        Assert.Equal(1, _reservations.OpenCount);
    }

    [Fact]
    public void Reservation_Withdrawn_LeavesTheEarlierOneAsItWas()
    {
        var first = Add(1, 1);
        _reservations.End(first, ReservationState.Released, At(0));
        var second = Add(1, 2);
        _reservations.Withdraw(second, first);
        Assert.Same(first, _reservations.Find(Key(1), At(1)));
        Assert.Equal(0, _reservations.OpenCount);
        Assert.Null(_reservations.Find(Key(1), At(600)));
    }

    [Fact]
    public void Reservation_WithdrawnWhenTheEarlierOneIsForgotten_LeavesNothing()
    {
        var first = Add(1, 1);
        _reservations.End(first, ReservationState.Released, At(0));
        var second = Add(1, 2);
        Assert.Same(second, _reservations.Find(Key(1), At(600)));
        _reservations.Withdraw(second, first);
        Assert.Null(_reservations.Find(Key(1), At(600)));

        var third = Add(2, 3);
        _reservations.Withdraw(third, null);
        Assert.Null(_reservations.Find(Key(2), At(600)));
        Assert.Equal(0, _reservations.OpenCount);
    }

    private Reservation Add(int key, long attempt)
    {
        var reservation = new Reservation
        {
            Key = Key(key), Attempt = new Stamp(attempt), ContentHash = default, User = "bob", Date = new DateOnly(2026, 11, 20), Ttl = TimeSpan.FromSeconds(600), CreatedAt = default,
        };
        _reservations.Add(reservation);
        return reservation;
    }

    private static Guid Key(int i) => new(i, 0, 0, new byte[8]);

    private static Moment At(double seconds) => new(default, (long)Math.Round(seconds * TimeSpan.TicksPerSecond));
}
