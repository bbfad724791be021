using System.Diagnostics.Metrics;
using BudgetEngine.Api.Metrics;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Warehouse;

/// <summary>How the copy in the warehouse is doing, as metrics; none where there is no warehouse.</summary>
internal sealed class WarehouseState
{
    private readonly TimeProvider _clock;
    private long _sent;
    private long _failures;
    private long _oldest;

    public WarehouseState(BudgetMeter budget, IOptions<WarehouseOptions> options, TimeProvider clock)
    {
        _clock = clock;
        if (string.IsNullOrEmpty(options.Value.Url)) return;
        budget.Meter.CreateObservableCounter("budget.warehouse.rows", () => Volatile.Read(ref _sent), null, "Rows that the warehouse has taken from this process.");
        budget.Meter.CreateObservableCounter("budget.warehouse.failures", () => Volatile.Read(ref _failures), null, "Batches that the warehouse did not take; they are sent again.");
        budget.Meter.CreateObservableGauge("budget.warehouse.lag", Lag, "s", "Age of the oldest record that the warehouse does not have; 0: it has all.");
    }

    public void Sent(int rows) => Interlocked.Add(ref _sent, rows);

    public void Failed() => Interlocked.Increment(ref _failures);

    /// <summary>When the first row that is under way was recorded; null: nothing is.</summary>
    public void Oldest(DateTimeOffset? recordedAt) => Volatile.Write(ref _oldest, recordedAt?.UtcTicks ?? 0);

    private double Lag() => Volatile.Read(ref _oldest) is > 0 and var ticks ? Math.Max(0, TimeSpan.FromTicks(_clock.GetUtcNow().UtcTicks - ticks).TotalSeconds) : 0;
}
