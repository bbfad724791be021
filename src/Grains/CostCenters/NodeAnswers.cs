using System.Collections.Immutable;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>A node's answer to an ask, as owner or ancestor: decide, apply, and say what its windows look like.</summary>
internal static class NodeAnswers
{
    /// <summary>Decides and, unless it is a dry run or the node may not grant now, applies. In one turn; side accounts must be ready.</summary>
    public static NodeAnswer Answer(this CostCenterNode node, in Ask ask, Moment now, bool dryRun, bool explain, int visibleDepth)
    {
        var account = node.Account;
        var verdict = account.Decide(ask, now);
        if (verdict.Kind == VerdictKind.Stale) return Of(node, verdict, Outage.None, null, null, []);
        var outage = OutageOf(node, verdict, ask);
        if (verdict.Kind == VerdictKind.Granted && outage == Outage.None && !dryRun)
        {
            if (ask.Owner == node.Path) node.ApplyOwn(ask, verdict, now);
            else account.Apply(ask, verdict, now, Account.AncestorGrace);
        }

        verdict = OutageRules.Hide(verdict, outage, ask.Amount);
        var blockedBy = verdict.BlockedBy is { } blocked ? Blocked(account, blocked, now) : null;
        if (verdict is { Reason: DenialReason.BudgetExceeded, BlockedBy: { } refused } && !dryRun) node.Alerts.Denied(refused, blockedBy!);
        var visible = CostCenterId.DepthOf(node.Path) >= visibleDepth;
        var tightest = visible && verdict.Tightest is { } figures ? Now(account, figures) : null;
        var windows = explain ? Windows(node, ask, now, visibleDepth) : [];
        return Of(node, verdict, outage, tightest, blockedBy, windows);
    }

    /// <summary>A node that must not grant: its state breaks an invariant.</summary>
    public static NodeAnswer Unavailable(CostCenterNode node) =>
        Of(node, new Verdict { Kind = VerdictKind.Refused, Reason = DenialReason.LedgerUnavailable }, Outage.None, null, null, []);

    public static WindowState State(Account account, in WindowFigures figures) => new(
        figures.Account.Kind == AccountKind.Child ? figures.Account.Name : account.Path,
        figures.Account.Kind == AccountKind.User ? figures.Account.Name : null,
        (byte)figures.Period, figures.Window, figures.Limit.Nanos, figures.Spent.Nanos, figures.Held.Nanos, figures.Status,
        figures.Limits.Enforcement == Enforcement.Soft, Minute: figures.Minute);

    /// <summary>A window that refuses, with what people ask next: who holds what is not spent, and until when.</summary>
    private static WindowState Blocked(Account account, in WindowFigures figures, Moment now) => figures.Minute != MinuteMeter.None
        ? State(account, figures)
        : State(account, figures) with { Reservations = figures.Reservations, NextLapse = figures.Held.IsPositive ? account.NextLapse(figures, now) : null };

    /// <summary>The figures after the decision took effect: the answer counts its own hold.</summary>
    private static WindowState Now(Account account, in WindowFigures figures) =>
        State(account, figures with { Held = figures.Account.Balances.Held(figures.Period, figures.Window) });

    /// <summary>Of windows that the caller may not see only that they are there, how they stand, and which they are: no amount and no user.</summary>
    private static ImmutableArray<WindowState> Windows(CostCenterNode node, in Ask ask, Moment now, int visibleDepth)
    {
        var figures = new List<WindowFigures>();
        node.Account.AddFigures(figures, ask.User, ask.Owner, ask.Date, now.Utc);
        return [.. figures.Select(f => State(node.Account, f)).Select(s => CostCenterId.DepthOf(s.CostCenter) >= visibleDepth ? s : s with { User = null, Limit = 0, Spent = 0, Held = 0 })];
    }

    private static Outage OutageOf(CostCenterNode node, in Verdict verdict, in Ask ask)
    {
        var health = node.Services.Health;
        return OutageRules.OfNode(ask.Lower, health.LetsGrant(node.Tenure), IsDurable(node), health.WritesFail, verdict.HardLimited);
    }

    private static bool IsDurable(CostCenterNode node) => node.Account.Budget is { DurableHolds: true };

    private static NodeAnswer Of(
        CostCenterNode node, in Verdict verdict, Outage outage, WindowState? tightest, WindowState? blockedBy, ImmutableArray<WindowState> windows) => new(
        verdict.Kind, verdict.Reason, verdict.Granted, verdict.OverLimit, outage, verdict.Limited, verdict.HardLimited, IsDurable(node), node.Epoch, verdict.Available,
        tightest, blockedBy, verdict.LapseAfter, windows, verdict.PausedBy is { } pause ? new PauseState(node.Path, pause.User, pause.Until, pause.At, pause.Model, pause.Cause, pause.MovedTo) : null);
}
