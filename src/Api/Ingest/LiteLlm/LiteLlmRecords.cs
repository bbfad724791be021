using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Usage.Reported;

namespace BudgetEngine.Api.Ingest.LiteLlm;

/// <summary>Makes usage records of LiteLLM's payloads, for one caller.</summary>
internal sealed class LiteLlmRecords(Subtree subtree, CheckService checks, Resolution resolution, string otherwise, LiteLlmOptions options)
{
    /// <summary>The tag that keeps the name of which a segment was made.</summary>
    public const string NameTag = "cost_center_name";

    private const decimal MicrosPerSecond = 1_000_000;

    /// <summary>Latencies beyond a day are a wrong unit.</summary>
    private static readonly TimeSpan MaxLatency = TimeSpan.FromDays(1);

    private readonly string[] _names = options.CostCenterFrom.Split(',', StringSplitOptions.TrimEntries);

    private FrozenSet<string>? _wanted;

    public UsageInput Read(in ReadOnlySequence<byte> record)
    {
        try
        {
            return LiteLlmPayload.Read(record, _wanted ??= LiteLlmPayload.WantedWith(_names)) is { } payload ? ToInput(payload)
                : new UsageInput { Unreadable = (ApiCode.InvalidRequest, "The payload must be a JSON object.") };
        }
        catch (JsonException fault)
        {
            return new UsageInput { Unreadable = (ApiCode.MalformedJson, JsonBody.Malformed(fault).Detail) };
        }
    }

    private UsageInput ToInput(LiteLlmPayload payload)
    {
        var name = _names.Select(payload.Text).FirstOrDefault(n => n is not null);
        var reservation = ReservationOf(payload);
        var input = new UsageInput
        {
            RequestId = LiteLlmIdentity.Of(payload),
            ReservationId = reservation,
            // A reservation says what was checked, and so where it is booked.
            CostCenter = reservation is null ? HomePath.Of(subtree, otherwise, name) : null,
            User = payload.Text("end_user") ?? payload.Text("metadata.user_api_key_end_user_id") ?? payload.Text("metadata.user_api_key_user_id"),
            Session = payload.Text("trace_id"),
            Provider = ForeignValues.Name(payload.Text("custom_llm_provider"), TextRules.MaxName),
            Model = ForeignValues.Name(payload.Text("model") ?? payload.Text("model_group"), TextRules.MaxModel),
            RequestPath = payload.Text("metadata.user_api_key_request_route"),
            Status = StatusOf(payload),
            ErrorCode = payload.IsFailure ? payload.Text("error_information.error_code") ?? payload.Text("error_information.error_class") : null,
            ErrorMessage = payload.IsFailure ? payload.Text("error_information.error_message") ?? payload.Text("error_str") : null,
            Tags = LiteLlmTags.Of(payload, name),
        };
        return WithTimes(WithCost(input, payload), payload);
    }

    private UsageInput WithCost(UsageInput input, LiteLlmPayload payload)
    {
        input = payload.Usage is { } usage ? ReportedCounts.Apply(input, LiteLlmIdentity.IsBatch(payload) && ServiceTiers.IsBase(usage.ServiceTier) ? usage with { ServiceTier = "batch" } : usage) : input;
        if (payload.CostIsUnreadable) input = input with { Flags = input.Flags | RowFlags.Adjusted };
        return payload.Cost switch
        {
            // Free by nature, whatever it would have cost; what is said to have cost something is believed.
            null or 0 when payload.IsCacheHit || LiteLlmIdentity.IsUnfinished(payload) || (payload.IsFailure && !payload.HasUse) => input with { Cost = 0 },
            null => input,
            < 0 => input with { Flags = input.Flags | RowFlags.Adjusted },
            0 => input with { Cost = 0, ZeroCostIsRated = !payload.IsFailure && payload.HasUse },
            { } cost => ForeignCost.Give(input, resolution, cost),
        };
    }

    private static UsageInput WithTimes(UsageInput input, LiteLlmPayload payload)
    {
        var (start, end) = (ForeignValues.Time(payload.Find("startTime")), ForeignValues.Time(payload.Find("endTime")));
        var isUnreadable = start is null && end is null && (payload.Find("startTime") ?? payload.Find("endTime")) is not null;
        var isStream = ForeignValues.IsTrue(payload.Find("stream"));
        return input with
        {
            Timestamp = start ?? end,
            LatencyMicros = Between(start, end) ?? Micros(payload.Find("response_time")),
            TimeToFirstTokenMicros = isStream ? Between(start, ForeignValues.Time(payload.Find("completionStartTime"))) : null,
            Flags = isUnreadable ? input.Flags | RowFlags.Adjusted : input.Flags,
        };
    }

    private static long? Between(DateTimeOffset? start, DateTimeOffset? end) =>
        end - start is { } span && span >= TimeSpan.Zero && span <= MaxLatency ? (long)span.TotalMicroseconds : null;

    private static long? Micros(JsonElement? seconds) =>
        seconds is { } value && ForeignValues.Amount(value, out var amount) == AmountReading.Ok && amount >= 0 && amount <= (decimal)MaxLatency.TotalSeconds
            ? (long)(amount * MicrosPerSecond) : null;

    private static UsageStatus StatusOf(LiteLlmPayload payload) => !payload.IsFailure ? UsageStatus.Success
        : payload.Text("error_information.error_class")?.Contains("timeout", StringComparison.OrdinalIgnoreCase) == true ? UsageStatus.Timeout : UsageStatus.Error;

    /// <summary>The reservation that a hook before the call has put beside the call. A failure leaves it: the call may be tried again.</summary>
    private string? ReservationOf(LiteLlmPayload payload) =>
        !payload.IsFailure && payload.Text("metadata.spend_logs_metadata.reservation_id") is { } id && checks.TryRead(id, subtree, out _) ? id : null;
}
