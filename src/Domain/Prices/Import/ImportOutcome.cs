namespace BudgetEngine.Domain.Prices.Import;

/// <summary>What an import does with one model.</summary>
public enum ImportOutcome
{
    /// <summary>The book has no price of the model at that instant.</summary>
    Added,

    /// <summary>The book has another price, or another maximum of output tokens.</summary>
    Changed,

    /// <summary>The book has the same; no version is entered.</summary>
    Unchanged,

    /// <summary>Not taken, for a reason.</summary>
    Skipped,

    /// <summary>Apart: a price above what is plausible, which is taken only when that is asked for.</summary>
    Outlier,

    /// <summary>Apart: every price is 0, which is taken only when that is asked for.</summary>
    Free,
}
