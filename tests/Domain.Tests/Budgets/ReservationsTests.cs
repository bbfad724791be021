using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.TestKit.Traffic;

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
        Assert.Equal(ReservationState.Released, _reservations.Find(Key(1), At(599.9999999))?.State);
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
        _reservations.Withdraw(second);
        Assert.Equal((first.Attempt, ReservationState.Released), _reservations.Find(Key(1), At(1)) is { } found ? (found.Attempt, found.State) : default);
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
        _reservations.Withdraw(second);
        Assert.Null(_reservations.Find(Key(1), At(600)));

        var third = Add(2, 3);
        _reservations.Withdraw(third);
        Assert.Null(_reservations.Find(Key(2), At(600)));
        Assert.Equal(0, _reservations.OpenCount);
    }

    [Theory]
    [InlineData(ReservationState.Settled)]
    [InlineData(ReservationState.Released)]
    [InlineData(ReservationState.Expired)]
    public void Reservation_Ended_AnswersQuestionsAsBefore(ReservationState state)
    {
        var held = new Reservation
        {
            Key = Key(1), Attempt = new Stamp(7), ContentHash = Key(9), User = "bob", Model = "gpt-4.1", RequestId = "r1", Date = new DateOnly(2026, 11, 20), Ttl = TimeSpan.FromSeconds(600),
            CreatedAt = new DateTimeOffset(2026, 11, 20, 1, 2, 3, 4, TimeSpan.Zero), ExpiresAt = new DateTimeOffset(2026, 11, 20, 1, 12, 3, 4, TimeSpan.Zero), Granted = new Money(12), Settled = new Money(5),
        };
        _reservations.Add(held);

        _reservations.End(held, state, At(0));

        var ended = _reservations.Find(new ReservationClaim(held.Key, held.Attempt, "bob", held.Date), At(1))!;
        Assert.Equal((state, held.Key, held.Attempt, held.ContentHash, held.User, held.Model), (ended.State, ended.Key, ended.Attempt, ended.ContentHash, ended.User, ended.Model));
        Assert.Equal((held.RequestId, held.Date, held.CreatedAt, held.ExpiresAt, held.Granted, held.Settled), (ended.RequestId, ended.Date, ended.CreatedAt, ended.ExpiresAt, ended.Granted, ended.Settled));
    }

    // (request id): what is short is bytes of a row, what is long a text of its own; characters of several bytes at the border between.
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("r")]
    [InlineData("chatcmpl-CVmGcnVqsCbKCYpyIcPmtW4yBWnTm")]
    [InlineData("0123456789012345678901234567890123456789")]
    [InlineData("01234567890123456789012345678901234567890")]
    [InlineData("012345678901234567890123456789012345678é")]
    [InlineData("01234567890123456789012345678901234567é")]
    [InlineData("a request id that is much longer than those of the providers, with 😀 and 予算 in it, and 128 characters are the most it may have ..")]
    public void Reservation_Ended_HasItsRequestId(string? requestId)
    {
        // Others around it, of the other kind, through several growths and a turn around the rows.
        for (var i = 0; i < 3 * Reservations.MaxEnded; i++)
        {
            _reservations.End(Add(2 * i, 1, i % 2 == 0 ? "short" : new string('x', 100)), ReservationState.Released, At(0));
            _reservations.End(Add(2 * i + 1, 1, requestId), ReservationState.Released, At(0));
            if (i >= 100) Assert.Equal(requestId, _reservations.Find(Key(2 * (i - 100) + 1), At(1))!.RequestId);
            Assert.Equal(i % 2 == 0 ? "short" : new string('x', 100), _reservations.Find(Key(2 * i), At(1))!.RequestId);
        }
    }

    [Fact]
    public void Reservation_Expired_MayStillChange()
    {
        var held = Add(1, 1);
        _reservations.End(held, ReservationState.Expired, At(0));

        _reservations.Find(Key(1), At(1))!.State = ReservationState.Released;

        Assert.Equal(ReservationState.Released, _reservations.Find(Key(1), At(2))!.State);
    }

    /// <summary>Against a list that is searched from its end.</summary>
    [Fact]
    public void Reservations_InAnyOrder_AreRememberedLikeAList()
    {
        var seed = Seed.Next();
        var dice = new Random(seed);
        var ended = new List<(int Key, long Attempt, double At)>();
        var open = new Dictionary<int, Reservation>();
        var now = 0.0;
        for (var step = 1; step < 30_000; step++)
        {
            now += dice.Next(100) == 0 ? dice.Next(700) : dice.NextDouble();
            var key = dice.Next(40) == 0 ? dice.Next(10) : dice.Next(2_000);
            if (open.Remove(key, out var reservation))
            {
                if (dice.Next(5) == 0)
                {
                    _reservations.Withdraw(reservation);
                }
                else
                {
                    _reservations.End(reservation, (ReservationState)dice.Next((int)ReservationState.Settled, (int)ReservationState.Expired + 1), At(now));
                    ended.Add((key, reservation.Attempt.Value, now));
                    if (ended.Count > Reservations.MaxEnded) ended.RemoveAt(0);
                }
            }
            else
            {
                open.Add(key, Add(key, step));
            }

            ended.RemoveAll(e => At(e.At + 600).MonotonicTicks <= At(now).MonotonicTicks);
            var asked = dice.Next(2_000);
            var expected = open.TryGetValue(asked, out var held) ? held.Attempt.Value : ended.LastOrDefault(e => e.Key == asked).Attempt;
            Assert.True(expected == (_reservations.Find(Key(asked), At(now))?.Attempt.Value ?? 0), $"seed {seed}, step {step}: another reservation of {asked} than {expected}");
            Assert.Equal(open.Count, _reservations.OpenCount);
        }
    }

    private Reservation Add(int key, long attempt, string? requestId = null)
    {
        var reservation = new Reservation
        {
            Key = Key(key), Attempt = new Stamp(attempt), ContentHash = default, User = "bob", RequestId = requestId, Date = new DateOnly(2026, 11, 20), Ttl = TimeSpan.FromSeconds(600), CreatedAt = default,
        };
        _reservations.Add(reservation);
        return reservation;
    }

    private static Guid Key(int i) => new(i, 0, 0, new byte[8]);

    private static Moment At(double seconds) => new(default, (long)Math.Round(seconds * TimeSpan.TicksPerSecond));
}
