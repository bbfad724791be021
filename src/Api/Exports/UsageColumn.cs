using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Exports;

/// <summary>A column of exported usage, of CSV and Parquet alike. Columns are only ever added, at the end.</summary>
/// <param name="Of">A text, a whole number, an amount, a fraction, a date or an instant; null: nothing.</param>
internal sealed record UsageColumn(string Name, Type Type, Func<UsageRow, object?> Of)
{
    public static readonly UsageColumn[] All =
    [
        new("kind", typeof(string), r => Words.RowKinds.Of(r.Kind)), new("request_id", typeof(string), r => ConflictingRequestId.Sent(r.RequestId)),
        new("corrects", typeof(string), r => r.Corrects is { } corrects ? ConflictingRequestId.Sent(corrects) : null),
        new("reservation_id", typeof(string), r => r.ReservationId), new("final", typeof(string), r => r.Final ? "true" : "false"), new("cost_center", typeof(string), r => r.CostCenter),
        new("timestamp", typeof(DateTime), r => r.Timestamp), new("user", typeof(string), r => r.User), new("session", typeof(string), r => r.Session),
        new("provider", typeof(string), r => r.Provider), new("model", typeof(string), r => r.Model), new("input_tokens", typeof(long), r => r.InputTokens),
        new("cached_input_tokens", typeof(long), r => r.CachedInputTokens), new("cache_write_tokens", typeof(long), r => r.CacheWriteTokens),
        new("output_tokens", typeof(long), r => r.OutputTokens), new("reasoning_tokens", typeof(long), r => r.ReasoningTokens),
        new("input_characters", typeof(long), r => r.InputCharacters), new("output_characters", typeof(long), r => r.OutputCharacters),
        new("cost", typeof(decimal), r => r.Cost), new("requests", typeof(long), r => r.Requests), new("flags", typeof(string), r => string.Join(" ", Words.Of(r.Flags))),
        new("booked_date", typeof(DateOnly), r => r.BookedDate), new("recorded_at", typeof(DateTime), r => r.RecordedAt), new("latency_micros", typeof(long), r => r.LatencyMicros),
        new("time_to_first_token_micros", typeof(long), r => r.TimeToFirstTokenMicros), new("status", typeof(string), r => Words.UsageStatuses.Of(r.Status)),
        new("error_code", typeof(string), r => r.ErrorCode), new("error_message", typeof(string), r => r.ErrorMessage), new("request_path", typeof(string), r => r.RequestPath),
        new("preview", typeof(string), r => r.Preview), new("tags", typeof(string), r => r.TagsJson ?? "{}"), new("reason", typeof(string), r => r.Reason),
        new("details", typeof(string), r => r.DetailsJson), new("priced_as", typeof(string), r => r.PricedAsJson),
    ];
}
