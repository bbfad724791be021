using System.Globalization;
using System.Numerics;
using System.Text;

namespace BudgetEngine.Domain.Reports;

/// <summary>
/// Counts of latencies in buckets of a sixteenth of a power of two, so that percentiles of many days and cost centers are had by adding counts. A percentile is the
/// middle of its bucket: at most 3.2 % from the true one. The order of additions changes nothing.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBuckets = 16;
    private const int SubBucketBits = 4;

    private readonly Dictionary<int, long> _counts = [];

    public long Count { get; private set; }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static LatencyHistogram Parse(string text)
    {
        var histogram = new LatencyHistogram();
        histogram.AddText(text);
        return histogram;
    }

    public void Add(long micros) => Add(BucketOf(Math.Max(0, micros)), 1);

    public void Add(LatencyHistogram other)
    {
        foreach (var (bucket, count) in other._counts) Add(bucket, count);
    }

    /// <summary>Takes away what was added before. Of what this does not have, nothing.</summary>
    public void Take(LatencyHistogram other)
    {
        foreach (var (bucket, count) in other._counts)
        {
            var taken = Math.Min(count, _counts.GetValueOrDefault(bucket));
            if (taken == 0) continue;
            Add(bucket, -taken);
            if (_counts[bucket] == 0) _counts.Remove(bucket);
        }
    }

    /// <summary>Adds a histogram as it is stored.</summary>
    public void AddText(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split(','))
        {
            var part = text[range];
            if (part.IsEmpty) continue;
            var colon = part.IndexOf(':');
            Add(int.Parse(part[..colon], CultureInfo.InvariantCulture), long.Parse(part[(colon + 1)..], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The latency that so many percent do not exceed, in microseconds; null without any.</summary>
    public long? Percentile(int percent)
    {
        if (Count == 0) return null;
        var rank = (long)(((Int128)Count * percent + 99) / 100);
        var seen = 0L;
        foreach (var (bucket, count) in _counts.OrderBy(c => c.Key))
        {
            seen += count;
            if (seen >= rank) return MiddleOf(bucket);
        }

        return null;
    }

    /// <summary>As it is stored: <c>bucket:count</c>, ascending, separated by commas.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (bucket, count) in _counts.OrderBy(c => c.Key))
        {
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{bucket}:{count}");
        }

        return text.ToString();
    }

    private void Add(int bucket, long count)
    {
        _counts[bucket] = checked(_counts.GetValueOrDefault(bucket) + count);
        Count = checked(Count + count);
    }

    private static int BucketOf(long micros)
    {
        if (micros < SubBuckets) return (int)micros;
        var exponent = BitOperations.Log2((ulong)micros);
        return (exponent - SubBucketBits + 1) * SubBuckets + (int)((micros >> (exponent - SubBucketBits)) & (SubBuckets - 1));
    }

    private static long MiddleOf(int bucket)
    {
        if (bucket < SubBuckets) return bucket;
        var shift = bucket / SubBuckets - 1;
        return ((long)(SubBuckets + bucket % SubBuckets) << shift) + ((1L << shift) - 1) / 2;
    }
}
