using System.Buffers;
using System.Text.Json;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Usage.Reported;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Usage;

/// <summary>Reads one usage record. What cannot be read is part of the result, so that a batch goes on.</summary>
internal static class UsageJson
{
    private const int MaxIgnored = 50;

    /// <summary>Latencies beyond a day are a wrong unit.</summary>
    private const decimal MaxLatencyMs = 86_400_000m;

    private static readonly decimal MaxCost = Money.MaxInput.ToDecimal();

    public static UsageInput Read(in ReadOnlySequence<byte> record) => Read(record, new FaultList());

    internal static UsageInput Read(in ReadOnlySequence<byte> record, FaultList faults)
    {
        try
        {
            if (!JsonFields.TryOpen(record, faults, out var fields)) return new UsageInput { Unreadable = (ApiCode.InvalidRequest, "The record must be a JSON object.") };
            var draft = new Draft();
            ReadFields(ref fields, draft);
            fields.End();
            return draft.ToInput(faults);
        }
        catch (JsonException fault)
        {
            return new UsageInput { Unreadable = (ApiCode.MalformedJson, JsonBody.Malformed(fault).Detail) };
        }
    }

    public static UsageInput TooLarge(int maxBytes) =>
        new() { Unreadable = (ApiCode.RecordTooLarge, $"The record has more than {maxBytes} bytes.") };

    private static void ReadFields(ref JsonFields fields, Draft draft)
    {
        while (fields.Next())
        {
            if (!ReadIdentity(ref fields, draft) && !ReadCounts(ref fields, draft) && !ReadOutcome(ref fields, draft)) draft.Ignore(ref fields);
        }
    }

    private static bool ReadIdentity(ref JsonFields fields, Draft draft)
    {
        if (fields.Is("request_id"u8)) draft.RequestId = fields.Text(TextRules.MaxRequestId, printable: true);
        else if (fields.Is("reservation_id"u8)) draft.ReservationId = fields.Text(JsonFields.MaxText);
        else if (fields.Is("final"u8)) draft.Final = fields.Boolean() ?? true;
        else if (fields.Is("cost_center"u8)) draft.CostCenter = fields.CostCenter()?.Path;
        else if (fields.Is("timestamp"u8)) draft.Timestamp = fields.Time();
        else if (fields.Is("user"u8)) draft.User = fields.Text(JsonFields.MaxText);
        else if (fields.Is("session"u8)) draft.Session = fields.Text(JsonFields.MaxText, minLength: 0);
        else if (fields.Is("provider"u8)) draft.Provider = fields.Text(TextRules.MaxName, printable: true);
        else if (fields.Is("model"u8)) draft.Model = fields.Text(TextRules.MaxModel, printable: true);
        else return false;
        return true;
    }

    private static bool ReadCounts(ref JsonFields fields, Draft draft)
    {
        if (fields.Is("input_tokens"u8)) draft.InputTokens = fields.Integer(0, TokenCounts.MaxTokens);
        else if (fields.Is("cached_input_tokens"u8)) draft.CachedInputTokens = fields.Integer(0, TokenCounts.MaxTokens);
        else if (fields.Is("cache_write_tokens"u8)) draft.CacheWriteTokens = fields.Integer(0, TokenCounts.MaxTokens);
        else if (fields.Is("output_tokens"u8)) draft.OutputTokens = fields.Integer(0, TokenCounts.MaxTokens);
        else if (fields.Is("reasoning_tokens"u8)) draft.ReasoningTokens = fields.Integer(0, TokenCounts.MaxTokens);
        else if (fields.Is("input_characters"u8)) draft.InputCharacters = fields.Integer(0, Rating.MaxCharacters);
        else if (fields.Is("output_characters"u8)) draft.OutputCharacters = fields.Integer(0, Rating.MaxCharacters);
        else if (fields.Is("usage"u8)) draft.ReadProviderUsage(ref fields);
        else if (fields.Is("cost_from_usage"u8)) draft.CostFromUsage = fields.Boolean() ?? false;
        else if (fields.Is("cost"u8)) draft.Cost = fields.Decimal(0, MaxCost);
        else return false;
        return true;
    }

    private static bool ReadOutcome(ref JsonFields fields, Draft draft)
    {
        if (fields.Is("latency_ms"u8)) draft.LatencyMicros = ReadMillis(ref fields);
        else if (fields.Is("time_to_first_token_ms"u8)) draft.TimeToFirstTokenMicros = ReadMillis(ref fields);
        else if (fields.Is("status"u8)) draft.Status = ReadStatus(ref fields);
        else if (fields.Is("error_code"u8)) draft.ErrorCode = fields.Text(TextRules.MaxName, minLength: 0);
        else if (fields.Is("error_message"u8)) draft.ErrorMessage = fields.Text(JsonFields.MaxText, minLength: 0);
        else if (fields.Is("request_path"u8)) draft.RequestPath = fields.Text(JsonFields.MaxText, minLength: 0);
        else if (fields.Is("preview"u8)) draft.Preview = fields.Text(JsonFields.MaxText, minLength: 0);
        else if (fields.Is("tags"u8)) draft.ReadTags(ref fields);
        else return false;
        return true;
    }

    private static long? ReadMillis(ref JsonFields fields) =>
        fields.Decimal(0, MaxLatencyMs) is { } millis ? (long)decimal.Round(millis * 1_000) : null;

    private static UsageStatus ReadStatus(ref JsonFields fields)
    {
        if (fields.Text(32) is not { } word) return UsageStatus.Success;
        if (Words.UsageStatuses.Parse(word) is { } status) return status;
        fields.Fault($"must be one of {string.Join(", ", Words.UsageStatuses.All)}");
        return UsageStatus.Success;
    }

    /// <summary>What has been read so far.</summary>
    private sealed class Draft
    {
        private List<KeyValuePair<string, string>>? _tags;
        private List<string>? _ignored;
        private ReportedUsage? _reported;

        public string? RequestId;
        public string? ReservationId;
        public bool Final = true;
        public string? CostCenter;
        public DateTimeOffset? Timestamp;
        public string? User;
        public string? Session;
        public string? Provider;
        public string? Model;
        public long? InputTokens;
        public long? CachedInputTokens;
        public long? CacheWriteTokens;
        public long? OutputTokens;
        public long? ReasoningTokens;
        public long? InputCharacters;
        public long? OutputCharacters;
        public decimal? Cost;
        public bool CostFromUsage;
        public long? LatencyMicros;
        public long? TimeToFirstTokenMicros;
        public UsageStatus Status;
        public string? ErrorCode;
        public string? ErrorMessage;
        public string? RequestPath;
        public string? Preview;

        public void Ignore(ref JsonFields fields)
        {
            _ignored ??= [];
            if (_ignored.Count < MaxIgnored) _ignored.Add(fields.Name);
            fields.Skip();
        }

        public void ReadProviderUsage(ref JsonFields fields)
        {
            if (fields.Element() is { } usage) _reported = ReportedUsage.Read(usage);
        }

        public void ReadTags(ref JsonFields fields)
        {
            if (!fields.Enter(out var outer)) return;
            _tags = [];
            while (fields.Next())
            {
                var name = fields.PlainName();
                if (fields.Text(JsonFields.MaxText, minLength: 0) is { } value && name is not null) _tags.Add(new(name, value));
            }

            fields.Leave(outer);
        }

        public UsageInput ToInput(FaultList faults) => _reported is null ? OwnInput(faults) : ReportedCounts.Apply(OwnInput(faults), _reported, CostFromUsage);

        private UsageInput OwnInput(FaultList faults) => new()
        {
            RequestId = RequestId, ReservationId = ReservationId, Final = Final, CostCenter = CostCenter, Timestamp = Timestamp, User = User, Session = Session,
            Provider = Provider, Model = Model, InputTokens = InputTokens, CachedInputTokens = CachedInputTokens, CacheWriteTokens = CacheWriteTokens,
            OutputTokens = OutputTokens, ReasoningTokens = ReasoningTokens, InputCharacters = InputCharacters, OutputCharacters = OutputCharacters, Cost = Cost,
            LatencyMicros = LatencyMicros, TimeToFirstTokenMicros = TimeToFirstTokenMicros, Status = Status, ErrorCode = ErrorCode, ErrorMessage = ErrorMessage,
            RequestPath = RequestPath, Preview = Preview, Tags = _tags ?? (IReadOnlyList<KeyValuePair<string, string>>)[],
            Ignored = _ignored ?? (IReadOnlyList<string>)[], Faults = faults.Values,
        };
    }
}
