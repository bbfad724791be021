using System.Collections.Immutable;
using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Grains;

/// <summary>A node's answer to an ask, as owner or ancestor: decide, apply, and say what its windows look like.</summary>
internal static class NodeAnswers
{
    public const byte OutageNone = 0;
    public const byte OutageHard = 1;
    public const byte OutageSoft = 2;

    /// <summary>Decides and, unless it is a dry run or the node may not grant now, applies. In one turn; side accounts must be ready.</summary>
    public static HoldReply Answer(this CostCenterNode node, in Ask ask, Moment now, bool dryRun, bool explain, int visibleDepth)
    {
        var account = node.Account;
        var verdict = account.Decide(ask, now);
        if (verdict.Kind == VerdictKind.Stale) return Reply(node, verdict, OutageNone, null, null, []);
        var outage = OutageOf(node, verdict, ask);
        var granted = verdict.Kind == VerdictKind.Granted;
        if (granted && outage == OutageNone && !dryRun)
        {
            if (ask.Owner == node.Path) node.ApplyOwn(ask, verdict, now);
            else account.Apply(ask, verdict, now, Account.AncestorGrace);
        }

        // An outage hides refusals for lack of budget: without a lease that is decided by the rule for outages. A pause stands.
        if (outage != OutageNone && verdict.Reason == DenialReason.BudgetExceeded) verdict = verdict with { Kind = VerdictKind.Granted, Reason = DenialReason.None, Granted = ask.Amount };
        if (verdict is { Reason: DenialReason.BudgetExceeded, BlockedBy: { } refused } && !dryRun) node.Alerts.Denied(refused);
        var visible = CostCenterId.DepthOf(node.Path) >= visibleDepth;
        var tightest = visible && verdict.Tightest is { } figures ? Now(account, figures) : null;
        var windows = explain && visible ? Windows(node, ask, now) : [];
        return Reply(node, verdict, outage, tightest, verdict.BlockedBy is { } blocked ? State(account, blocked) : null, windows);
    }

    /// <summary>A node that must not grant: its state breaks an invariant.</summary>
    public static HoldReply Unavailable(CostCenterNode node) => Reply(
        node, new Verdict { Kind = VerdictKind.Refused, Reason = DenialReason.LedgerUnavailable }, OutageNone, null, null, []);

    public static WindowState State(Account account, in WindowFigures figures) => new(
        figures.Account.Kind == AccountKind.Child ? figures.Account.Name : account.Path,
        figures.Account.Kind == AccountKind.User ? figures.Account.Name : null,
        (byte)figures.Period, figures.Window, figures.Limit.Nanos, figures.Spent.Nanos, figures.Held.Nanos, figures.Status,
        figures.Limits.Enforcement == Enforcement.Soft);

    /// <summary>The figures after the decision took effect: the answer counts its own hold.</summary>
    private static WindowState Now(Account account, in WindowFigures figures) =>
        State(account, figures with { Held = figures.Account.Balances.Held(figures.Period, figures.Window) });

    private static ImmutableArray<WindowState> Windows(CostCenterNode node, in Ask ask, Moment now)
    {
        var figures = new List<WindowFigures>();
        node.Account.AddFigures(figures, ask.User, ask.Owner, ask.Date, now.Utc);
        return [.. figures.Select(f => State(node.Account, f))];
    }

    private static byte OutageOf(CostCenterNode node, in Verdict verdict, in Ask ask)
    {
        if (ask.Lower) return OutageNone;
        var health = node.Services.Health;
        var durable = node.Account.Budget is { DurableHolds: true };
        if (health.LetsGrant(node.Tenure) && !(durable && health.WritesFail)) return OutageNone;
        return verdict.HardLimited || durable ? OutageHard : OutageSoft;
    }

    private static HoldReply Reply(
        CostCenterNode node, in Verdict verdict, byte outage, WindowState? tightest, WindowState? blockedBy, ImmutableArray<WindowState> windows) => new(
        (HoldStatus)verdict.Kind, (Denial)verdict.Reason, verdict.Granted.Nanos, verdict.OverLimit, outage, verdict.Limited,
        node.Account.Budget is { DurableHolds: true }, node.Epoch, verdict.Available?.Nanos, tightest, blockedBy, verdict.LapseAfter, windows,
        verdict.PausedBy is { } pause ? new PauseState(node.Path, pause.User, pause.Until, pause.At) : null, verdict.HardLimited);
}
