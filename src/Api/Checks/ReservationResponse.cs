using System.ComponentModel;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Api.Checks;

/// <summary>A reservation.</summary>
public sealed record ReservationResponse(
    string ReservationId, ReservationState State, string CostCenter, string User, string? Model, string? RequestId, Money Granted, Money Left, Money Settled,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static ReservationResponse Of(ReservationView view) => new(
        view.Id, view.State, view.CostCenter, view.User, view.Model, view.RequestId, view.Granted, view.Left, view.Settled, view.CreatedAt, view.ExpiresAt);
}

/// <summary>One page of open reservations.</summary>
public sealed record ReservationsResponse(
    IReadOnlyList<ReservationResponse> Items,
    [property: Description("Send as cursor for the next page; null: this is the last.")] string? NextCursor,
    [property: Description("All that are open at and below the cost center, whatever is filtered.")] long Open,
    [property: Description("What they hold.")] Money Amount,
    [property: Description("Open ones beyond 10,000, which were not looked at.")] long Unread);

/// <summary>What became of one reservation.</summary>
public sealed record ReleaseResponse(ReservationState State);

/// <summary>What became of the reservations at and below a cost center that were asked for.</summary>
public sealed record ReleaseAllResponse(string CostCenter, long Released, [property: Description("Of those that were asked for, still open: repeat the request.")] long Left);
