using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Api.Checks;

/// <summary>A reservation as it is told to a caller.</summary>
public sealed record ReservationView(
    string Id, ReservationState State, string CostCenter, string User, string? Model, string? RequestId, Money Granted, Money Left, Money Settled,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
