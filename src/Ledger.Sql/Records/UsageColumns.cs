using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Records;

/// <summary>The one place that knows how a usage row lies in its table: names, order, writing and reading of columns.</summary>
internal static class UsageColumns
{
    public static readonly string[] Names =
    [
        "tenant", "request_id", "cost_center", "kind", "user_name", "session", "provider", "model", "input_tokens", "cached_input_tokens", "cache_write_tokens",
        "output_tokens", "reasoning_tokens", "input_characters", "output_characters", "cost", "requests", "status", "final", "corrects", "timestamp",
        "recorded_at", "booked_date", "latency_micros", "time_to_first_token_micros", "error_code", "error_message", "request_path", "preview", "tags", "reason",
        "reservation_id", "details", "priced_as", "flags", "content_hash", "batch_id",
    ];

    /// <summary>All columns of <c>usage u</c> that <see cref="Read"/> reads.</summary>
    public static readonly string Select = string.Join(", ", Names.Where(n => n is not ("tenant" or "batch_id")).Select(n => "u." + n));

    /// <summary>What <see cref="ReadKnown"/> reads.</summary>
    public const string SelectKnown =
        "u.tenant, u.request_id, u.kind, u.cost_center, u.user_name, u.provider, u.model, u.booked_date, u.cost, u.flags, u.content_hash, " +
        "u.batch_id";

    public static void Write<TSink>(UsageRow row, Guid batchId, TSink to)
        where TSink : IColumnSink
    {
        to.Text(row.Tenant);
        to.Text(row.RequestId);
        to.Text(row.CostCenter);
        to.Number((long)row.Kind);
        to.Text(row.User);
        to.Text(row.Session);
        to.Text(row.Provider);
        to.Text(row.Model);
        to.NumberOrNull(row.InputTokens);
        to.NumberOrNull(row.CachedInputTokens);
        to.NumberOrNull(row.CacheWriteTokens);
        to.NumberOrNull(row.OutputTokens);
        to.NumberOrNull(row.ReasoningTokens);
        to.NumberOrNull(row.InputCharacters);
        to.NumberOrNull(row.OutputCharacters);
        to.Number(row.Cost.Nanos);
        to.Number(row.Requests);
        to.Number((long)row.Status);
        to.Flag(row.Final);
        to.Text(row.Corrects);
        to.Time(row.Timestamp);
        to.Time(row.RecordedAt);
        to.Date(row.BookedDate);
        to.NumberOrNull(row.LatencyMicros);
        to.NumberOrNull(row.TimeToFirstTokenMicros);
        to.Text(row.ErrorCode);
        to.Text(row.ErrorMessage);
        to.Text(row.RequestPath);
        to.Text(row.Preview);
        to.Text(row.TagsJson);
        to.Text(row.Reason);
        to.Text(row.ReservationId);
        to.Text(row.DetailsJson);
        to.Text(row.PricedAsJson);
        to.Number((long)row.Flags);
        to.Id(row.ContentHash);
        to.Id(batchId);
    }

    public static UsageRow Read(RowReader r)
    {
        var row = new UsageRow
        {
            RequestId = r.Text(),
            CostCenter = r.Text(),
            Kind = (RowKind)r.Long(),
            User = r.Text(),
            Session = r.TextOrNull(),
            Provider = r.TextOrNull(),
            Model = r.TextOrNull(),
            InputTokens = r.LongOrNull(),
            CachedInputTokens = r.LongOrNull(),
            CacheWriteTokens = r.LongOrNull(),
            OutputTokens = r.LongOrNull(),
            ReasoningTokens = r.LongOrNull(),
            InputCharacters = r.LongOrNull(),
            OutputCharacters = r.LongOrNull(),
            Cost = r.Money(),
            RetainedRequests = r.Long(),
            Status = (UsageStatus)r.Long(),
            Final = r.Flag(),
            Corrects = r.TextOrNull(),
            Timestamp = r.Time(),
            RecordedAt = r.Time(),
            BookedDate = r.Date(),
            LatencyMicros = r.LongOrNull(),
            TimeToFirstTokenMicros = r.LongOrNull(),
            ErrorCode = r.TextOrNull(),
            ErrorMessage = r.TextOrNull(),
            RequestPath = r.TextOrNull(),
            Preview = r.TextOrNull(),
            TagsJson = r.TextOrNull(),
            Reason = r.TextOrNull(),
            ReservationId = r.TextOrNull(),
            DetailsJson = r.TextOrNull(),
            PricedAsJson = r.TextOrNull(),
            Flags = (RowFlags)r.Long(),
            ContentHash = r.Id(),
        };
        // The column counts requests of every kind of row; the property stands on retained rows only.
        return row.Kind == RowKind.Retained ? row : row with { RetainedRequests = 0 };
    }

    public static KnownRow ReadKnown(RowReader r) => new(
        r.Text(), r.Text(), (RowKind)r.Long(), r.Text(), r.Text(), r.TextOrNull(), r.TextOrNull(), r.Date(), r.Money(), (RowFlags)r.Long(), r.Id(), r.Id());
}
