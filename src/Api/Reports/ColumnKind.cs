namespace BudgetEngine.Api.Reports;

/// <summary>What the cells of a column are, which says how they are shown.</summary>
public enum ColumnKind
{
    Text,
    CostCenter,
    Date,
    Time,
    Amount,

    /// <summary>An average or a price: every decimal counts.</summary>
    SmallAmount,
    Number,

    /// <summary>A fraction, for people in percent.</summary>
    Fraction,
    Standing,
}
