using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Api.Checks;

/// <summary>Which open reservations are asked for; null: any.</summary>
/// <param name="OlderThan">Made at least so long ago.</param>
/// <param name="MinAmount">That still hold at least so much.</param>
internal sealed record ReservationFilter(string? User, string? Model, string? RequestId, TimeSpan? OlderThan, Money? MinAmount)
{
    public bool IsAny => this == new ReservationFilter(null, null, null, null, null);

    public static ReservationFilter Read(QueryReader query, Resolution resolution) => new(
        query.Text("user", TextRules.MaxUser), query.Text("model", TextRules.MaxModel),
        query.Text("request_id", TextRules.MaxLongRequestId) is { } id ? LongRequestId.Stored(id) : null,
        query.Seconds("older_than_seconds", Reservation.MaxLifetime), query.Amount("min_amount", resolution));

    public bool Matches(ReservationReply r, DateTimeOffset now) =>
        (User is null || r.User == User) && (Model is null || string.Equals(r.Model, Model, StringComparison.OrdinalIgnoreCase)) && (RequestId is null || r.RequestId == RequestId)
        && (OlderThan is not { } age || now - r.CreatedAt >= age) && (MinAmount is not { } least || r.Left >= least.Nanos);
}
