using BudgetEngine.Api.Reports;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.Alerts;

/// <summary>What a summary told besides its spend and its models.</summary>
public sealed record SpendSummaryResponse(
    string? Schedule, Period Period, DateOnly From, DateOnly To, long Requests, Money SpentBefore, decimal? Change, IReadOnlyList<SpendChangeResponse> CostCenters, MonthOutlookResponse Outlook)
{
    internal static SpendSummaryResponse? Of(Alert alert) => alert.Summary is not { } s ? null
        : new(alert.Detail, s.Period, s.From, s.To, s.Requests, s.Before, s.Change, SpendChangeResponse.Of(s), MonthOutlookResponse.Of(s.Outlook));
}
