using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Checks;

/// <summary>A limit by the minute that refuses. Of one above the caller's subtree only which it is.</summary>
[Description("A limit by the minute. Of one above the key's subtree only cost_center and name are told.")]
public sealed record MinuteLimitResponse(
    string CostCenter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<string> User,
    [property: AllowedValues(Words.RequestsPerMinute, Words.TokensPerMinute)] string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Limit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Left)
{
    public static MinuteLimitResponse? OfAny(WindowView? limit) => limit is null ? null
        : limit.Hidden ? new MinuteLimitResponse(limit.CostCenter, default, Words.MinuteMeters.Of(limit.Minute), null, null)
        : new MinuteLimitResponse(limit.CostCenter, limit.User, Words.MinuteMeters.Of(limit.Minute), limit.Limit.Nanos, LeftOf(limit));

    /// <summary>What was settled for more than announced may have passed the limit.</summary>
    internal static long LeftOf(WindowView limit) => Math.Max(0, limit.Available.Nanos);
}
