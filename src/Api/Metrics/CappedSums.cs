using System.Collections.Concurrent;

namespace BudgetEngine.Api.Metrics;

/// <summary>Sums by keys that callers choose, so only as many as may be: what comes later is added up in <see cref="Rest"/>, and nothing is ever lost.</summary>
internal sealed class CappedSums<TKey, TSum>(int max)
    where TKey : notnull
    where TSum : class, new()
{
    private readonly ConcurrentDictionary<TKey, TSum> _sums = new();

    // Of the sums: the dictionary's own count takes all of its locks, and every record beyond the limit asks for it.
    private int _count;

    public TSum Rest { get; } = new();

    public IEnumerable<KeyValuePair<TKey, TSum>> All => _sums;

    /// <summary>The key's own sum, or the rest's once there are too many keys.</summary>
    public TSum Of(TKey key)
    {
        if (_sums.TryGetValue(key, out var sum)) return sum;
        // Two at once may both find the last place free: one more than the limit does no harm.
        return Volatile.Read(ref _count) < max ? Open(key) : Rest;
    }

    private TSum Open(TKey key)
    {
        var made = new TSum();
        if (!_sums.TryAdd(key, made)) return _sums[key];
        Interlocked.Increment(ref _count);
        return made;
    }
}
