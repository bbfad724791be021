using BudgetEngine.Dashboard.Wording;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>A short list of alerts.</summary>
/// <param name="ShowsPath">Whose they are is not clear from the page.</param>
public sealed record FeedModel(IReadOnlyList<AlertLine> Alerts, Currency Currency, DateTimeOffset Now, bool ShowsPath);
