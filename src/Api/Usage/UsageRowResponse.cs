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
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(RawJsonConverter)), Description("The version and layers of the price that it was rated by.")]
    public string? PricedAs { get; init; }

    [JsonPropertyName("cache_write_1h_tokens"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CacheWrite1hTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AudioInputTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CachedAudioInputTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ImageInputTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? VideoInputTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AudioOutputTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ImageOutputTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? VideoOutputTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Of several calls in one record: the input of the largest.")]
    public long? LargestCallInputTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, decimal>? Units { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceTier { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Region { get; init; }

    public static UsageRowResponse Of(UsageRow r)
    {
        var plain = Plain(r) with { PricedAs = r.PricedAsJson };
        if (r.DetailsJson is null) return plain;
        var d = UsageDetails.Read(r.DetailsJson);
        return plain with
        {
            CacheWrite1hTokens = d.CacheWrite1hTokens, AudioInputTokens = d.AudioInputTokens, CachedAudioInputTokens = d.CachedAudioInputTokens, ImageInputTokens = d.ImageInputTokens,
            VideoInputTokens = d.VideoInputTokens, AudioOutputTokens = d.AudioOutputTokens, ImageOutputTokens = d.ImageOutputTokens, VideoOutputTokens = d.VideoOutputTokens,
            LargestCallInputTokens = d.LargestCallInputTokens, Units = d.Units, ServiceTier = d.ServiceTier, Region = d.Region,
        };
    }

    private static UsageRowResponse Plain(UsageRow r) => new(
        r.Kind, ConflictingRequestId.Sent(r.RequestId), r.Corrects is { } corrects ? ConflictingRequestId.Sent(corrects) : null, r.ReservationId, r.Final, r.CostCenter, r.Timestamp, r.User, r.Session, r.Provider, r.Model, r.InputTokens,
        r.CachedInputTokens, r.CacheWriteTokens, r.OutputTokens, r.ReasoningTokens, r.InputCharacters, r.OutputCharacters, r.Cost, r.Flags, r.BookedDate,
        r.RecordedAt, r.LatencyMicros / 1_000m, r.TimeToFirstTokenMicros / 1_000m, r.Status, r.ErrorCode, r.ErrorMessage, r.RequestPath, r.Preview,
        r.TagsJson ?? "{}", r.Reason, r.Kind == RowKind.Retained ? r.RetainedRequests : null);
}
