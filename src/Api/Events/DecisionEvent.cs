using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Events;

// The data of live events. Nothing of a cost center above the one that the event is about but what a denial tells.

/// <summary>A sampled decision.</summary>
internal sealed record DecisionEvent(
    DateTimeOffset At, string CostCenter, string User, string? Model, string? RequestId, string Decision, string? Reason, Money Estimated, Money Granted, bool OverLimit,
    bool Degraded, WindowResponse? BlockedBy)
{
    public static DecisionEvent Of(CheckCommand command, CheckAnswer answer, DateTimeOffset at) => new(
        at, command.CostCenter.Path, command.User, command.Model, command.RequestId ?? command.Label, Words.Decision(answer.Allowed), answer.Reason, answer.Estimated,
        answer.Granted, answer.OverLimit, answer.Degraded, answer.BlockedBy is { } blocked ? WindowResponse.Of(blocked with { Hidden = true }) : null);
}

/// <summary>The spend of a cost center has changed.</summary>
internal sealed record SpendEvent(
    DateTimeOffset At, string CostCenter, string Status, Money SpentToday, Money SpentMonth, long RequestsToday, IReadOnlyList<WindowResponse> Budgets);

/// <summary>A budget was changed.</summary>
/// <param name="Change">What was done.</param>
internal sealed record BudgetChangeEvent(DateTimeOffset At, string CostCenter, string? User, string Change);

/// <summary>A breaker has opened or closed.</summary>
internal sealed record BreakerEvent(DateTimeOffset At, string CostCenter, BreakerResponse Breaker);
