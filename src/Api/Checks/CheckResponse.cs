using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Checks;

/// <summary>A decision on a check or an extension.</summary>
public sealed record CheckResponse(
    [property: AllowedValues(Words.Allow, Words.Deny)] string Decision,
    [property: Description("Take an unknown one as a denial.")] string? Reason,
    string? ReservationId,
    Money Estimated,
    Money Granted,
    DateTimeOffset? ExpiresAt,
    bool OverLimit,
    bool Degraded,
    long? AffordableOutputTokens,
    long? RetryAfterSeconds,
    WindowResponse? BlockedBy,
    WindowResponse? Tightest,
    [property: Description("Of a denial for a limit by the minute only."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    MinuteLimitResponse? RateLimit,
    [property: Description("Of a denial for a pause or a spent limit only; since is not known for a limit."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    BreakerResponse? Breaker,
    [property: Description("Of a denial for an unknown model only: models with a price whose names are like it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<string>? NearestModels,
    [property: Description("Of a model without a price that an import knew: why it could not take it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? UnpricedBecause,
    [property: Description("Nothing is known of the cost center: neither usage nor a budget."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    bool? New,
    [property: Description("Of a new cost center: an existing one with a name like it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? Nearest,
    [property: Description("Of a denial: a sentence for people. Words may change; programs read reason and blocked_by."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? Detail,
    [property: Description("With explain only: every limited window, leaf to root."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<WindowResponse>? Budgets)
{
    /// <param name="explain">Adds every limited window.</param>
    public static CheckResponse Of(CheckAnswer answer, bool explain) => new(
        Words.Decision(answer.Allowed), answer.Reason, answer.ReservationId, answer.Estimated, answer.Granted, answer.ExpiresAt, answer.OverLimit, answer.Degraded,
        answer.AffordableOutputTokens, answer.RetryAfterSeconds, WindowResponse.OfAny(answer.BlockedBy), WindowResponse.OfAny(answer.Tightest),
        MinuteLimitResponse.OfAny(answer.RateLimit), answer.Breaker is { } breaker ? BreakerResponse.Of(breaker) : null, answer.NearestModels, answer.UnpricedBecause,
        answer.New ? true : null, answer.Nearest, answer.Detail, explain ? WindowResponse.Of(answer.Budgets) : null);
}
