using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Api.Alerts;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Reports;

/// <summary>An ended day, week or month against the one before it, in figures and in the words that a schedule sends.</summary>
public sealed record ChangesResponse(
    string? CostCenter, DateOnly From, DateOnly To, string Currency, string TimeZone, Period Period, Money Cost, long Requests,
    [property: Description("In as long a time before it.")] Money CostBefore,
    [property: Description("As a fraction; null where nothing was spent before.")] decimal? Change,
    [property: Description("Ten at most of this time and ten of the one before, dearest first.")] IReadOnlyList<SpendChangeResponse> Items,
    IReadOnlyList<ModelShareResponse> TopModels, MonthOutlookResponse Outlook,
    [property: Description("What a schedule tells, in sentences.")] string Text)
    : ReportResponse(CostCenter, From, To, Currency, TimeZone);

/// <summary>A cost center with all below it, in a time and in the one before.</summary>
public sealed record SpendChangeResponse(string CostCenter, Money Spent, Money SpentBefore, [property: Description("As a fraction; null where nothing was spent before.")] decimal? Change)
{
    internal static IReadOnlyList<SpendChangeResponse> Of(SpendSummary summary) => [.. summary.CostCenters.Select(c => new SpendChangeResponse(c.CostCenter, c.Spent, c.Before, SpendSummary.ChangeOf(c.Spent, c.Before)))];
}

/// <summary>What the month that is under way should come to.</summary>
public sealed record MonthOutlookResponse(
    DateOnly Month, [property: Description("null: no day has ended yet.")] Money? Expected, [property: Description("The monthly limit; null: none.")] Money? Limit,
    [property: Description("When the limit is reached at this pace; null: not this month.")] DateOnly? RunsOutOn,
    [property: AllowedValues("none", "low", "medium", "high")] string Confidence, [property: Description("Ended days that it is made from.")] int Days)
{
    internal static MonthOutlookResponse Of(MonthOutlook o) => new(o.Month, o.Expected, o.Limit, o.RunsOutOn, Words.ForecastConfidences.Of(o.Confidence), o.Days);
}
