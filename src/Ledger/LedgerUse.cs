namespace BudgetEngine.Ledger;

/// <summary>What a process wants with a ledger.</summary>
public enum LedgerUse
{
    /// <summary>To look at it, to migrate it, to make a key: beside whoever works on it.</summary>
    Beside,

    /// <summary>To work on it as one of several. A ledger in a file does not go with that.</summary>
    Shared,

    /// <summary>To work on it alone: with the exclusive lock.</summary>
    Alone,

    /// <summary>To copy another ledger into it: alone, also where such a copy has broken off.</summary>
    Copy,
}
