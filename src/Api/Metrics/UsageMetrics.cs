using System.Diagnostics.Metrics;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Metrics;

/// <summary>Counts usage records by what became of them, why they were rejected, and why they were flagged.</summary>
public sealed class UsageMetrics
{
    /// <summary>Of model calls, in seconds.</summary>
    private static readonly double[] LatencyBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly SpendMetrics _spend;
    private readonly TokenMetrics _tokens;
    private readonly Counter<long> _records;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _flags;
    private readonly Histogram<double> _latency;

    public UsageMetrics(BudgetMeter meter, SpendMetrics spend, TokenMetrics tokens)
    {
        _spend = spend;
        _tokens = tokens;
        _records = meter.Meter.CreateCounter<long>(
            "budget.usage.records", null, "Usage records and corrections by result; unpriced ones are recorded too, at a substitute for the price that the model lacks.");
        _rejected = meter.Meter.CreateCounter<long>("budget.usage.rejected", null, "Rejected usage records by the code that their sender was told.");
        _flags = meter.Meter.CreateCounter<long>("budget.usage.flags", null, "Recorded rows by flag: causes of overrun (after_expiry, no_reservation, ...) and what was adjusted.");
        _latency = meter.Meter.CreateHistogram(
            "budget.usage.latency", "s", "How long recorded calls took, by model, as their records say (latency_ms).", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBounds });
    }

    /// <summary>Counts one answer.</summary>
    /// <param name="row">Null: it was rejected before there was a row.</param>
    public void Count(UsageResult result, UsageRow? row)
    {
        switch (result.Kind)
        {
            case UsageResultKind.Recorded:
                _records.Add(1, Result((result.Flags & RowFlags.Unpriced) != 0 ? "unpriced" : "recorded"));
                if (result.Flags != RowFlags.None) CountFlags(result.Flags);
                if (row is { Kind: RowKind.Usage }) CountUsage(row, result.Cost);
                break;
            case UsageResultKind.Duplicate:
                _records.Add(1, Result("duplicate"));
                break;
            default:
                _records.Add(1, Result("rejected"));
                _rejected.Add(1, new KeyValuePair<string, object?>("code", result.Code));
                break;
        }
    }

    private void CountUsage(UsageRow row, Money cost)
    {
        _spend.Add(row.CostCenter, row.Provider, row.Model, cost);
        _tokens.Add(row.CostCenter, row.Model, row.InputTokens, row.OutputTokens);
        // A stream's heartbeat has not ended yet.
        if (row is { Final: true, LatencyMicros: { } micros }) _latency.Record(micros / 1e6, new KeyValuePair<string, object?>("model", row.Model ?? ""));
    }

    private void CountFlags(RowFlags flags)
    {
        foreach (var word in Words.Of(flags)) _flags.Add(1, new KeyValuePair<string, object?>("flag", word));
    }

    private static KeyValuePair<string, object?> Result(string word) => new("result", word);
}
