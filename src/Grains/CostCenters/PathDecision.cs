using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>
/// One ask put to every node of a path: the owner first, then the ancestors one by one, leaf to root. A node may grant less; the next is asked for that much.
/// After a refusal the rest is still asked, without holding anything, so that the answer can name the tightest window of the whole path, and so that nothing of an
/// earlier attempt stays.
/// </summary>
internal sealed class PathDecision(CostCenterNode node, CostCenterCalls calls, PathAsk question)
{
    private readonly TimeProvider _clock = node.Services.Clock;
    private readonly long _startedAt = node.Services.Clock.GetTimestamp();
    private readonly List<(string Node, Money Granted)> _holding = [];
    private readonly List<long> _epochs = [];
    private List<WindowState>? _windows;
    private bool _nothingMore = question.DryRun;

    // How many ancestors, from the parent upward, were asked to hold. After one that does not answer no more are, so only the last can be that one.
    private int _asked;
    private bool _allAnswered = true;

    private bool _mayNotGrant;

    // A node that the key may not see would have granted less, to a check that only asks.
    private bool _hidesPart;

    // A node has a hard limit, or did not answer and so may have one.
    private bool _hard;

    public DenialReason Reason { get; private set; }

    /// <summary>What all nodes asked so far have granted.</summary>
    public Money Granted { get; private set; } = question.Ask.Amount;

    /// <summary>
    /// The same as it is told. A look holds nothing, so what it would be granted in part need not be told: of nodes that the key may not see that would be what they have left. It is
    /// told the least that it asked for.
    /// </summary>
    public Money GrantTold => _hidesPart && question.Ask.MinAmount is { } least ? least : Granted;

    public bool OverLimit { get; private set; }

    /// <summary>At least one node of the path has a limited window.</summary>
    public bool Limited { get; private set; }

    /// <summary>A node wants the hold in the ledger before the answer.</summary>
    public bool Durable { get; private set; }

    /// <summary>Not none: a node may not grant now, so nothing is held at any node.</summary>
    public Outage Outage => OutageRules.OfPath(_mayNotGrant, _hard);

    public Money? Available { get; private set; }

    public WindowState? Tightest { get; private set; }

    public WindowState? BlockedBy { get; private set; }

    public TimeSpan? LapseAfter { get; private set; }

    public PauseState? PausedBy { get; private set; }

    public ImmutableArray<WindowState> Windows => _windows is null ? [] : [.. _windows];

    public IReadOnlyList<long> Epochs => _epochs;

    /// <summary>How much of the time for the answer is left.</summary>
    public TimeSpan TimeLeft => question.AnswerWithin - _clock.GetElapsedTime(_startedAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Asks the owner itself, in this turn.</summary>
    public void AskOwner(Moment now) => Take(node.Path, node.Answer(question.Ask, now, question.DryRun, question.Explain, question.VisibleDepth));

    /// <summary>Asks the ancestors. Waits: the owner's own state may be another afterwards, except for the reservation, which is busy.</summary>
    public async Task AskAncestorsAsync()
    {
        foreach (var ancestor in node.Ancestors)
        {
            var toHold = !_nothingMore;
            var reply = await AskAsync(ancestor, question.ToRequest(Granted, dryRun: !toHold));
            if (toHold) _asked++;
            if (reply is not null)
            {
                Take(ancestor, reply.ToAnswer());
            }
            else if (toHold)
            {
                // The request may have succeeded although no answer came, so this node takes part in every roll-back.
                _allAnswered = false;
                _holding.Add((ancestor, Granted));
            }
        }
    }

    /// <summary>Where a node above granted less, the nodes below give back the difference.</summary>
    public async Task LevelAsync(Moment now)
    {
        foreach (var (path, granted) in _holding)
        {
            if (granted > Granted) await SetAsync(path, Granted, question.Ask.ExpiresAt, question.AskedAt.MonotonicTicks + question.Ask.Lifetime.Ticks, now);
        }
    }

    /// <summary>
    /// Gives back what every asked ancestor holds for this attempt, the one that refused and those that did not answer included. Waits for those that did,
    /// while there is time for the answer; the others are told in the background.
    /// </summary>
    public async Task RollBackAsync()
    {
        for (var i = 0; i < _asked; i++)
        {
            var ended = node.EndAsync(calls, node.Ancestors[i], question.Ask.Key, question.Ask.Attempt, TimeLeft);
            if (_allAnswered || i < _asked - 1) await ended;
        }
    }

    /// <summary>Puts the holds of all asked nodes back to what they were, under a new revision.</summary>
    public async Task RestoreAsync(Money left, DateTimeOffset expiresAt, long deadline, Moment now)
    {
        foreach (var (path, _) in _holding) await SetAsync(path, left, expiresAt, deadline, now);
    }

    public void Refuse(DenialReason reason)
    {
        if (Reason == DenialReason.None) Reason = reason;
        _nothingMore = true;
    }

    private void Take(string path, in NodeAnswer answer)
    {
        if (path == node.Path || !_nothingMore) _epochs.Add(answer.Epoch);
        Limited |= answer.Limited;
        Durable |= answer.Durable;
        _hard |= answer.HardLimited || answer.Outage == Outage.Hard;
        OverLimit |= answer.OverLimit;
        if (answer.Windows.Length > 0) (_windows ??= []).AddRange(answer.Windows);
        if (IsVisible(path) && answer.Available is { } available && (Available is not { } least || available < least)) Available = available;
        if (answer.Tightest is { } tightest && (Tightest is null || AvailableOf(tightest) < AvailableOf(Tightest))) Tightest = tightest;
        if (answer.Outage != Outage.None) _mayNotGrant = _nothingMore = true;

        switch (answer.Kind)
        {
            case VerdictKind.Granted:
                if (Reason != DenialReason.None) break;
                if (answer.Granted < Granted)
                {
                    Granted = answer.Granted;
                    _hidesPart |= question.DryRun && !IsVisible(path);
                }

                if (!_nothingMore) _holding.Add((path, Granted));
                break;
            case VerdictKind.Refused when Reason == DenialReason.None:
                BlockedBy = answer.BlockedBy;
                LapseAfter = answer.LapseAfter;
                PausedBy = answer.PausedBy;
                Refuse(answer.Reason);
                break;
            case VerdictKind.Refused:
                break;
            default:
                // Stale: this activation has been replaced by a later one, or has lost its place. It must not grant.
                Refuse(DenialReason.LedgerUnavailable);
                break;
        }
    }

    private async ValueTask<HoldReply?> AskAsync(string ancestor, HoldRequest request)
    {
        for (var repeated = false; ; repeated = true)
        {
            try
            {
                return await calls.CallAsync(ancestor, request, static (grain, r) => grain.Hold(r), TimeLeft);
            }
            catch (TimeoutException)
            {
                _mayNotGrant = _hard = true;
            }
            catch (OrleansException) when (!repeated)
            {
                // The silo of the node is stopping or gone, and the node will be loaded elsewhere. Safe to repeat, since the stamp is the same.
                continue;
            }
            catch (Exception fault)
            {
                calls.Faults.Note(fault, "the ask of an ancestor");
                // The node could not be read from the ledger, or could not be reached at all: denied, whatever its policy for outages, since that cannot be read.
                Refuse(DenialReason.LedgerUnavailable);
            }

            _nothingMore = true;
            return null;
        }
    }

    /// <summary>Lowers or restores one hold: never refused. Where the order may have been lost it is repeated in the background.</summary>
    private async Task SetAsync(string path, Money amount, DateTimeOffset expiresAt, long deadline, Moment now)
    {
        var ask = question.Ask with { Amount = amount, Lower = true, Revision = node.NextStamp(), ExpiresAt = expiresAt, Lifetime = new TimeSpan(deadline - now.MonotonicTicks) };
        if (path == node.Path)
        {
            node.ApplyOwn(ask, new Verdict { Kind = VerdictKind.Granted, Granted = amount }, now);
            return;
        }

        var request = new PathAsk(ask, false, false, 0, question.AnswerWithin).ToRequest(amount, dryRun: false);
        if (await AskAsync(path, request) is null) node.Finish(AncestorCalls.RepeatAsync(_clock, () => TrySetAsync(path, request)));
    }

    private async Task<bool> TrySetAsync(string path, HoldRequest request)
    {
        try
        {
            await calls.CallAsync(path, request, static (grain, r) => grain.Hold(r));
            return true;
        }
        catch (Exception fault)
        {
            calls.Faults.Note(fault, "the lowering of a hold at an ancestor");
            return false;
        }
    }

    private bool IsVisible(string path) => CostCenterId.DepthOf(path) >= question.VisibleDepth;

    private static long AvailableOf(WindowState window) => window.Limit - window.Spent - window.Held;
}
