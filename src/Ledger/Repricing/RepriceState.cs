namespace BudgetEngine.Ledger.Repricing;

/// <summary>Stored: never renumbered.</summary>
public enum RepriceState : byte
{
    /// <summary>Waiting for its turn, or under way.</summary>
    Open = 0,
    Done = 1,
    Cancelled = 2,

    /// <summary>It cannot go on; <see cref="RepriceJob.Fault"/> says why.</summary>
    Failed = 3,
}
