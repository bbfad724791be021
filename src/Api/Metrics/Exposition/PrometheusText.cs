using System.Globalization;
using System.Text;

namespace BudgetEngine.Api.Metrics.Exposition;

/// <summary>Prometheus' text exposition format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());

    public void Write(MetricFamily family, List<Series> shown)
    {
        _text.Append("# HELP ").Append(family.Name).Append(' ').Append(OneLine(family.Help)).Append('\n');
        _text.Append("# TYPE ").Append(family.Name).Append(' ').Append(WordOf(family.Kind)).Append('\n');
        foreach (var series in shown)
        {
            if (family.Bounds is { } bounds) WriteDistribution(family.Name, series, bounds);
            else WriteSample(family.Name, "", series.Labels, series.Value);
        }
    }

    private void WriteDistribution(string name, Series series, double[] bounds)
    {
        var comma = series.Labels.Length > 0 ? "," : "";
        long count = 0;
        for (var i = 0; i <= bounds.Length; i++)
        {
            count += series.Bucket(i);
            WriteSample(name, "_bucket", $"{series.Labels}{comma}le=\"{(i < bounds.Length ? Number(bounds[i]) : "+Inf")}\"", count);
        }

        WriteSample(name, "_sum", series.Labels, series.Value);
        WriteSample(name, "_count", series.Labels, count);
    }

    private void WriteSample(string name, string suffix, string labels, double value)
    {
        _text.Append(name).Append(suffix);
        if (labels.Length > 0) _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string OneLine(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string WordOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };
}
