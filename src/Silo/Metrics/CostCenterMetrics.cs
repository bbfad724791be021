using System.Diagnostics.Metrics;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.InMemory;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Metrics;

/// <summary>
/// Shows the cost centers in memory: how many, and the windows of those with limits. The gauges of one go when it leaves memory; while it moves two processes
/// may show it, so <c>max by (cost_center, period)</c> them.
/// </summary>
internal sealed class CostCenterMetrics : IMetricsSource
{
    /// <summary>A forecast from less of a window than this says nothing.</summary>
    private const double LeastElapsed = 0.02;

    private readonly ActiveNodes _active;
    private readonly MetricsOptions _options;
    private readonly TimeProvider _clock;
    private IReadOnlyList<ActiveNodeFigures> _figures = [];

    public CostCenterMetrics(BudgetMeter budget, CostCenterServices services, IOptions<MetricsOptions> options)
    {
        _active = services.ActiveNodes;
        _clock = services.Clock;
        _options = options.Value;
        var meter = budget.Meter;
        meter.CreateObservableGauge("budget.cost_centers.active", () => _active.Count, null, "Cost centers in memory.");
        meter.CreateObservableGauge("budget.cost_centers.broken", () => _active.Broken, null, "Cost centers that allow nothing, since their state breaks an invariant.");
        meter.CreateObservableGauge(
            "budget.cost_centers.unshown", () => Math.Max(0, _active.Limited - _options.MaxCostCenters), null, "Cost centers with limits beyond Metrics:MaxCostCenters, which have no gauges.");
        meter.CreateObservableCounter("budget.cost_centers.activated", () => _active.Activated, null, "Cost centers that came into memory.");
        meter.CreateObservableCounter("budget.direct_turns.refused", () => _active.RefusedTurns, null, "Direct turns that met a cost center on its way out of memory, and became messages.");
        meter.CreateObservableGauge("budget.reservations.active", () => _active.OpenReservations, null, "Open reservations, at the cost centers that own them.");
        meter.CreateObservableCounter("budget.reservations.expired", () => _active.Expired, null, "Reservations that were neither settled nor released before their deadline.");
        Gauge(meter, budget.Amount("budget.limit"), null, f => budget.Units(f.Limit), "The limit of the current window, with the increases in force.");
        Gauge(meter, budget.Amount("budget.spent"), null, f => budget.Units(f.Spent), "Settled and posted cost of the current window.");
        Gauge(meter, budget.Amount("budget.reserved"), null, f => budget.Units(f.Held), "Held by open reservations in the current window.");
        Gauge(meter, budget.Amount("budget.forecast"), null, f => Elapsed(f) is { } elapsed and >= LeastElapsed ? budget.Units(f.Spent) / elapsed : null, "Cost of the whole window at its pace so far.");
        Gauge(meter, "budget.utilization", "1", Utilization, "Spent over limit.");
        Gauge(meter, "budget.period.elapsed", "1", Elapsed, "How much of the current window has passed.");
    }

    public async Task GatherAsync(CancellationToken cancellationToken) =>
        Volatile.Write(ref _figures, await _active.ReadAsync(_options.MaxCostCenters, _options.CollectWithin, _clock));

    private void Gauge(Meter meter, string name, string? unit, Func<ActiveNodeFigures, double?> value, string help) =>
        meter.CreateObservableGauge(name, () => Observe(value), unit, help);

    private IEnumerable<Measurement<double>> Observe(Func<ActiveNodeFigures, double?> value)
    {
        foreach (var figures in Volatile.Read(ref _figures))
        {
            if (value(figures) is { } number) yield return new(number, new("cost_center", figures.CostCenter), new("period", Words.Periods.Of(figures.Period)));
        }
    }

    private static double? Utilization(ActiveNodeFigures f) => f.Limit.IsPositive ? (double)f.Spent.Nanos / f.Limit.Nanos : null;

    private static double? Elapsed(ActiveNodeFigures f) =>
        f.EndsAt is { } end && end > f.StartsAt ? Math.Clamp((f.At - f.StartsAt) / (end - f.StartsAt), 0, 1) : null;
}
