using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Ingest.LiteLlm;

/// <summary>The members of a payload that are read, for the OpenAPI document only.</summary>
[Description("LiteLLM's StandardLoggingPayload. All other members are skipped unread, messages and response above all.")]
internal sealed record LiteLlmPayloadRequest
{
    [Description("The answer's id; decides what is a repeat. Empty or absent: call_id.")]
    public string? Id { get; init; }

    public string? CallId { get; init; }

    public string? TraceId { get; init; }

    public string? CallType { get; init; }

    public bool? Stream { get; init; }

    [Description("Null: rated by the counts. 0 for a success with counts that has a price: rated, flagged cost_was_zero. Negative: rated, flagged adjusted.")]
    public Money? ResponseCost { get; init; }

    [Description("success; anything else is a failure.")]
    public string? Status { get; init; }

    public string? CustomLlmProvider { get; init; }

    public string? Model { get; init; }

    public string? ModelGroup { get; init; }

    public long? PromptTokens { get; init; }

    public long? CompletionTokens { get; init; }

    public long? TotalTokens { get; init; }

    [JsonPropertyName("startTime")]
    public decimal? StartTime { get; init; }

    [JsonPropertyName("endTime")]
    public decimal? EndTime { get; init; }

    [JsonPropertyName("completionStartTime")]
    public decimal? CompletionStartTime { get; init; }

    public decimal? ResponseTime { get; init; }

    public bool? CacheHit { get; init; }

    public IReadOnlyList<string>? RequestTags { get; init; }

    public string? EndUser { get; init; }

    public string? ErrorStr { get; init; }

    [Description("Names of team, key and user; usage_object: what the provider sent.")]
    public IReadOnlyDictionary<string, object>? Metadata { get; init; }

    public IReadOnlyDictionary<string, object>? HiddenParams { get; init; }

    public IReadOnlyDictionary<string, object>? ErrorInformation { get; init; }
}
