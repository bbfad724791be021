using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>What a record does to the reservation that it names. R6, R7, R10, R12, R14, R15.</summary>
public sealed class SettlementTests
{
    [Theory]
    [InlineData("R7", ReservationState.Held, 10, 4, true, RowFlags.None, true, 0, true)]
    [InlineData("R7", ReservationState.Held, 10, 10, true, RowFlags.None, true, 0, true)]
    [InlineData("R7", ReservationState.Held, 10, 11, true, RowFlags.Underestimated, true, 0, true)]
    [InlineData("R7", ReservationState.Held, 0, 0, true, RowFlags.None, true, 0, true)]
    [InlineData("R7", ReservationState.Held, 0, 1, true, RowFlags.Underestimated, true, 0, true)]
    [InlineData("R6", ReservationState.Held, 10, 4, false, RowFlags.None, true, 6, false)]
    [InlineData("R6", ReservationState.Held, 10, 10, false, RowFlags.None, true, 0, false)]
    [InlineData("R6", ReservationState.Held, 10, 11, false, RowFlags.Underestimated, true, 0, false)]
    [InlineData("R6", ReservationState.Settling, 10, 4, false, RowFlags.None, true, 6, false)]
    [InlineData("R10", ReservationState.Expired, 0, 4, true, RowFlags.AfterExpiry, false, 0, false)]
    [InlineData("R10", ReservationState.Expired, 0, 4, false, RowFlags.AfterExpiry, false, 0, false)]
    [InlineData("R12", ReservationState.Settled, 0, 4, true, RowFlags.AfterSettle, false, 0, false)]
    [InlineData("R14", ReservationState.Released, 0, 4, true, RowFlags.AfterRelease, false, 0, false)]
    [InlineData("R14", ReservationState.Released, 0, 0, true, RowFlags.None, false, 0, false)]
    public void Record_OfAReservation_IsFlaggedAndEndsItAsTheTableSays(
        string rule, ReservationState state, long left, long cost, bool final, RowFlags flags, bool settles, long leftAfterwards, bool ends)
    {
        var settlement = Settlement.Of(In(state, overLimit: false), new Money(left), new Money(cost), final);
        Assert.True(new Settlement(flags, settles, new Money(leftAfterwards), ends) == settlement, $"{rule}: {settlement}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Record_OfAForgottenReservation_EndsItEverywhere(bool final) =>
        Assert.Equal(new Settlement(RowFlags.NoReservation, false, Money.Zero, true), Settlement.Of(null, Money.Zero, new Money(4), final));

    [Theory]
    [InlineData(ReservationState.Held, 4, 10, RowFlags.OverLimit)]
    [InlineData(ReservationState.Held, 0, 10, RowFlags.None)]
    [InlineData(ReservationState.Held, 11, 10, RowFlags.OverLimit | RowFlags.Underestimated)]
    [InlineData(ReservationState.Expired, 4, 0, RowFlags.AfterExpiry)]
    public void Record_OfAReservationOverASoftLimit_SaysSo(ReservationState state, long cost, long left, RowFlags flags) =>
        Assert.Equal(flags, Settlement.Of(In(state, overLimit: true), new Money(left), new Money(cost), true).Flags);

    private static Reservation In(ReservationState state, bool overLimit) => new()
    {
        Key = Guid.Empty, Attempt = Stamp.First(1), ContentHash = default, User = "bob", Date = default, Ttl = default, CreatedAt = default, State = state, OverLimit = overLimit,
    };
}
