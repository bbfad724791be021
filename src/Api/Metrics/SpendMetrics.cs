using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using BudgetEngine.Domain.Amounts;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Metrics;

/// <summary>
/// What was recorded, by who pays, provider and model. Names of models come from callers, so the number of series has a limit: what comes later is added up
/// under <c>other</c>, and no sum is ever lost.
/// </summary>
public sealed class SpendMetrics
{
    private const string Other = "other";

    private readonly int _maxSeries;
    private readonly ConcurrentDictionary<Key, RunningTotal> _sums = new();
    private readonly RunningTotal _other = new();
    private readonly BudgetMeter _meter;

    // Of the sums: the dictionary's own count takes all of its locks, and every record beyond the limit asks for it.
    private int _series;

    public SpendMetrics(BudgetMeter meter, IOptions<MetricsOptions> options)
    {
        _maxSeries = options.Value.MaxSpendSeries;
        _meter = meter;
        meter.Meter.CreateObservableCounter(
            meter.Amount("budget.spend"), Observe, null,
            "Recorded cost of the cost center's own usage, without corrections; beyond the limit of series under the cost center 'other'.");
    }

    public void Add(string costCenter, string? provider, string? model, Money cost)
    {
        if (!cost.IsPositive) return;
        var key = new Key(costCenter, provider ?? "", model ?? "");
        // Two at once may both find the last place free: one series more than the limit does no harm.
        if (!_sums.TryGetValue(key, out var sum)) sum = Volatile.Read(ref _series) < _maxSeries ? Open(key) : _other;
        sum.Add(cost);
    }

    private RunningTotal Open(Key key)
    {
        var made = new RunningTotal();
        if (!_sums.TryAdd(key, made)) return _sums[key];
        Interlocked.Increment(ref _series);
        return made;
    }

    private IEnumerable<Measurement<double>> Observe()
    {
        foreach (var (key, sum) in _sums) yield return Of(key, sum);
        if (_other.Value.IsPositive) yield return Of(new Key(Other, Other, Other), _other);
    }

    private Measurement<double> Of(Key key, RunningTotal sum) =>
        new(_meter.Units(sum.Value), new("cost_center", key.CostCenter), new("provider", key.Provider), new("model", key.Model));

    private readonly record struct Key(string CostCenter, string Provider, string Model);
}
