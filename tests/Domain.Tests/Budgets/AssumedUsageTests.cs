using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Budgets;

public class AssumedUsageTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 5, 0, 10, 0, TimeSpan.Zero);
    private static readonly DateOnly _booked = new(2026, 3, 4);

    [Fact]
    public void Charge_SaysWhatTheReservationKnows()
    {
        var row = AssumedUsage.Charge(Reservation(1), "acme/a", new Money(30), "rsv_x", _booked, _now);

        Assert.Equal(("acme/a", "ann", "gpt-x", new Money(30), _booked), (row.CostCenter, row.User, row.Model, row.Cost, row.BookedDate));
        Assert.Equal((_now.AddMinutes(-20), _now, "rsv_x", 1L), (row.Timestamp, row.RecordedAt, row.ReservationId, row.Requests));
        Assert.Equal(RowFlags.Assumed, row.Flags);
        Assert.Null(row.TokensUsed());
    }

    [Fact]
    public void Charge_OfADayThatIsOver_IsLate_AndOfASoftGrantOverLimit()
    {
        var reservation = Reservation(1);
        reservation.OverLimit = true;

        Assert.Equal(RowFlags.Assumed | RowFlags.Late | RowFlags.OverLimit, AssumedUsage.Charge(reservation, "acme/a", new Money(30), "rsv_x", _booked.AddDays(1), _now).Flags);
    }

    [Fact]
    public void Charge_OfTheSameAttempt_HasTheSameIdAndContent_AndOfAnotherAttemptNot()
    {
        UsageRow Of(long attempt, DateTimeOffset now) => AssumedUsage.Charge(Reservation(attempt), "acme/a", new Money(30), "rsv_x", _booked, now);

        Assert.Equal((Of(1, _now).RequestId, Of(1, _now).ContentHash), (Of(1, _now.AddSeconds(9)).RequestId, Of(1, _now.AddSeconds(9)).ContentHash));
        Assert.NotEqual(Of(1, _now).RequestId, Of(2, _now).RequestId);
    }

    [Theory]
    [InlineData(true, 25, 30, -30)]
    [InlineData(true, 50, 30, -30)]
    [InlineData(true, 0, 30, -30)]
    [InlineData(true, 25, 0, null)]
    [InlineData(false, 25, 30, -25)]
    [InlineData(false, 50, 30, -30)]
    [InlineData(false, 0, 30, null)]
    public void Record_TakesBackWhatItReplaces(bool final, long cost, long left, int? back)
    {
        var by = new UsageRow { RequestId = "r", CostCenter = "acme/a", Cost = new Money(cost), Final = final, Timestamp = _now, RecordedAt = _now, BookedDate = _booked, ContentHash = Guid.Empty };

        var row = AssumedUsage.Replaced("charge-1-x", "acme/a", "ann", _booked, by, new Money(left));

        Assert.Equal(back, (int?)row?.Cost.Nanos);
        if (row is null) return;
        Assert.Equal((RowKind.Correction, "charge-1-x", RowFlags.Assumed, 0L), (row.Kind, row.Corrects, row.Flags, row.Requests));
        Assert.Equal(final ? AssumedUsage.ReturnIdOf("charge-1-x") : AssumedUsage.PartIdOf("charge-1-x", "r"), row.RequestId);
    }

    [Fact]
    public void Ids_OfTheLongestKind_FitIntoALedger()
    {
        var charge = AssumedUsage.IdOf(Guid.AllBitsSet, new Stamp(long.MaxValue));

        Assert.InRange(AssumedUsage.PartIdOf(charge, new string('r', 200)).Length, 1, 200);
        Assert.NotEqual(AssumedUsage.PartIdOf(charge, "r1"), AssumedUsage.PartIdOf(charge, "r2"));
    }

    private static Reservation Reservation(long attempt) => new()
    {
        Key = new Guid("aaaaaaaa-0000-0000-0000-000000000001"), Attempt = new Stamp(attempt), ContentHash = Guid.Empty, User = "ann", Model = "gpt-x", Date = _booked, Ttl = TimeSpan.FromMinutes(20),
        CreatedAt = _now.AddMinutes(-20),
    };
}
