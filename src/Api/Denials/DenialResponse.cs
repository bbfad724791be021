using System.ComponentModel;
using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Denials;

namespace BudgetEngine.Api.Denials;

/// <summary>A denied check.</summary>
public sealed record DenialResponse(
    DateTimeOffset At, string? RequestId, string CostCenter, string User, string? Session, string? Model, [property: Description("What was asked for.")] Money Amount, string Reason,
    [property: Description("The window that refused, with the figures of that moment.")] WindowResponse? BlockedBy,
    [property: Description("The pause that refused.")] DenialPauseResponse? PausedBy, long? RetryAfterSeconds,
    [property: Description("It stands for others of its minute, which were only counted.")] bool Sampled,
    [property: Description("What the caller was told, in a sentence; null where it names a cost center above the key's subtree.")] string? Detail)
{
    public static DenialResponse Of(Denial d, int visibleDepth) => new(
        d.At, d.RequestId, d.CostCenter, d.User, d.Session, d.Model, d.Amount, d.Reason, d.RefusedBy is { Period: { } period } window ? WindowOf(window, period, visibleDepth) : null,
        d.RefusedBy is { Period: null } pause ? new DenialPauseResponse(pause.CostCenter, IsHidden(pause, visibleDepth) ? null : pause.User, IsHidden(pause, visibleDepth) ? null : pause.Model, pause.EndsAt) : null,
        d.RetryAfterSeconds, d.Sampled, d.RefusedBy is { } by && IsHidden(by, visibleDepth) ? null : d.Detail);

    private static WindowResponse WindowOf(DenialRefusal r, Period period, int visibleDepth) =>
        WindowResponse.Of(new WindowView(r.CostCenter, r.User, period, r.Limit, r.Spent, r.Held, r.Status, r.EndsAt, IsHidden(r, visibleDepth))
        {
            Reservations = r.Reservations, NextLapse = r.NextLapseAt,
        });

    private static bool IsHidden(DenialRefusal refusal, int visibleDepth) => CostCenterId.DepthOf(refusal.CostCenter) < visibleDepth;
}

/// <summary>The pause that refused a check.</summary>
public sealed record DenialPauseResponse(string CostCenter, string? User, string? Model, DateTimeOffset? Until);
