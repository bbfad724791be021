using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Api.Checks;

public enum ReleaseStatus
{
    Released,

    /// <summary>409 <c>already_settled</c>.</summary>
    AlreadySettled,

    /// <summary>503 <c>ledger_unavailable</c>.</summary>
    Unavailable,
}

/// <param name="Ended">This release ended it, not one before.</param>
public sealed record ReleaseAnswer(ReleaseStatus Status, ReservationState State, bool Ended);
