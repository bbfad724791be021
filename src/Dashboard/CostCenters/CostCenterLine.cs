using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary>A cost center in a list.</summary>
/// <param name="Windows">Its own limited windows, and those that its parent sets each child.</param>
/// <param name="BlockedBy">The cost center at or above it whose breaker is open; null: none.</param>
/// <param name="Held">By all open reservations at and below it.</param>
public sealed record CostCenterLine(
    string Path, IReadOnlyList<WindowLine> Windows, string? PausedBy, DateTimeOffset? PausedAt, string? PauseReason, string? BlockedBy, string? BlockedReason, DateTimeOffset? BlockedSince, Money SpentToday,
    Money SpentMonth, long RequestsToday, int Open, Money Held, TimeZoneInfo Zone)
{
    /// <summary>The window that needs a person first; null: nothing limits it here.</summary>
    public WindowLine? Tightest => Windows.MaxBy(w => w.Tightness);

    public bool IsPaused => PausedBy is not null;

    public StatusLook Look => IsPaused ? StatusLook.Paused : Tightest?.Look ?? StatusLook.Ok;

    public bool NeedsAttention => Look.Urgency >= 3 || RunsOut is not null;

    /// <summary>When a limit is reached at this pace, before its window ends; the soonest of all windows.</summary>
    public DateTimeOffset? RunsOut => Windows.Select(w => w.Forecast?.ReachedAt).Min();
}
