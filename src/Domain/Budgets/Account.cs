using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// The account of a cost center: its limits, what is spent and held, and the holds of every reservation of its subtree. <see cref="Decide"/> looks and
/// answers; <see cref="Apply"/> changes and cannot fail. Rules R1 to R5 of the semantics, as one node sees them.
/// </summary>
public sealed class Account
{
    /// <summary>Ancestors keep a hold this much longer than its owner, so that none lapses first.</summary>
    public static readonly TimeSpan AncestorGrace = TimeSpan.FromSeconds(5);

    /// <summary>The most that one node holds in all: what is held is added and taken away, so it must stay exact, far from where sums of money saturate.</summary>
    public static readonly Money MaxHeld = new(4 * Money.MaxInput.Nanos);

    /// <summary>Of it, the most that is held for one direct child and everything below it: no child alone can leave the others without room.</summary>
    public static readonly Money MaxHeldOfChild = new(MaxHeld.Nanos / 2);

    /// <summary>Holds that are looked through for the next that lapses of a window.</summary>
    private const int MaxLookedThrough = 1_000;

    // Made when first needed: most of a million resident accounts hold nothing.
    private Dictionary<Guid, Hold>? _holds;
    private DeadlineHeap? _deadlines;
    private EndedHolds? _ended;
    private Queue<Hold>? _endedInherited;

    private readonly HoldRoom _room;
    private HoldShares? _shares;
    private CountedCalls? _counted;
    private bool _mayLimitMinutes;

    /// <param name="room">How many holds it may have; null: the default.</param>
    public Account(string path, HoldRoom? room = null)
    {
        Node = new LimitedAccount(AccountKind.Node, path) { Loaded = true };
        Sides = new SideAccounts();
        _room = room ?? HoldRoom.Default;
    }

    public string Path => Node.Name;

    public LimitedAccount Node { get; }

    public SideAccounts Sides { get; }

    /// <summary>Null: none is set.</summary>
    public Budget? Budget { get; private set; }

    public IReadOnlyList<Pause> Pauses { get; private set; } = [];

    public IReadOnlyCollection<Hold> Holds => _holds is null ? [] : _holds.Values;

    /// <summary>Monotonic deadline of the next hold to lapse; null without holds.</summary>
    public long? NextDeadline => _deadlines?.Next?.Deadline;

    public void SetBudget(Budget? budget, bool hasUserBudgets, IReadOnlyList<Increase> increases, IReadOnlyList<Pause> pauses)
    {
        Budget = budget;
        Pauses = pauses;
        _mayLimitMinutes = hasUserBudgets || budget is { Own.Minute.Any: true } or { PerUser.Minute.Any: true } or { PerChild.Minute.Any: true };
        Node.SetBudget(budget?.Own, increases);
        Sides.SetDefaults(budget?.PerUser, hasUserBudgets, budget?.PerChild);
        foreach (var hold in Holds) AttachSides(hold);
    }

    /// <summary>Makes the side accounts of a hold those that are tracked now: a budget set while holds are open counts them from the next check on.</summary>
    private void AttachSides(Hold hold)
    {
        var user = Sides.TracksUsers ? hold.UserAccount ?? Sides.Open(AccountKind.User, hold.User) : null;
        var child = Sides.TracksChildren && hold.Owner.Length > Path.Length ? hold.ChildAccount ?? Sides.Open(AccountKind.Child, SideAccounts.ChildOn(Path, hold.Owner)) : null;
        hold.UserAccount = Move(hold, hold.UserAccount, user);
        hold.ChildAccount = Move(hold, hold.ChildAccount, child);
    }

    private static LimitedAccount? Move(Hold hold, LimitedAccount? from, LimitedAccount? to)
    {
        if (from == to) return to;
        if (from is not null)
        {
            from.OpenHolds--;
            from.Balances.ChangeHeld(hold.Date, hold.Left, Money.Zero);
        }

        if (to is not null)
        {
            to.OpenHolds++;
            to.Balances.ChangeHeld(hold.Date, Money.Zero, hold.Left);
        }

        return to;
    }

    public Hold? Find(Guid key) => _holds?.GetValueOrDefault(key);

    /// <summary>True when this attempt, or a later one of the key, is known to have ended here.</summary>
    public bool HasEnded(Guid key, Stamp attempt, Moment now) => _ended is not null && _ended.Covers(key, attempt, now.MonotonicTicks);

    /// <summary>
    /// Answers an ask; changes nothing. Order: repeats and late messages, pauses, then every limited window, then limits by the minute. Overdue holds must have been ended by
    /// <see cref="TakeOverdue"/> first, and the side accounts of the ask must be loaded.
    /// </summary>
    public Verdict Decide(in Ask ask, Moment now)
    {
        var existing = Find(ask.Key);
        if (HasEnded(ask.Key, ask.Attempt, now) || (existing is not null && existing.IsAfter(ask))) return new Verdict { Kind = VerdictKind.Stale };
        var repeated = existing is not null && existing.Attempt == ask.Attempt && existing.Revision == ask.Revision;
        if (!repeated && !ask.Lower)
        {
            if (PauseFor(ask, now) is { } pause) return Refused(DenialReason.Paused) with { PausedBy = pause };
            if (!HasRoom(ask, existing)) return Refused(DenialReason.TooManyReservations);
        }

        var weighing = new LimitEvaluation(ask, existing, now.Utc);
        Weigh(ref weighing, Node, Node.Own);
        if (Sides.UserFor(ask.User) is { } user) Weigh(ref weighing, user, Sides.LimitsOf(user));
        if (Sides.ChildFor(Path, ask.Owner) is { } child) Weigh(ref weighing, child, Sides.LimitsOf(child));
        if (repeated) return weighing.Repeat();
        // A hold that is being settled or decided does not lapse. If such a hold is next in the heap, every hold is of that kind.
        TimeSpan? nextLapse = _deadlines?.Next is { Deadline: < long.MaxValue } next ? new TimeSpan(Math.Max(0, next.Deadline - now.MonotonicTicks)) : null;
        // Without limits by the minute the verdict, which is large, is not copied once more.
        return _mayLimitMinutes && ask.IsCall && existing?.Attempt != ask.Attempt ? WeighMinute(weighing.Verdict(nextLapse), ask, now) : weighing.Verdict(nextLapse);
    }

    /// <summary>Puts a granted ask into force. From here on nothing may fail.</summary>
    /// <param name="grace">Zero at the owner, <see cref="AncestorGrace"/> at an ancestor.</param>
    public Hold Apply(in Ask ask, in Verdict verdict, Moment now, TimeSpan grace)
    {
        var hold = Find(ask.Key);
        if (hold is not null && hold.Attempt < ask.Attempt)
        {
            _counted?.GiveBack(hold.Key, now);
            Drop(hold);
            hold = null;
        }

        if (hold is null)
        {
            hold = Open(ask, now);
            if (_mayLimitMinutes && ask.IsCall) Count(ask, hold, now);
        }

        if (hold.IsAfter(ask) || hold.Revision == ask.Revision) return hold;
        SetLeft(hold, verdict.Granted);
        hold.Revision = ask.Revision;
        hold.OverLimit = verdict.OverLimit;
        SetDeadline(hold, ask.ExpiresAt, now.MonotonicTicks + ask.Lifetime.Ticks + grace.Ticks);
        return hold;
    }

    /// <summary>So many holds are about to be put back: without this, tables of tens of thousands would be made again at each doubling.</summary>
    public void MakeRoom(int holds)
    {
        (_holds ??= []).EnsureCapacity(_holds.Count + holds);
        (_deadlines ??= new()).MakeRoom(holds);
    }

    /// <summary>Puts back a hold that the ledger kept, as old as it was.</summary>
    public Hold Restore(in Ask ask, Moment now, TimeSpan grace, bool overLimit, DateTimeOffset createdAt)
    {
        var hold = Apply(ask, new Verdict { Kind = VerdictKind.Granted, Granted = ask.Amount, OverLimit = overLimit }, now, grace);
        if (hold.Attempt == ask.Attempt) hold.CreatedAt = createdAt;
        return hold;
    }

    /// <summary>Sets what a hold still holds, after a partial settle.</summary>
    public void SetLeft(Hold hold, Money left)
    {
        var before = hold.Left;
        hold.Left = left;
        Node.Balances.ChangeHeld(hold.Date, before, left);
        hold.UserAccount?.Balances.ChangeHeld(hold.Date, before, left);
        hold.ChildAccount?.Balances.ChangeHeld(hold.Date, before, left);
        if (hold.Share is { } share) share.Held += left - before;
    }

    /// <summary>A record says how many tokens the call has used: that is counted by the minute from now on, in the place of what was announced.</summary>
    /// <param name="tokens">In all; null: not known.</param>
    internal void SettleCounted(Guid key, Stamp attempt, int? tokens, bool ends, Moment now) => _counted?.Settle(key, attempt, tokens, ends, now);

    /// <summary>Moves a deadline; <see cref="long.MaxValue"/> keeps the hold from expiring.</summary>
    public void SetDeadline(Hold hold, DateTimeOffset expiresAt, long ticks)
    {
        hold.ExpiresAt = expiresAt;
        hold.Deadline = ticks;
        _deadlines!.Moved(hold);
    }

    /// <summary>Ends the hold of this attempt and of earlier ones; unless it was settled, what it counts by the minute is given back. False when there was none.</summary>
    /// <param name="remember">False at the owner: its asks to itself do not travel, so none can arrive late.</param>
    public bool End(Guid key, Stamp attempt, Moment now, bool remember = true)
    {
        if (remember) (_ended ??= new EndedHolds()).Add(key, attempt, now.MonotonicTicks);
        if (Find(key) is not { } hold || hold.Attempt > attempt) return false;
        _counted?.GiveBack(key, now);
        Drop(hold);
        return true;
    }

    /// <summary>Ends the hold of an attempt before this one, which the owner decides afresh: its process died, so nobody else would.</summary>
    public void EndEarlier(Guid key, Stamp attempt, Moment now)
    {
        if (Find(key) is { } hold && hold.Attempt < attempt) End(key, hold.Attempt, now);
    }

    /// <summary>Ends the next hold that is overdue and gives it; null when none is. To be called until null before any decision.</summary>
    public Hold? TakeOverdue(Moment now)
    {
        if (Overdue(now) is not { } next) return null;
        Drop(next);
        return next;
    }

    /// <summary>The next hold that is overdue; null when none is.</summary>
    public Hold? Overdue(Moment now)
    {
        if (_deadlines?.Next is not { } next || next.Deadline > now.MonotonicTicks) return null;
        return next;
    }

    /// <summary>The next hold that had a row in the ledger for the ancestors and has ended; null when there is none.</summary>
    public Hold? TakeEndedInherited() => _endedInherited is not null && _endedInherited.TryDequeue(out var hold) ? hold : null;

    /// <summary>
    /// When the next of the holds lapses that make up what is held in a window. Null: none does, since all are being settled, or the next one here is another's and there are too
    /// many to look through inside a decision.
    /// </summary>
    public DateTimeOffset? NextLapse(in WindowFigures figures, Moment now)
    {
        if (_deadlines?.Next is not { } next) return null;
        if (!Counts(next, figures))
        {
            if (_holds!.Count > MaxLookedThrough) return null;
            next = null;
            foreach (var hold in _holds.Values)
            {
                if (Counts(hold, figures) && (next is null || hold.Deadline < next.Deadline)) next = hold;
            }
        }

        // By the deadline, which an ancestor has later than the owner.
        return next is { Deadline: < long.MaxValue } ? now.Utc.AddTicks(Math.Max(0, next.Deadline - now.MonotonicTicks)) : null;
    }

    private static bool Counts(Hold hold, in WindowFigures figures) =>
        hold.Left.IsPositive && Window.Containing(figures.Period, hold.Date) == figures.Window
        && (figures.Account.Kind == AccountKind.Node || figures.Account == hold.UserAccount || figures.Account == hold.ChildAccount);

    /// <summary>The limited windows that an ask of this date, user and owner meets, with their figures.</summary>
    public void AddFigures(ICollection<WindowFigures> figures, string user, string owner, DateOnly date, DateTimeOffset now)
    {
        AddFigures(figures, Node, Node.Own, date, now);
        if (Sides.UserFor(user) is { } side) AddFigures(figures, side, Sides.LimitsOf(side), date, now);
        if (Sides.ChildFor(Path, owner) is { } child) AddFigures(figures, child, Sides.LimitsOf(child), date, now);
    }

    private static void AddFigures(ICollection<WindowFigures> figures, LimitedAccount account, LimitSet? limits, DateOnly date, DateTimeOffset now)
    {
        if (limits is null) return;
        foreach (var period in Window.Periods)
        {
            if (account.Figures(limits, period, date, now) is { } found) figures.Add(found);
        }
    }

    private static void Weigh(ref LimitEvaluation weighing, LimitedAccount account, LimitSet? limits)
    {
        if (limits is null) return;
        foreach (var period in Window.Periods)
        {
            if (account.Figures(limits, period, weighing.Date, weighing.Now) is { } figures) weighing.Add(figures);
        }
    }

    private Verdict WeighMinute(in Verdict verdict, in Ask ask, Moment now)
    {
        if (verdict.Kind != VerdictKind.Granted) return verdict;
        var weighing = new MinuteEvaluation(ask, _counted, now);
        weighing.Add(Node, Node.Own);
        if (Sides.UserFor(ask.User) is { } user) weighing.Add(user, Sides.LimitsOf(user));
        if (Sides.ChildFor(Path, ask.Owner) is { } child) weighing.Add(child, Sides.LimitsOf(child));
        return weighing.Of(verdict);
    }

    private void Count(in Ask ask, Hold hold, Moment now)
    {
        var second = 0L;
        var node = Node.Count(Node.Own, ask.Tokens, now, ref second);
        var user = hold.UserAccount is { } u ? u.Count(Sides.LimitsOf(u), ask.Tokens, now, ref second) : null;
        var child = hold.ChildAccount is { } c ? c.Count(Sides.LimitsOf(c), ask.Tokens, now, ref second) : null;
        if (node is not null || user is not null || child is not null) (_counted ??= new CountedCalls()).Add(ask.Key, new CountedCall(ask.Attempt, second, ask.Tokens, node, user, child));
    }

    /// <summary>What the node counts for the direct child on the way to this owner: how many holds, and how much.</summary>
    public (int Holds, Money Held) ShareOf(string owner) => _shares?.Find(Path, owner) is { } share ? (share.Holds, share.Held) : default;

    /// <summary>Room for the ask in this node as a whole, and in the share of the direct child that it comes from.</summary>
    private bool HasRoom(in Ask ask, Hold? existing)
    {
        var (replaced, more) = existing is null ? (Money.Zero, 1) : (existing.Left, 0);
        if (Node.Balances.HeldTotal - replaced > MaxHeld - ask.Amount || (_holds?.Count ?? 0) + more > _room.MaxHolds) return false;
        if (_shares is null || ask.Owner.Length <= Path.Length || _shares.Find(Path, ask.Owner) is not { } share) return true;
        return share.Held - replaced <= MaxHeldOfChild - ask.Amount && share.Holds + more <= _room.MaxHoldsOfChild;
    }

    private static Verdict Refused(DenialReason reason) => new() { Kind = VerdictKind.Refused, Reason = reason };

    private Pause? PauseFor(in Ask ask, Moment now)
    {
        Pause? found = null;
        foreach (var pause in Pauses)
        {
            if (pause.Until <= now.Utc) continue;
            if (pause.User is not null && pause.User != ask.User) continue;
            if (pause.Model is not null && !string.Equals(pause.Model, ask.Model, StringComparison.OrdinalIgnoreCase)) continue;
            // A pause of the whole subtree is reported rather than one of a user or model.
            if (pause is { User: null, Model: null }) return pause;
            found ??= pause;
        }

        return found;
    }

    private Hold Open(in Ask ask, Moment now)
    {
        var hold = new Hold
        {
            Key = ask.Key, Owner = ask.Owner, User = ask.User, Model = ask.Model, RequestId = ask.RequestId, Attempt = ask.Attempt, Date = ask.Date, CreatedAt = now.Utc,
        };
        AttachSides(hold);
        if (hold.Owner.Length > Path.Length) hold.Share = (_shares ??= new HoldShares()).Open(Path, hold.Owner);
        (_holds ??= []).Add(hold.Key, hold);
        (_deadlines ??= new DeadlineHeap()).Add(hold);
        return hold;
    }

    private void Drop(Hold hold)
    {
        SetLeft(hold, Money.Zero);
        _counted?.Keep(hold.Key);
        if (hold.Inherited) (_endedInherited ??= new Queue<Hold>()).Enqueue(hold);
        if (hold.UserAccount is { } user) user.OpenHolds--;
        if (hold.ChildAccount is { } child) child.OpenHolds--;
        if (hold.Share is { } share) _shares!.Close(share);
        _holds!.Remove(hold.Key);
        _deadlines!.Remove(hold);
    }
}
