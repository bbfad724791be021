using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Reports;

/// <summary>What usage came to: money, requests, tokens, latency. Corrections are in the money.</summary>
/// <param name="SpentOnFailures">Of <paramref name="Spent"/> that of requests that did not succeed.</param>
/// <param name="Latencies">How many requests told their latency.</param>
/// <param name="LatencyMicros">Their latencies together.</param>
public sealed record UsageSum(
    Money Spent, Money SpentOnFailures, long Requests, long FailedRequests, long InputTokens, long CachedInputTokens, long CacheWriteTokens, long OutputTokens, long ReasoningTokens,
    long Latencies, long LatencyMicros)
{
    public static readonly UsageSum Zero = new(Money.Zero, Money.Zero, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>For percentiles; null where none are kept.</summary>
    public LatencyHistogram? Histogram { get; init; }

    public static UsageSum operator +(UsageSum a, UsageSum b) => new(
        a.Spent + b.Spent, a.SpentOnFailures + b.SpentOnFailures, Saturating.Add(a.Requests, b.Requests), Saturating.Add(a.FailedRequests, b.FailedRequests),
        Saturating.Add(a.InputTokens, b.InputTokens), Saturating.Add(a.CachedInputTokens, b.CachedInputTokens), Saturating.Add(a.CacheWriteTokens, b.CacheWriteTokens),
        Saturating.Add(a.OutputTokens, b.OutputTokens), Saturating.Add(a.ReasoningTokens, b.ReasoningTokens), Saturating.Add(a.Latencies, b.Latencies),
        Saturating.Add(a.LatencyMicros, b.LatencyMicros)) { Histogram = Merged(a.Histogram, b.Histogram) };

    /// <summary>What is left of a sum without a part of it. Without latencies' percentiles.</summary>
    public static UsageSum operator -(UsageSum whole, UsageSum part) => new(
        whole.Spent - part.Spent, whole.SpentOnFailures - part.SpentOnFailures, Saturating.Subtract(whole.Requests, part.Requests),
        Saturating.Subtract(whole.FailedRequests, part.FailedRequests), Saturating.Subtract(whole.InputTokens, part.InputTokens),
        Saturating.Subtract(whole.CachedInputTokens, part.CachedInputTokens), Saturating.Subtract(whole.CacheWriteTokens, part.CacheWriteTokens),
        Saturating.Subtract(whole.OutputTokens, part.OutputTokens), Saturating.Subtract(whole.ReasoningTokens, part.ReasoningTokens),
        Saturating.Subtract(whole.Latencies, part.Latencies), Saturating.Subtract(whole.LatencyMicros, part.LatencyMicros));

    private static LatencyHistogram? Merged(LatencyHistogram? a, LatencyHistogram? b)
    {
        if (a is null || b is null) return a ?? b;
        var both = new LatencyHistogram();
        both.Add(a);
        both.Add(b);
        return both;
    }
}
