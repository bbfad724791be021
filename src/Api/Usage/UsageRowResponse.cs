using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Usage;

/// <summary>A row of the ledger as the API lists and exports it: the record's fields, and what the engine made of them.</summary>
public sealed record UsageRowResponse(
    RowKind Kind, string RequestId, string? Corrects, string? ReservationId, bool Final, string CostCenter, DateTimeOffset Timestamp, string User, string? Session,
    string? Provider, string? Model, long? InputTokens, long? CachedInputTokens, long? CacheWriteTokens, long? OutputTokens, long? ReasoningTokens,
    long? InputCharacters, long? OutputCharacters, Money Cost, RowFlags Flags, DateOnly BookedDate, DateTimeOffset RecordedAt, decimal? LatencyMs,
    decimal? TimeToFirstTokenMs, UsageStatus Status, string? ErrorCode, string? ErrorMessage, string? RequestPath, string? Preview,
    [property: JsonConverter(typeof(TagsConverter))] string Tags,
    string? Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Of a retained row.")] long? Requests)
{
    public static UsageRowResponse Of(UsageRow r) => new(
        r.Kind, r.RequestId, r.Corrects, r.ReservationId, r.Final, r.CostCenter, r.Timestamp, r.User, r.Session, r.Provider, r.Model, r.InputTokens,
        r.CachedInputTokens, r.CacheWriteTokens, r.OutputTokens, r.ReasoningTokens, r.InputCharacters, r.OutputCharacters, r.Cost, r.Flags, r.BookedDate,
        r.RecordedAt, r.LatencyMicros / 1_000m, r.TimeToFirstTokenMicros / 1_000m, r.Status, r.ErrorCode, r.ErrorMessage, r.RequestPath, r.Preview,
        r.TagsJson ?? "{}", r.Reason, r.Kind == RowKind.Retained ? r.RetainedRequests : null);
}
