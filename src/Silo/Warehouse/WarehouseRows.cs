using System.Buffers;
using System.Globalization;
using System.Text.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Warehouse;

namespace BudgetEngine.Silo.Warehouse;

/// <summary>Rows as the warehouse takes them, a JSON object a line.</summary>
internal static class WarehouseRows
{
    /// <summary>Before it ClickHouse knows no time.</summary>
    private static readonly DateTimeOffset _first = DateTimeOffset.UnixEpoch;

    public static ReadOnlyMemory<byte> Of(WarehouseBatch batch) => Lines(batch.Rows, (json, row) => Write(json, row, batch.Number));

    /// <param name="version">Of this look: what is not in it any more is no budget.</param>
    public static ReadOnlyMemory<byte> Of(IReadOnlyList<StoredBudget> budgets, long version) => Lines(
        budgets.Where(b => b.User is null).SelectMany(b => Window.Periods.Select(p => (b.CostCenter, Period: p, Limit: b.Budget.Own.Limits[p]))).Where(b => b.Limit is not null).ToList(),
        (json, budget) =>
        {
            WritePath(json, budget.CostCenter);
            json.WriteString("period", Words.Periods.Of(budget.Period));
            json.WriteNumber("limit_nanos", budget.Limit!.Value.Nanos);
            json.WriteNumber("version", version);
        });

    /// <param name="code">ISO 4217.</param>
    public static ReadOnlyMemory<byte> Of(string code, Resolution resolution) => Lines([code], (json, currency) =>
    {
        json.WriteString("code", currency);
        json.WriteNumber("decimals", resolution.Decimals);
        json.WriteNumber("nanos_per_unit", resolution.PerUnit);
    });

    private static ReadOnlyMemory<byte> Lines<T>(IReadOnlyList<T> rows, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        foreach (var row in rows)
        {
            json.WriteStartObject();
            write(json, row);
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, UsageRow row, long batch)
    {
        json.WriteString("day", (row.BookedDate < new DateOnly(1970, 1, 1) ? new DateOnly(1970, 1, 1) : row.BookedDate).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteNumber("time", Seconds(row.Timestamp));
        WritePath(json, row.CostCenter);
        json.WriteString("request_id", ConflictingRequestId.Sent(row.RequestId));
        json.WriteString("kind", Words.RowKinds.Of(row.Kind));
        json.WriteString("user", row.User);
        json.WriteString("provider", row.Provider ?? "");
        json.WriteString("model", row.Model ?? "");
        json.WriteNumber("input_tokens", row.InputTokens ?? 0);
        json.WriteNumber("cached_input_tokens", row.CachedInputTokens ?? 0);
        json.WriteNumber("cache_write_tokens", row.CacheWriteTokens ?? 0);
        json.WriteNumber("output_tokens", row.OutputTokens ?? 0);
        json.WriteNumber("reasoning_tokens", row.ReasoningTokens ?? 0);
        json.WriteNumber("cost_nanos", row.Cost.Nanos);
        json.WriteNumber("requests", row.Requests);
        json.WriteString("status", Words.UsageStatuses.Of(row.Status));
        json.WriteString("error_code", row.ErrorCode ?? "");
        json.WriteString("error_message", row.ErrorMessage ?? "");
        json.WriteNumber("timed", row.LatencyMicros is null ? 0 : 1);
        json.WriteNumber("latency_micros", row.LatencyMicros ?? 0);
        json.WriteNumber("time_to_first_token_micros", row.TimeToFirstTokenMicros ?? 0);
        json.WriteString("request_path", row.RequestPath ?? "");
        json.WriteString("tags", row.TagsJson ?? "{}");
        json.WriteString("corrects", ConflictingRequestId.Sent(row.Corrects ?? ""));
        json.WriteNumber("recorded_at", Seconds(row.RecordedAt));
        json.WriteNumber("batch", batch);
    }

    private static void WritePath(Utf8JsonWriter json, string costCenter)
    {
        var segments = costCenter.Split('/', 4);
        json.WriteString("tenant", segments[0]);
        json.WriteString("department", segments.Length > 1 ? segments[1] : "");
        json.WriteString("project", segments.Length > 2 ? segments[2] : "");
        json.WriteString("cost_center", costCenter);
    }

    private static long Seconds(DateTimeOffset time) => Math.Clamp(time.ToUnixTimeSeconds(), _first.ToUnixTimeSeconds(), uint.MaxValue);
}
