using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>
/// The account a second time, written from semantics.md and not from the code: plain lists, everything computed anew for each question, amounts in bare
/// nano-units. Slow and short, so that it can be read against the rules.
/// </summary>
internal sealed class NaiveAccount(string path)
{
    private static readonly TimeSpan ReleaseRemembered = TimeSpan.FromSeconds(60);
    private readonly List<NaiveHold> _holds = [];
    private readonly List<(Guid Key, long Attempt, long At)> _releases = [];

    public Budget? Budget { get; set; }

    public List<Pause> Pauses { get; } = [];

    /// <summary>Of the node and of its users.</summary>
    public List<Increase> Increases { get; } = [];

    public Dictionary<string, LimitSet> UserBudgets { get; } = [];

    public HashSet<string> ChildrenWithBudget { get; } = [];

    public NaiveLedger Known { get; } = new();

    public bool TracksUsers => Budget?.PerUser is not null || UserBudgets.Count > 0;

    public bool TracksChildren => Budget?.PerChild is not null;

    /// <summary>The direct child on the way to an owner; null for the node itself.</summary>
    public string? ChildOf(string owner) =>
        owner == path ? null : string.Join('/', owner.Split('/').Take(path.Split('/').Length + 1));

    /// <summary>R9: what is overdue holds nothing any more.</summary>
    public IEnumerable<NaiveHold> OpenAt(long now)
    {
        _holds.RemoveAll(h => h.Deadline <= now);
        return _holds;
    }

    public NaiveHold? Find(Guid key, long now) => OpenAt(now).SingleOrDefault(h => h.Key == key);

    public NaiveVerdict Decide(in Ask ask, Moment now)
    {
        var (key, attempt) = (ask.Key, ask.Attempt.Value);
        var own = Find(key, now.MonotonicTicks);
        if (_releases.Any(r => r.Key == key && r.Attempt >= attempt && now.MonotonicTicks - r.At < ReleaseRemembered.Ticks)) return NaiveVerdict.Stale;
        if (own is not null && (own.Attempt, own.Revision).CompareTo((attempt, ask.Revision.Value)) > 0) return NaiveVerdict.Stale;
        var windows = WindowsOf(ask.User, ask.Owner, ask.Date, now);
        long? tightest = windows.Count == 0 ? null : windows.Min(w => w.Available);
        if (own is not null && own.Attempt == attempt && own.Revision == ask.Revision.Value) return NaiveVerdict.Granting(own.Left, own.AnsweredOver, tightest);
        if (ask.Lower) return NaiveVerdict.Granting(ask.Amount.Nanos, false, tightest);
        if (IsPaused(ask, now.Utc)) return new NaiveVerdict(VerdictKind.Refused, DenialReason.Paused, 0, false, null, [], null);
        return Weigh(ask, now, windows.ConvertAll(w => new NaiveChoice(w, w.Available + OwnIn(w, own))), tightest);
    }

    private static long OwnIn(NaiveWindow window, NaiveHold? own) => own is not null && window.Counts(own) ? own.Left : 0;

    private NaiveVerdict Weigh(Ask ask, Moment now, List<NaiveChoice> choices, long? tightest)
    {
        var amount = ask.Amount.Nanos;
        var hard = choices.Where(c => c.Window.Limits.Enforcement == Enforcement.Hard).ToList();
        var soft = choices.Where(c => c.Window.Limits.Enforcement == Enforcement.Soft).ToList();
        if (hard.All(c => Fits(ask, c.Available))) return NaiveVerdict.Granting(amount, soft.Any(c => !Fits(ask, c.Available)), tightest);
        if (hard.All(c => Passes(ask, c.Available)))
        {
            var part = hard.Min(c => c.Available);
            return NaiveVerdict.Granting(part, soft.Any(c => c.Available < part), tightest);
        }

        var refusing = hard.Where(c => !Passes(ask, c.Available)).ToList();
        var last = refusing.Max(c => c.Window.End);
        var fitsEmpty = refusing.All(c => Passes(ask, c.Window.Limit - c.Window.Spent));
        var deadlines = OpenAt(now.MonotonicTicks).Select(h => h.Deadline).Where(d => d < long.MaxValue).ToList();
        return new NaiveVerdict(
            VerdictKind.Refused, DenialReason.BudgetExceeded, 0, false, tightest, [.. refusing.Select(c => c.Window).Where(w => w.End == last)],
            fitsEmpty && deadlines.Count > 0 ? deadlines.Min() - now.MonotonicTicks : null);
    }

    /// <summary>R1.</summary>
    private static bool Fits(Ask ask, long available) =>
        ask.Free || (ask.Unestimated ? available > 0 : available >= ask.Amount.Nanos);

    /// <summary>R1 or R2.</summary>
    private static bool Passes(Ask ask, long available) =>
        Fits(ask, available) || (ask.MinAmount is { } least && available > 0 && available >= least.Nanos);

    public void Apply(in Ask ask, NaiveVerdict verdict, long deadline)
    {
        var key = ask.Key;
        _holds.RemoveAll(h => h.Key == key);
        _holds.Add(new NaiveHold
        {
            Key = key, Attempt = ask.Attempt.Value, Revision = ask.Revision.Value, User = ask.User, Child = ChildOf(ask.Owner), Date = ask.Date,
            Left = verdict.Granted, AnsweredOver = verdict.OverLimit, Deadline = deadline,
        });
    }

    public bool End(Guid key, long attempt, long now)
    {
        OpenAt(now);
        // Each release says again what is still remembered of its key.
        var ended = _releases.Where(r => r.Key == key && now - r.At < ReleaseRemembered.Ticks).Select(r => r.Attempt).Append(attempt).Max();
        _releases.Add((key, ended, now));
        return _holds.RemoveAll(h => h.Key == key && h.Attempt <= attempt) > 0;
    }

    /// <summary>The limited windows that a check meets.</summary>
    public List<NaiveWindow> WindowsOf(string user, string owner, DateOnly date, Moment now)
    {
        var windows = new List<NaiveWindow>();
        Add(windows, new NaiveScope(AccountKind.Node, path), Budget?.Own, date, now);
        if (TracksUsers) Add(windows, new NaiveScope(AccountKind.User, user), UserBudgets.GetValueOrDefault(user) ?? Budget?.PerUser, date, now);
        if (ChildOf(owner) is { } child && !ChildrenWithBudget.Contains(child)) Add(windows, new NaiveScope(AccountKind.Child, child), Budget?.PerChild, date, now);
        return windows;
    }

    private void Add(List<NaiveWindow> windows, NaiveScope scope, LimitSet? limits, DateOnly date, Moment now)
    {
        if (limits is null) return;
        foreach (var (period, set) in new[]
        {
            (Period.Daily, limits.Limits.Daily), (Period.Weekly, limits.Limits.Weekly), (Period.Monthly, limits.Limits.Monthly), (Period.Total, limits.Limits.Total),
        })
        {
            if (set is null) continue;
            var user = scope.Kind == AccountKind.User ? scope.Name : null;
            var more = scope.Kind == AccountKind.Child ? 0 : Increases.Where(i => i.User == user && i.Period == period && i.Until > now.Utc).Sum(i => i.Amount.Nanos);
            windows.Add(WindowOf(scope, period, date, now, limits, set.Value.Nanos + more));
        }
    }

    public NaiveWindow WindowOf(NaiveScope scope, Period period, DateOnly date, Moment now, LimitSet limits, long limit)
    {
        var (first, end) = NaiveCalendar.Window(period, date);
        var window = new NaiveWindow(scope, period, first, end, limits, limit, Known.Spent(scope, period, first, end), 0);
        return window with { Held = OpenAt(now.MonotonicTicks).Where(window.Counts).Sum(h => h.Left) };
    }

    private bool IsPaused(Ask ask, DateTimeOffset now) => Pauses.Any(p =>
        (p.Until is null || p.Until > now) && (p.User is null || p.User == ask.User)
        && (p.Model is null || string.Equals(p.Model, ask.Model, StringComparison.OrdinalIgnoreCase)));
}
