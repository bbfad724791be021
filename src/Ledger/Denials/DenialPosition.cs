namespace BudgetEngine.Ledger.Denials;

/// <summary>Where a page of denials ended.</summary>
public sealed record DenialPosition(DateTimeOffset At, Guid Id);
