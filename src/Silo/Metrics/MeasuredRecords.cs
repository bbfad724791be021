using System.Diagnostics.Metrics;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Silo.Metrics;

/// <summary>The ledger's records, with size, time and failures of every commit counted.</summary>
internal sealed class MeasuredRecords(ILedgerRecords store, BudgetMeter meter, TimeProvider clock) : ILedgerRecords
{
    private static readonly double[] Sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Histogram<double> _size = meter.Meter.CreateHistogram(
        "budget.ledger.batch.size", null, "Records and changes of holds of one committed transaction.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Sizes });

    private readonly Histogram<double> _time = meter.Meter.CreateHistogram(
        "budget.ledger.commit.duration", "s", "Time of a transaction that was committed.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private readonly Counter<long> _failures = meter.Meter.CreateCounter<long>(
        "budget.ledger.commit.failures", null,
        "Transactions that were not committed: outage (repeated until it is), contention (repeated at once), data (halved until the row stands alone).");

    public async Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        try
        {
            var result = await store.CommitAsync(batch, cancellationToken);
            _size.Record(batch.Records.Count + batch.Holds.Count);
            _time.Record(clock.GetElapsedTime(startedAt).TotalSeconds);
            return result;
        }
        catch (Exception failed)
        {
            _failures.Add(1, new KeyValuePair<string, object?>("kind", failed switch { LedgerContentionException => "contention", LedgerDataException => "data", _ => "outage" }));
            throw;
        }
    }
}
