namespace BudgetEngine.Domain.Reports;

/// <summary>How sure a forecast is.</summary>
public enum ForecastConfidence : byte
{
    /// <summary>No day has ended yet since the first spend: today alone says little.</summary>
    None = 0,

    /// <summary>One or two ended days.</summary>
    Low = 1,

    /// <summary>Less than a week, or days that differ much.</summary>
    Medium = 2,

    /// <summary>A whole week.</summary>
    High = 3,
}
