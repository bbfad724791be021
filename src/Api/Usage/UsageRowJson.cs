using System.Text.Json;
using BudgetEngine.Domain;

namespace BudgetEngine.Api;

/// <summary>Writes rows of the ledger as the API lists and exports them: the record's fields, and what the engine made of them.</summary>
internal static class UsageRowJson
{
    public static void Write(Utf8JsonWriter json, UsageRow row)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, Words.RowKinds.Of(row.Kind));
        json.WriteString("request_id"u8, row.RequestId);
        CheckAnswerJson.WriteText(json, "corrects"u8, row.Corrects);
        CheckAnswerJson.WriteText(json, "reservation_id"u8, row.ReservationId);
        json.WriteBoolean("final"u8, row.Final);
        json.WriteString("cost_center"u8, row.CostCenter);
        json.WriteTime("timestamp"u8, row.Timestamp);
        json.WriteString("user"u8, row.User);
        CheckAnswerJson.WriteText(json, "session"u8, row.Session);
        CheckAnswerJson.WriteText(json, "provider"u8, row.Provider);
        CheckAnswerJson.WriteText(json, "model"u8, row.Model);
        WriteCounts(json, row);
        json.WriteMoney("cost"u8, row.Cost);
        UsageWords.WriteFlags(json, row.Flags);
        json.WriteDate("booked_date"u8, row.BookedDate);
        json.WriteTime("recorded_at"u8, row.RecordedAt);
        WriteOutcome(json, row);
        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, UsageRow row)
    {
        json.WriteInteger("input_tokens"u8, row.InputTokens);
        json.WriteInteger("cached_input_tokens"u8, row.CachedInputTokens);
        json.WriteInteger("cache_write_tokens"u8, row.CacheWriteTokens);
        json.WriteInteger("output_tokens"u8, row.OutputTokens);
        json.WriteInteger("reasoning_tokens"u8, row.ReasoningTokens);
        json.WriteInteger("input_characters"u8, row.InputCharacters);
        json.WriteInteger("output_characters"u8, row.OutputCharacters);
    }

    private static void WriteOutcome(Utf8JsonWriter json, UsageRow row)
    {
        json.WriteDecimal("latency_ms"u8, row.LatencyMicros / 1_000m);
        json.WriteDecimal("time_to_first_token_ms"u8, row.TimeToFirstTokenMicros / 1_000m);
        json.WriteString("status"u8, Words.UsageStatuses.Of(row.Status));
        CheckAnswerJson.WriteText(json, "error_code"u8, row.ErrorCode);
        CheckAnswerJson.WriteText(json, "error_message"u8, row.ErrorMessage);
        CheckAnswerJson.WriteText(json, "request_path"u8, row.RequestPath);
        CheckAnswerJson.WriteText(json, "preview"u8, row.Preview);
        json.WritePropertyName("tags"u8);
        json.WriteRawValue(row.TagsJson ?? "{}");
        CheckAnswerJson.WriteText(json, "reason"u8, row.Reason);
        if (row.Kind == RowKind.Retained) json.WriteNumber("requests"u8, row.RetainedRequests);
    }
}
