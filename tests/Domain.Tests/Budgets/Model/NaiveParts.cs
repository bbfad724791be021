using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

internal readonly record struct NaiveScope(AccountKind Kind, string Name);

internal sealed class NaiveHold
{
    public required Guid Key { get; init; }

    public required long Attempt { get; init; }

    public required string User { get; init; }

    public required string? Child { get; init; }

    public required DateOnly Date { get; init; }

    public required long Revision { get; set; }

    public required long Left { get; set; }

    public required bool AnsweredOver { get; init; }

    public required long Deadline { get; set; }
}

/// <param name="End">The date on which it resets; the end of the calendar for total.</param>
internal readonly record struct NaiveWindow(
    NaiveScope Scope, Period Period, DateOnly First, DateOnly End, LimitSet Limits, long Limit, long Spent, long Held)
{
    public long Available => Limit - Spent - Held;

    public bool Counts(NaiveHold hold) => hold.Date >= First && hold.Date < End && Scope.Kind switch
    {
        AccountKind.User => hold.User == Scope.Name,
        AccountKind.Child => hold.Child == Scope.Name,
        _ => true,
    };

    /// <summary>T = max(1 nano-unit, ceil(at x L)); <c>exceeded</c> whenever spent >= limit.</summary>
    public string Status
    {
        get
        {
            var (spent, limit) = (Spent, Limit);
            if (spent >= limit) return "exceeded";
            return Limits.Thresholds.Where(t => spent >= Math.Max(1m, Math.Ceiling(t.At * limit))).MaxBy(t => t.At)?.Level ?? "ok";
        }
    }
}

/// <summary>A limited window as a check meets it: <see cref="Available"/> without what the same key holds already.</summary>
internal readonly record struct NaiveChoice(NaiveWindow Window, long Available);

/// <param name="BlockedBy">Those of the refusing windows that reset last; any of them may be named.</param>
internal sealed record NaiveVerdict(
    VerdictKind Kind, DenialReason Reason, long Granted, bool OverLimit, long? Tightest, NaiveWindow[] BlockedBy, long? LapseAfter)
{
    public static readonly NaiveVerdict Stale = new(VerdictKind.Stale, DenialReason.None, 0, false, null, [], null);

    public static NaiveVerdict Granting(long amount, bool over, long? tightest) => new(VerdictKind.Granted, DenialReason.None, amount, over, tightest, [], null);
}

/// <summary>Dates counted one by one.</summary>
internal static class NaiveCalendar
{
    public static (DateOnly First, DateOnly End) Window(Period period, DateOnly date)
    {
        if (period == Period.Total) return (DateOnly.MinValue, DateOnly.MaxValue);
        if (period == Period.Daily) return (date, date.AddDays(1));
        var first = date;
        if (period == Period.Weekly)
        {
            while (first.DayOfWeek != DayOfWeek.Monday) first = first.AddDays(-1);
            return (first, first.AddDays(7));
        }

        while (first.Day != 1) first = first.AddDays(-1);
        return (first, first.AddMonths(1));
    }
}

/// <summary>Every balance that was ever told, as it was told: the newest version of a date is what is known.</summary>
internal sealed class NaiveLedger
{
    private readonly Dictionary<NaiveScope, (List<Told> Days, List<Told> Months)> _told = [];

    public void Notify(NaiveScope scope, bool month, DateOnly date, long spent, long version)
    {
        if (!_told.TryGetValue(scope, out var lists)) _told.Add(scope, lists = ([], []));
        (month ? lists.Months : lists.Days).Add(new Told(date, spent, version));
    }

    public void Forget(NaiveScope scope) => _told.Remove(scope);

    public long Spent(NaiveScope scope, Period period, DateOnly first, DateOnly end)
    {
        if (!_told.TryGetValue(scope, out var lists)) return 0;
        var newest = new List<Told>();
        foreach (var told in period is Period.Monthly or Period.Total ? lists.Months : lists.Days)
        {
            if (told.Date < first || told.Date >= end) continue;
            var at = newest.FindIndex(n => n.Date == told.Date);
            if (at < 0) newest.Add(told);
            else if (newest[at].Version < told.Version) newest[at] = told;
        }

        return newest.Sum(n => n.Spent);
    }

    private readonly record struct Told(DateOnly Date, long Spent, long Version);
}
