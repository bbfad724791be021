using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace BudgetEngine.Api.Metrics.Exposition;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>A metric: all series of one name. Finding the series of a measurement allocates nothing.</summary>
internal sealed class MetricFamily
{
    private static readonly KeyValuePair<string, object?>[] OverflowTag = [new("overflow", "true")];

    /// <summary>Where an instrument gives no bounds: OpenTelemetry's, for seconds.</summary>
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private readonly ConcurrentDictionary<int, Found> _found = new();
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly int _maxSeries;
    private readonly bool _absolute;
    private Series? _overflow;

    public MetricFamily(string name, Instrument instrument, int maxSeries)
    {
        Name = name;
        Help = instrument.Description is { Length: > 0 } text ? text : $"{instrument.Name} of {instrument.Meter.Name}.";
        Kind = KindOf(instrument);
        Bounds = Kind == MetricKind.Histogram ? BoundsOf(instrument) : null;
        _absolute = instrument.IsObservable;
        _maxSeries = maxSeries;
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    /// <summary>Upper bounds of the buckets, without the last.</summary>
    public double[]? Bounds { get; }

    public static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType) return MetricKind.Gauge;
        var open = type.GetGenericTypeDefinition();
        if (open == typeof(Histogram<>)) return MetricKind.Histogram;
        return open == typeof(Counter<>) || open == typeof(ObservableCounter<>) ? MetricKind.Counter : MetricKind.Gauge;
    }

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags);
        if (Kind == MetricKind.Histogram) series.Record(value);
        else if (_absolute) series.Set(value);
        else series.Add(value);
    }

    /// <summary>Before a scrape reads observable instruments: what they do not name any more is gone.</summary>
    public void Forget()
    {
        if (!_absolute) return;
        foreach (var series in Snapshot()) series.Forget();
    }

    /// <summary>What there is to show, by labels. Series that a scrape has not seen leave their place to others.</summary>
    public List<Series> Shown()
    {
        lock (_series)
        {
            if (_absolute)
            {
                foreach (var gone in _series.Values.Where(s => !s.Seen).ToList()) _series.Remove(gone.Labels);
            }

            var shown = _series.Values.ToList();
            if (_overflow is { } rest && (!_absolute || rest.Seen)) shown.Add(rest);
            shown.Sort(static (a, b) => string.CompareOrdinal(a.Labels, b.Labels));
            return shown;
        }
    }

    private List<Series> Snapshot()
    {
        lock (_series) return _overflow is null ? [.. _series.Values] : [.. _series.Values, _overflow];
    }

    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = HashOf(tags);
        if (!_absolute && _found.TryGetValue(hash, out var found) && found.IsFor(tags)) return found.Series;
        var series = Get(Labels.Of(tags));
        // Of two with the same hash the first is found fast, the other by its text.
        if (!_absolute && !ReferenceEquals(series, _overflow)) _found.TryAdd(hash, new Found(tags.ToArray(), series));
        return series;
    }

    private Series Get(string labels)
    {
        lock (_series)
        {
            if (_series.TryGetValue(labels, out var series)) return series;
            if (_series.Count >= _maxSeries) return _overflow ??= new Series(Labels.Of(OverflowTag), Bounds);
            return _series[labels] = new Series(labels, Bounds);
        }
    }

    private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var (_, value) in tags) hash.Add(value);
        return hash.ToHashCode();
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(b => (double)b)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(b => (double)b)],
        _ => DefaultBounds,
    };

    private sealed record Found(KeyValuePair<string, object?>[] Tags, Series Series)
    {
        public bool IsFor(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length != Tags.Length) return false;
            for (var i = 0; i < tags.Length; i++)
            {
                if (tags[i].Key != Tags[i].Key || !Equals(tags[i].Value, Tags[i].Value)) return false;
            }

            return true;
        }
    }
}
