using BudgetEngine.Dashboard.Wording;

namespace BudgetEngine.Dashboard.Rendering;

/// <summary>What every page has around its own content.</summary>
/// <param name="Title">Of the document; the name of the view.</param>
/// <param name="View">Which part of the navigation is current.</param>
/// <param name="Who">The name of the key; null in open mode.</param>
/// <param name="MayWrite">The key has <c>admin</c>.</param>
/// <param name="SeesAll">The key covers the whole installation.</param>
/// <param name="FormToken">Goes into every form.</param>
/// <param name="Toast">What has just been done; null: nothing.</param>
public sealed record Shell(
    string Title, string View, string? Theme, string? Who, bool MayWrite, bool SeesAll, int NewAlerts, int Unpriced, string State, string Version, string FormToken,
    string? Toast, Currency Currency, DateTimeOffset Now)
{
    /// <summary>Decisions that are shown make the page look again at once; else they are not its business.</summary>
    public bool WatchesDecisions { get; init; }

    /// <summary>Where the same view is found again, if not where it was found: the first run stands at the root until there is something else to show there. Null: there.</summary>
    public string? Address { get; init; }

    /// <summary>What can be done about what has just been done: a form's address, null: nothing.</summary>
    public string? UndoAddress { get; init; }

    public string UndoWord { get; init; } = "Undo";
}
