namespace BudgetEngine.Ledger.Reports;

/// <summary>By what usage is told apart in the roll-ups. Stored: never renumbered.</summary>
public enum UsageDimension
{
    /// <summary>By nothing: the cost center as a whole.</summary>
    All = 0,
    Model = 1,
    Provider = 2,
    User = 3,

    /// <summary>Names are <c>key=value</c>, of the keys that are set to be rolled up.</summary>
    Tag = 4,
}
