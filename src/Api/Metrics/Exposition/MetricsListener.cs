using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Metrics.Exposition;

/// <summary>Listens to the engine's own meter and to what <see cref="ForeignMetrics"/> names of others, and keeps what they measure for <c>/metrics</c>.</summary>
internal sealed class MetricsListener : IDisposable
{
    /// <summary>A distribution is a series for each of its buckets: about so many.</summary>
    private const int SeriesOfADistribution = 20;

    private const int LeastDistributions = 10;

    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _scraping = new();
    private readonly object _scope;
    private readonly int _maxSeries;

    public MetricsListener(BudgetMeter meter, IOptions<MetricsOptions> options)
    {
        _scope = meter.Scope;
        _maxSeries = options.Value.MaxSeries;
        _listener.InstrumentPublished = Enable;
        Listen<byte>();
        Listen<short>();
        Listen<int>();
        Listen<long>();
        Listen<float>();
        Listen<double>();
        Listen<decimal>();
        _listener.Start();
    }

    /// <summary>Reads what is observable now, and shows every metric in the order of their names.</summary>
    public void Collect(Action<MetricFamily, List<Series>> show)
    {
        lock (_scraping)
        {
            List<MetricFamily> families;
            lock (_families) families = [.. _families.Values];
            foreach (var family in families) family.Forget();
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // One instrument of a foreign meter failed; what the others measured is there.
            }

            foreach (var family in families) show(family, family.Shown());
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Enable(Instrument instrument, MeterListener listener)
    {
        // In one process there may be several engines: each shows its own, and what belongs to nobody.
        var own = ReferenceEquals(instrument.Meter.Scope, _scope);
        var ours = instrument.Meter.Name == BudgetMeter.Name;
        if (ours ? !own : !(own || instrument.Meter.Scope is null) || !ForeignMetrics.Meters.Contains(instrument.Meter.Name)) return;
        var kind = MetricFamily.KindOf(instrument);
        var name = Labels.MetricName(instrument.Name, instrument.Unit, kind == MetricKind.Counter, kind == MetricKind.Gauge);
        if (!ours && !ForeignMetrics.Names.Contains(name)) return;
        MetricFamily? family;
        lock (_families)
        {
            // Two instruments of one name share it only if they are of one kind.
            if (!_families.TryGetValue(name, out family)) _families.Add(name, family = new MetricFamily(name, instrument, SeriesOf(instrument, kind)));
            else if (family.Kind != kind) return;
        }

        listener.EnableMeasurementEvents(instrument, family);
    }

    private int SeriesOf(Instrument instrument, MetricKind kind)
    {
        if (instrument.Meter.Name != BudgetMeter.Name) return _maxSeries;
        // The engine's own have limits of their own, which are tighter where it matters.
        if (instrument.IsObservable) return int.MaxValue;
        return kind == MetricKind.Histogram ? Math.Max(LeastDistributions, _maxSeries / SeriesOfADistribution) : _maxSeries;
    }

    private void Listen<T>() where T : struct, IConvertible =>
        _listener.SetMeasurementEventCallback<T>(static (_, value, tags, family) => ((MetricFamily)family!).Measure(Number(value), tags));

    // Of the types above; no boxing, since each is compiled for itself.
    private static double Number<T>(T value) where T : struct, IConvertible => value.ToDouble(null);
}
