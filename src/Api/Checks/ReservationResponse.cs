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

/// <summary>What became of one reservation.</summary>
public sealed record ReleaseResponse(ReservationState State);

/// <summary>What became of all reservations at and below a cost center.</summary>
public sealed record ReleaseAllResponse(string CostCenter, long Released, [property: Description("Still open: repeat the request.")] long Left);
