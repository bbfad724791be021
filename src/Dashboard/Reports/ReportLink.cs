namespace BudgetEngine.Dashboard.Reports;

/// <summary>A report as the pages list it.</summary>
/// <param name="Name">Of its address here and in the API.</param>
/// <param name="HasRange">It is of a range of days that the reader chooses; else of now.</param>
public sealed record ReportLink(string Name, string Title, bool HasRange)
{
    /// <summary>It is of an ended day, week or month.</summary>
    public bool HasPeriod => Name == "changes";

    public static readonly ReportLink[] All =
    [
        new("spend", "Spend", true), new("budgets", "Budgets", false), new("models", "Models", true), new("providers", "Providers", true), new("users", "Users", true),
        new("tags", "Tags", true), new("trend", "Trend", false), new("spikes", "Spikes", false), new("forecast", "Forecast", false), new("changes", "Changes", false),
    ];
}
