using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Alerts;

/// <summary>
/// An alert, with the names of a webhook's <c>data</c>. Members that a type does not have are null, but for those of a threshold: these occur in
/// <c>budget.threshold.reached</c> only.
/// </summary>
public record AlertResponse(
    string AlertId,
    AlertType Type,
    DateTimeOffset At,
    [property: Description("null: the installation")] string? CostCenter,
    string? User,
    Period? Period,
    DateTimeOffset? WindowStart,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), Description("This, level, generation and cause: of budget.threshold.reached only.")]
    Optional<decimal?> Threshold,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<string> Level,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Generation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AlertCause? Cause,
    Money? Spent,
    Money? Limit,
    decimal? Utilization,
    DateTimeOffset? ResetsAt,
    ForecastResponse? Forecast,
    IReadOnlyList<ModelShareResponse> TopModels,
    IReadOnlyList<RecommendationResponse> Recommendations,
    string? Detail,
    string? By,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("About how many users' budgets have denied so far: of a denial of users, and of the end of its window.")]
    int? Users = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Of a denial: what open reservations held at that moment.")]
    Money? Held = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Of a denial: how many reservations held it.")]
    int? Reservations = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Of a denial: when the next of them lapses.")]
    DateTimeOffset? NextLapseAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Of unpriced usage: default_price, dearest_price or zero. spent is what is booked for the model this month.")]
    string? BookedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Of spend.summary only. spent is what was spent in its time, top_models what it was spent on.")]
    SpendSummaryResponse? Summary = null)
{
    public static AlertResponse Of(Alert a)
    {
        var reached = a.Type == AlertType.ThresholdReached;
        return new AlertResponse(
            a.Id, a.Type, a.At, a.CostCenter.Length == 0 ? null : a.CostCenter, a.User, a.Period, a.WindowStart, reached ? a.Threshold : default(Optional<decimal?>),
            reached ? a.Level : default(Optional<string>), reached ? a.Generation : null, reached ? a.Cause : null, a.Spent, a.Limit, a.Utilization, a.ResetsAt,
            a.Forecast is { } f ? new ForecastResponse(f.Amount, f.ReachedAt, f.Days, f.Confidence is { } sure ? Words.ForecastConfidences.Of(sure) : null) : null, [.. a.TopModels.Select(m => new ModelShareResponse(m.Model, m.Spent))],
            RecommendationResponse.Of(a.Recommendations), a.Detail, a.By, a.Users == 0 ? null : a.Users,
            a.Held, a.Reservations, a.NextLapse, Words.UnpricedBases.Find(a.Basis), SpendSummaryResponse.Of(a));
    }
}

/// <summary>Where spend goes: of a week or a month at the pace of its last ended days, of a day at its own pace so far.</summary>
public sealed record ForecastResponse(
    Money Amount,
    DateTimeOffset? ReachedAt,
    [property: Description("Ended days that the pace is the mean of; null: the pace is that of the window so far.")] int? Days,
    [property: AllowedValues("none", "low", "medium", "high", null), Description("How sure it is; null where days is.")] string? Confidence);

/// <summary>A part of the spend of one model.</summary>
public sealed record ModelShareResponse(string Model, Money Spent);
