using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Api.Reports;

/// <summary>What usage came to, as reports tell it.</summary>
public record FiguresResponse
{
    private const decimal Million = 1_000_000;

    public FiguresResponse(Money cost, long requests, UsageSum usage, Money whole)
    {
        Cost = cost;
        Requests = requests;
        Share = whole.Nanos == 0 ? 0 : decimal.Round((decimal)cost.Nanos / whole.Nanos, 4);
        CostPerThousandRequests = requests > 0 ? Rounded((decimal)cost.Nanos * 1_000 / requests) : null;
        AverageCost = requests > 0 ? Rounded((decimal)cost.Nanos / requests) : null;
        InputTokens = usage.InputTokens;
        CachedInputTokens = usage.CachedInputTokens;
        CacheWriteTokens = usage.CacheWriteTokens;
        OutputTokens = usage.OutputTokens;
        ReasoningTokens = usage.ReasoningTokens;
        var tokens = (decimal)usage.InputTokens + usage.OutputTokens;
        MillionTokens = tokens / Million;
        CostPerMillionTokens = tokens > 0 ? Rounded(cost.Nanos * Million / tokens) : null;
        FailedRequests = usage.FailedRequests;
        CostOfFailed = usage.SpentOnFailures;
        CostOfSuccessful = cost - usage.SpentOnFailures;
        AverageLatencyMs = usage.Latencies > 0 ? decimal.Round(usage.LatencyMicros / 1_000m / usage.Latencies, 1) : null;
        P95LatencyMs = usage.Histogram?.Percentile(95) / 1_000m;
        P99LatencyMs = usage.Histogram?.Percentile(99) / 1_000m;
    }

    public Money Cost { get; }

    [Description("Of the whole report's cost, to 4 decimals.")]
    public decimal Share { get; }

    public long Requests { get; }

    [JsonPropertyName("cost_per_1000_requests")]
    public Money? CostPerThousandRequests { get; }

    public Money? AverageCost { get; }

    public long InputTokens { get; }

    public long CachedInputTokens { get; }

    public long CacheWriteTokens { get; }

    public long OutputTokens { get; }

    public long ReasoningTokens { get; }

    [Description("Input and output.")]
    public decimal MillionTokens { get; }

    public Money? CostPerMillionTokens { get; }

    public long FailedRequests { get; }

    public Money CostOfFailed { get; }

    public Money CostOfSuccessful { get; }

    public decimal? AverageLatencyMs { get; }

    [JsonPropertyName("p95_latency_ms"), Description("Within 3.2 %; null where no latency was told, or none is kept by this name.")]
    public decimal? P95LatencyMs { get; }

    [JsonPropertyName("p99_latency_ms")]
    public decimal? P99LatencyMs { get; }

    /// <summary>Half to even, as all amounts are; null: none that fits.</summary>
    private static Money? Rounded(decimal nanos) => decimal.Round(nanos) is >= long.MinValue and <= long.MaxValue and var whole ? new Money((long)whole) : null;
}
