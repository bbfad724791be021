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
public static class UsageJson
{
    private const int MaxIgnored = 50;

    /// <summary>Latencies beyond a day are a wrong unit.</summary>
    private const decimal MaxLatencyMs = 86_400_000m;

    /// <param name="record">One JSON object: a usage record as api.md has it.</param>
    /// <param name="resolution">Of the installation's money.</param>
    /// <returns>The record, or its faults: never an exception for what was sent.</returns>
    public static UsageInput Read(in ReadOnlySequence<byte> record, Resolution resolution) => Read(record, resolution, new FaultList());

    internal static UsageInput Read(in ReadOnlySequence<byte> record, Resolution resolution, FaultList faults)
    {
        try
        {
            if (!JsonFields.TryOpen(record, resolution, faults, out var fields)) return new UsageInput { Unreadable = (ApiCode.InvalidRequest, "The record must be a JSON object.") };
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
            if (ReadIdentity(ref fields, draft) || ReadCounts(ref fields, draft) || ReadOutcome(ref fields, draft)) continue;
            if (!DetailsDraft.Read(ref fields, ref draft.Details, strict: false)) draft.Ignore(ref fields);
        }
    }

    private static bool ReadIdentity(ref JsonFields fields, Draft draft)
    {
        if (fields.Is("request_id"u8)) draft.RequestId = fields.RequestId();
        else if (fields.Is("reservation_id"u8)) draft.ReservationId = fields.Text(JsonFields.MaxText);
        else if (fields.Is("final"u8)) draft.Final = fields.Boolean() ?? true;
        else if (fields.Is("cost_center"u8)) draft.CostCenter = fields.CostCenter()?.Path;
        else if (fields.Is("timestamp"u8)) draft.Timestamp = fields.Time();
        else if (fields.Is("user"u8)) draft.User = ReadUser(ref fields, draft);
        else if (fields.Is("session"u8)) draft.Session = fields.AnyText(ref draft.Adjusted);
        else if (fields.Is("provider"u8)) draft.Provider = fields.Text(TextRules.MaxName, printable: true, recurs: true);
        else if (fields.Is("model"u8)) draft.Model = fields.Text(TextRules.MaxModel, printable: true, recurs: true);
        else return false;
        return true;
    }

    private static bool ReadCounts(ref JsonFields fields, Draft draft)
    {
        if (fields.Is("input_tokens"u8)) draft.InputTokens = ReadCount(ref fields, draft, TokenCounts.MaxTokens);
        else if (fields.Is("cached_input_tokens"u8)) draft.CachedInputTokens = ReadCount(ref fields, draft, TokenCounts.MaxTokens);
        else if (fields.Is("cache_write_tokens"u8)) draft.CacheWriteTokens = ReadCount(ref fields, draft, TokenCounts.MaxTokens);
        else if (fields.Is("output_tokens"u8)) draft.OutputTokens = ReadCount(ref fields, draft, TokenCounts.MaxTokens);
        else if (fields.Is("reasoning_tokens"u8)) draft.ReasoningTokens = ReadCount(ref fields, draft, TokenCounts.MaxTokens);
        else if (fields.Is("input_characters"u8)) draft.InputCharacters = ReadCount(ref fields, draft, Rating.MaxCharacters) ?? Draft.None;
        else if (fields.Is("output_characters"u8)) draft.OutputCharacters = ReadCount(ref fields, draft, Rating.MaxCharacters) ?? Draft.None;
        else if (fields.Is("usage"u8)) draft.ReadProviderUsage(ref fields);
        else if (fields.Is("cost_from_usage"u8)) draft.CostFromUsage = fields.Boolean() ?? false;
        else if (fields.Is("cost"u8)) draft.Cost = fields.Decimal(0, fields.Resolution.MaxInput);
        else return false;
        return true;
    }

    private static bool ReadOutcome(ref JsonFields fields, Draft draft)
    {
        if (fields.Is("latency_ms"u8)) draft.LatencyMicros = ReadMillis(ref fields, draft);
        else if (fields.Is("time_to_first_token_ms"u8)) draft.TimeToFirstTokenMicros = ReadMillis(ref fields, draft);
        else if (fields.Is("status"u8)) draft.Status = ReadStatus(ref fields, draft);
        else if (fields.Is("error_code"u8)) draft.ErrorCode = fields.AnyText(ref draft.Adjusted);
        else if (fields.Is("error_message"u8)) draft.ErrorMessage = fields.AnyText(ref draft.Adjusted);
        else if (fields.Is("request_path"u8)) draft.RequestPath = fields.AnyText(ref draft.Adjusted);
        else if (fields.Is("preview"u8)) draft.Preview = fields.AnyText(ref draft.Adjusted);
        else if (fields.Is("tags"u8)) draft.ReadTags(ref fields);
        else return false;
        return true;
    }

    private static long? ReadMillis(ref JsonFields fields, Draft draft) =>
        fields.AnyDecimal(0, MaxLatencyMs, ref draft.Adjusted) is { } millis ? (long)decimal.Round(millis * 1_000) : null;

    /// <summary>Null: nobody is named.</summary>
    private static string? ReadUser(ref JsonFields fields, Draft draft)
    {
        var changed = false;
        var user = fields.AnyText(ref changed);
        draft.Adjusted |= changed && user is null;
        return user is { Length: 0 } ? null : user;
    }

    /// <summary>A negative count is 0.</summary>
    private static long? ReadCount(ref JsonFields fields, Draft draft, long max)
    {
        if (fields.Integer(long.MinValue, max) is not { } count) return null;
        draft.Counted |= count >= 0;
        draft.Negative |= count < 0;
        return Math.Max(0, count);
    }

    private static UsageStatus ReadStatus(ref JsonFields fields, Draft draft)
    {
        var changed = false;
        if (fields.AnyText(ref changed) is not { Length: > 0 } word)
        {
            draft.Adjusted |= changed;
            return changed ? UsageStatus.Error : UsageStatus.Success;
        }

        if ((Words.UsageStatuses.Parse(word) ?? Words.UsageStatuses.Parse(word.ToLowerInvariant())) is { } status) return status;
        if (word.Equals("canceled", StringComparison.OrdinalIgnoreCase)) return UsageStatus.Cancelled;
        draft.Adjusted |= !word.Equals("failure", StringComparison.OrdinalIgnoreCase) && !word.Equals("failed", StringComparison.OrdinalIgnoreCase);
        return UsageStatus.Error;
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
        /// <summary>Stands for null.</summary>
        public const long None = -1;

        public long InputCharacters = None;
        public long OutputCharacters = None;
        public DetailsDraft? Details;
        public bool Adjusted;
        public bool Counted;
        public bool Negative;
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
            if (!fields.TryEnterAny(out var outer, ref Adjusted)) return;
            _tags = [];
            while (fields.Next())
            {
                var name = fields.AnyName(ref Adjusted);
                if (fields.AnyText(ref Adjusted) is { } value && name is not null) _tags.Add(new(name, value));
            }

            fields.Leave(outer);
        }

        public UsageInput ToInput(FaultList faults)
        {
            var details = Details?.ToDetails();
            var adjusted = Adjusted || Negative || Details is { Adjusted: true };
            var nothingCounts = Cost is null && _reported is null && (Negative || Details is { Adjusted: true, Counted: false }) && !Counted && Details is not { Counted: true };
            if (nothingCounts) faults.Add("input_tokens", "no counts in usage: only negative ones");
            var input = ToInput(faults, details, adjusted ? RowFlags.Adjusted : RowFlags.None);
            return _reported is null ? input : ReportedCounts.Apply(input, _reported, CostFromUsage);
        }

        private UsageInput ToInput(FaultList faults, UsageDetails? details, RowFlags flags) => new()
        {
            RequestId = RequestId, ReservationId = ReservationId, Final = Final, CostCenter = CostCenter, Timestamp = Timestamp, User = User, Session = Session,
            Provider = Provider, Model = Model, InputTokens = InputTokens, CachedInputTokens = CachedInputTokens, CacheWriteTokens = CacheWriteTokens,
            OutputTokens = OutputTokens, ReasoningTokens = ReasoningTokens, InputCharacters = InputCharacters == None ? null : InputCharacters,
            OutputCharacters = OutputCharacters == None ? null : OutputCharacters, Details = details, Flags = flags, Cost = Cost,
            LatencyMicros = LatencyMicros, TimeToFirstTokenMicros = TimeToFirstTokenMicros, Status = Status, ErrorCode = ErrorCode, ErrorMessage = ErrorMessage,
            RequestPath = RequestPath, Preview = Preview, Tags = _tags ?? (IReadOnlyList<KeyValuePair<string, string>>)[],
            Ignored = _ignored ?? (IReadOnlyList<string>)[], Faults = faults.Values,
        };
    }
}
