using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Usage.Reported;

namespace BudgetEngine.Api.Ingest.LiteLlm;

/// <summary>One StandardLoggingPayload of LiteLLM's <c>generic_api</c> logger: what is wanted of it, without judgement.</summary>
internal sealed class LiteLlmPayload
{
    /// <summary>Members at the top of a payload; all others are skipped unread, <c>messages</c> and <c>response</c> above all.</summary>
    private static readonly string[] Wanted =
    [
        "id", "trace_id", "call_id", "call_type", "stream", "response_cost", "status", "custom_llm_provider", "prompt_tokens", "completion_tokens", "total_tokens",
        "startTime", "endTime", "completionStartTime", "response_time", "model", "model_group", "metadata", "cache_hit", "request_tags", "end_user", "error_str",
        "error_information", "hidden_params",
    ];

    private static readonly string[] Sums = ["prompt_tokens", "completion_tokens", "total_tokens"];

    private static readonly string[] UsageObjects = ["metadata.usage_object", "hidden_params.usage_object"];

    private readonly ForeignRecord _record;

    private LiteLlmPayload(ForeignRecord record)
    {
        _record = record;
        Id = record.Identity("id");
        CallId = record.Identity("call_id");
        CallType = record.Text("call_type") ?? "";
        IsFailure = record.Text("status") is { } status && !status.Equals("success", StringComparison.OrdinalIgnoreCase);
        IsCacheHit = ForeignValues.IsTrue(record.Find("cache_hit"));
        Usage = FindUsage();
        (Cost, CostIsUnreadable) = ReadCost();
    }

    public string? Id { get; }

    public string? CallId { get; }

    public string CallType { get; }

    public bool IsFailure { get; }

    public bool IsCacheHit { get; }

    /// <summary>Counts, from the first place that has some; null: none has.</summary>
    public ReportedUsage? Usage { get; }

    /// <summary>What the payload says that the call cost; negative where it says so.</summary>
    public decimal? Cost { get; }

    /// <summary>There is a cost, and it is no number.</summary>
    public bool CostIsUnreadable { get; }

    /// <summary>Any count or unit above 0.</summary>
    public bool HasUse => Usage?.Counts is { } c && (c.Input > 0 || c.Output > 0 || !c.Units.IsDefaultOrEmpty);

    /// <summary>The first names of the paths that a cost center is taken from are wanted, too.</summary>
    public static FrozenSet<string> WantedWith(IEnumerable<string> paths) => Wanted.Concat(paths.Select(p => p.Split('.')[0])).ToFrozenSet();

    /// <exception cref="JsonException">No JSON.</exception>
    public static LiteLlmPayload? Read(in ReadOnlySequence<byte> json, FrozenSet<string> wanted) =>
        ForeignRecord.Read(json, wanted) is { } record ? new LiteLlmPayload(record) : null;

    public string? Text(string path) => _record.Text(path);

    public JsonElement? Find(string path) => _record.Find(path);

    private ReportedUsage? FindUsage()
    {
        foreach (var path in UsageObjects)
        {
            if (_record.Find(path) is { ValueKind: JsonValueKind.Object } value && ReportedUsage.Read(value) is { Fault: null } usage) return usage;
        }

        return TopCounts();
    }

    /// <summary>LiteLLM's own sums, at the top of the payload.</summary>
    private ReportedUsage? TopCounts()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var name in Sums)
            {
                if (_record.Find(name) is { } value && ForeignValues.Amount(value, out var count) == AmountReading.Ok) writer.WriteNumber(name, count);
            }

            writer.WriteEndObject();
        }

        using var sums = JsonDocument.Parse(buffer.WrittenMemory);
        return ReportedUsage.Read(sums.RootElement) is { Fault: null } usage ? usage : null;
    }

    private (decimal? Cost, bool IsUnreadable) ReadCost()
    {
        if (_record.Find("response_cost") is not { } value) return (null, false);
        return ForeignValues.Amount(value, out var cost) switch
        {
            AmountReading.Ok => (cost, false),
            // Beyond what can be booked: only its sign says anything.
            AmountReading.TooLarge => (ForeignValues.Text(value)!.TrimStart().StartsWith('-') ? -1 : decimal.MaxValue, false),
            _ => (null, true),
        };
    }
}
