using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.Reports;

/// <summary>What every report begins with.</summary>
/// <param name="CostCenter">With all below it; null: all tenants.</param>
/// <param name="To">Exclusive.</param>
public abstract record ReportResponse([property: Description("With all below it; null: all that there is.")] string? CostCenter, DateOnly From, [property: Description("Exclusive.")] DateOnly To, string Currency, string TimeZone);

/// <summary>Figures by something, and what they come to together.</summary>
/// <param name="Other">What has no item of its own.</param>
public sealed record BreakdownResponse<T>(
    string? CostCenter, DateOnly From, DateOnly To, string Currency, string TimeZone, FiguresResponse Total, IReadOnlyList<T> Items,
    [property: Description("What has no item of its own.")] FiguresResponse? Other,
    [property: Description("Of the total what is not told apart: records of the last second, records that were deleted before reports were kept; of tags and one user all others.")] Money Unattributed,
    [property: Description("Send as cursor for the next page; null: this is the last.")] string? NextCursor)
    : ReportResponse(CostCenter, From, To, Currency, TimeZone);

public sealed record SummaryResponse(
    string? CostCenter, DateOnly From, DateOnly To, string Currency, string TimeZone, FiguresResponse Total, IReadOnlyList<NamedFiguresResponse> Models,
    IReadOnlyList<CostCenterFiguresResponse> CostCenters, Money Unattributed)
    : ReportResponse(CostCenter, From, To, Currency, TimeZone);

/// <param name="ThisMonth">From its first day to today. <paramref name="LastMonth"/>: to the same day.</param>
/// <param name="Change">This month against last, as a fraction; null where last month has nothing.</param>
public sealed record TrendResponse(
    string? CostCenter, DateOnly From, DateOnly To, string Currency, string TimeZone, FiguresResponse Total, IReadOnlyList<DayFiguresResponse> Items, MonthPartResponse ThisMonth,
    [property: Description("To the same day of last month.")] MonthPartResponse LastMonth,
    [property: Description("This month against last, as a fraction; null where last month has nothing.")] decimal? Change)
    : ReportResponse(CostCenter, From, To, Currency, TimeZone);

public sealed record MonthPartResponse(DateOnly From, [property: Description("Exclusive.")] DateOnly To, Money Cost, long Requests);

public sealed record SpikesResponse(string? CostCenter, DateOnly From, DateOnly To, string Currency, string TimeZone, IReadOnlyList<SpikeResponse> Items) : ReportResponse(CostCenter, From, To, Currency, TimeZone);

public sealed record SpikeResponse(string CostCenter, DateOnly Date, Money Cost, Money DayBefore, [property: Description("As a fraction.")] decimal Change);

/// <summary>Limits against what was spent, as they stand now.</summary>
public sealed record BudgetsReportResponse(
    string? CostCenter, string Currency, IReadOnlyList<BudgetLineResponse> Items, [property: Description("Send as cursor for the next page; null: this is the last.")] string? NextCursor);

/// <param name="Standing">OK, WARNING above 80 %, OVER BUDGET above 100 %.</param>
/// <param name="Level">ok, the level of the highest threshold reached, or exceeded.</param>
public sealed record BudgetLineResponse(
    string CostCenter, string? User, Period Period, Money Limit, Money Spent, Money Remaining, [property: Description("With one decimal; null at limit 0.")] decimal? Percent,
    [property: Description("OK, WARNING (above 80 %) or OVER BUDGET")] string Standing, [property: Description("ok, the level of the highest threshold reached, or exceeded")] string Level,
    DateTimeOffset? ResetsAt);

/// <summary>What this month should come to.</summary>
public sealed record MonthForecastResponse(
    string? CostCenter, DateOnly From, DateOnly To, string Currency, string TimeZone, Money Spent, [property: Description("Of the whole month; null: no day has ended yet.")] Money? Expected,
    [property: Description("With high: where it should end in four of five cases.")] Money? Low, Money? High, [property: Description("Spent / elapsed days x days, for comparison.")] Money? PlainPace,
    [property: Description("The mean of the last seven ended days.")] Money? PerDay, decimal Growth, [property: Description("The monthly limit; null: none.")] Money? Limit,
    [property: Description("When the limit is reached at this pace; null: not this month.")] DateOnly? RunsOutOn, string Formula,
    [property: AllowedValues("none", "low", "medium", "high"), Description("How sure it is: none while no day has ended since the first spend, low with one or two, medium below a week, high else.")]
    string Confidence, [property: Description("Ended days that it is made from.")] int Days)
    : ReportResponse(CostCenter, From, To, Currency, TimeZone);
