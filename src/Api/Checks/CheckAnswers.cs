using BudgetEngine.Api.CostCenters;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Api.Checks;

/// <summary>Turns a cost center's reply into what a caller is told.</summary>
internal readonly struct CheckAnswers(TenantCalendar calendar, Resolution resolution, int visibleDepth)
{
    /// <param name="affordable">How many output tokens would be allowed; null: not known, or not told.</param>
    public static CheckAnswer Denied(DenialReason reason, Resolution resolution, long? affordable = null) => Told(
        new(Words.DenialReasons.Of(reason), null, Money.Zero, Money.Zero, null, false, false, affordable, reason == DenialReason.LedgerUnavailable ? 1 : null, null, null, []), resolution, default);

    /// <param name="request">By which the reply got a hold; null: it holds nothing, or had it before.</param>
    public CheckAnswer Of(ReserveReply reply, in Estimate estimate, CheckCommand? command, string? id, ReserveRequest? request = null, string? unpricedBecause = null)
    {
        var allowed = reply.Reason == DenialReason.None;
        var blockedBy = reply.BlockedBy is { } blocked ? View(blocked) : null;
        var held = allowed && !reply.Degraded && command is not { DryRun: true };
        var answer = new CheckAnswer(
            Words.DenialReasons.Find((DenialReason)reply.Reason), held ? id : null, estimate.Amount, new Money(allowed || command is null ? reply.Granted : 0), held ? reply.ExpiresAt : null,
            reply.OverLimit, reply.Degraded, Affordable(reply, estimate, blockedBy), allowed ? null : RetryAfter(reply, blockedBy), blockedBy,
            reply.Tightest is { } tightest ? View(tightest) : null, Views(reply), allowed ? null : BreakerOf(reply, blockedBy))
        {
            UnpricedBecause = unpricedBecause, Held = request is null ? null : (request, reply),
            FitsEmpty = !allowed && blockedBy is { Minute: MinuteMeter.None } && FitsEmpty(reply, estimate, command, blockedBy),
        };
        return allowed ? answer : Told(answer, resolution, reply.DecidedAt);
    }

    /// <summary>The answer of a check that names a new cost center.</summary>
    /// <param name="nearest">An existing one with a name like it; null: none is near, or it is not told.</param>
    public static CheckAnswer New(CheckAnswer answer, string? nearest, Resolution resolution)
    {
        var told = answer with { New = true, Nearest = nearest };
        return nearest is not null && Words.DenialReasons.Parse(answer.Reason ?? "") == DenialReason.UnknownCostCenter ? Told(told, resolution, default) : told;
    }

    private static CheckAnswer Told(CheckAnswer denial, Resolution resolution, DateTimeOffset now) => denial with { Detail = new DenialText(denial, resolution, now).ForCaller };

    /// <summary>Whether it is held money that refuses. While all holds are being settled none of them will lapse, and the reply does not say it.</summary>
    private static bool FitsEmpty(ReserveReply reply, in Estimate estimate, CheckCommand? command, WindowView window)
    {
        if (reply.LapseAfter is not null || (window.Remaining.IsPositive && command is { Unestimated: true })) return true;
        return (command?.MinAmount ?? estimate.Amount) <= window.Remaining && estimate.Amount.IsPositive;
    }

    /// <summary>What is open, without asking anybody: since when a limit is spent only the ledger knows.</summary>
    private Breaker? BreakerOf(ReserveReply reply, WindowView? blockedBy)
    {
        if (reply.PausedBy is { } pause)
        {
            var hidden = CostCenterId.DepthOf(pause.CostCenter) < visibleDepth;
            return new Breaker(Breaker.Paused, pause.CostCenter, hidden ? null : pause.User, null, hidden ? null : pause.At, pause.Until, hidden ? null : pause.Model)
            {
                Cause = pause.Cause, MovedTo = hidden ? null : pause.MovedTo,
            };
        }

        return reply.Reason == DenialReason.BudgetExceeded && blockedBy is { } window && window.Spent >= window.Limit
            ? new Breaker(Breaker.BudgetExceeded, window.CostCenter, window.Hidden ? null : window.User, window.Period, null, window.ResetsAt)
            : null;
    }

    private IReadOnlyList<WindowView> Views(ReserveReply reply)
    {
        if (reply.Windows.IsDefaultOrEmpty) return [];
        var views = new WindowView[reply.Windows.Length];
        for (var i = 0; i < views.Length; i++) views[i] = View(reply.Windows[i]);
        return views;
    }

    private WindowView View(WindowState state)
    {
        var period = (Period)state.Period;
        return new WindowView(
            state.CostCenter, state.User, period, new Money(state.Limit), new Money(state.Spent), new Money(state.Held), state.Status,
            calendar.EndOf(period, state.Window), CostCenterId.DepthOf(state.CostCenter) < visibleDepth, state.Minute)
        {
            Reservations = state.Reservations, NextLapse = state.NextLapse,
        };
    }

    /// <summary>How many output tokens would still fit: of a partial grant what it buys, of a denial for lack of budget what is left. Never told of a node that the caller may not see.</summary>
    private long? Affordable(ReserveReply reply, in Estimate estimate, WindowView? blockedBy)
    {
        if (reply.Reason == DenialReason.BudgetExceeded && blockedBy is { Hidden: false } && reply.Available is { } available)
        {
            return estimate.Affordable(resolution, new Money(Math.Max(0, available)));
        }

        var partial = reply.Reason == DenialReason.None && !reply.Degraded && reply.Granted < estimate.Amount.Nanos;
        return partial ? estimate.Affordable(resolution, new Money(reply.Granted)) : null;
    }

    private static long? RetryAfter(ReserveReply reply, WindowView? blockedBy)
    {
        if (reply.Reason == DenialReason.LedgerUnavailable) return 1;
        var wait = reply.LapseAfter ?? (blockedBy?.ResetsAt is { } resets ? resets - reply.DecidedAt : null);
        return wait is { } time ? Math.Max(1, (time.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond) : null;
    }
}
