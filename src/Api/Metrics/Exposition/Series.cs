namespace BudgetEngine.Api.Metrics.Exposition;

/// <summary>One series of a metric: a value, or a distribution. Written by any thread without a lock.</summary>
internal sealed class Series(string labels, double[]? bounds)
{
    private readonly long[]? _buckets = bounds is null ? null : new long[bounds.Length + 1];
    private double _value;

    public string Labels { get; } = labels;

    /// <summary>Of a value: itself. Of a distribution: the sum.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>Of what a scrape reads afresh: whether this scrape has seen it.</summary>
    public bool Seen { get; private set; }

    public void Add(double amount)
    {
        var seen = Volatile.Read(ref _value);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _value, seen + amount, seen);
            if (before.Equals(seen)) return;
            seen = before;
        }
    }

    public void Set(double value)
    {
        // Two instruments of one name and labels: what they say is added up.
        Volatile.Write(ref _value, Seen ? _value + value : value);
        Seen = true;
    }

    public void Forget() => Seen = false;

    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < bounds!.Length && value > bounds[bucket]) bucket++;
        Interlocked.Increment(ref _buckets![bucket]);
        Add(value);
    }

    public long Bucket(int index) => Volatile.Read(ref _buckets![index]);
}
