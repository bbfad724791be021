using System.Diagnostics.Metrics;
using BudgetEngine.Domain.Amounts;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Metrics;

/// <summary>What was recorded, by who pays, provider and model. Names of models come from callers, so the number of series has a limit; the rest is under <c>other</c>.</summary>
public sealed class SpendMetrics
{
    private const string Other = "other";

    private readonly CappedSums<Key, RunningTotal> _sums;
    private readonly BudgetMeter _meter;

    public SpendMetrics(BudgetMeter meter, IOptions<MetricsOptions> options)
    {
        _sums = new CappedSums<Key, RunningTotal>(options.Value.MaxSpendSeries);
        _meter = meter;
        meter.Meter.CreateObservableCounter(
            meter.Amount("budget.spend"), Observe, null,
            "Recorded cost of the cost center's own usage, without corrections; beyond the limit of series under the cost center 'other'.");
    }

    public void Add(string costCenter, string? provider, string? model, Money cost)
    {
        if (cost.IsPositive) _sums.Of(new Key(costCenter, provider ?? "", model ?? "")).Add(cost);
    }

    private IEnumerable<Measurement<double>> Observe()
    {
        foreach (var (key, sum) in _sums.All) yield return Of(key, sum);
        if (_sums.Rest.Value.IsPositive) yield return Of(new Key(Other, Other, Other), _sums.Rest);
    }

    private Measurement<double> Of(Key key, RunningTotal sum) =>
        new(_meter.Units(sum.Value), new("cost_center", key.CostCenter), new("provider", key.Provider), new("model", key.Model));

    private readonly record struct Key(string CostCenter, string Provider, string Model);
}
