using System.Numerics;

namespace BudgetEngine.Load;

/// <summary>Times in microseconds, exact to 1.6 %. Any number of threads may add.</summary>
internal sealed class Histogram
{
    private const int SubBits = 6;
    private const int Sub = 1 << SubBits;
    private const int Rows = 32 - SubBits;

    private readonly long[] _counts = new long[Rows * Sub];

    public long Count => _counts.Sum();

    public void Add(TimeSpan time)
    {
        var micros = Math.Clamp((long)time.TotalMicroseconds, 0, int.MaxValue);
        Interlocked.Increment(ref _counts[IndexOf((uint)micros)]);
    }

    public void Add(Histogram other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
    }

    /// <summary>The time that this share of all has not passed.</summary>
    public TimeSpan Percentile(double share)
    {
        var rank = (long)Math.Ceiling(Count * share);
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0) return TimeSpan.FromMicroseconds(ValueOf(i));
        }

        return TimeSpan.Zero;
    }

    /// <summary>Below 128 each microsecond has its place; above, each doubling has 64.</summary>
    private static int IndexOf(uint micros)
    {
        if (micros < 2 * Sub) return (int)micros;
        var shift = BitOperations.Log2(micros) - SubBits;
        return shift * Sub + (int)(micros >> shift);
    }

    private static long ValueOf(int index)
    {
        if (index < 2 * Sub) return index;
        var shift = index / Sub - 1;
        return (long)(index - shift * Sub) << shift;
    }
}
