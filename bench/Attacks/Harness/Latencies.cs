namespace BudgetEngine.Attacks.Harness;

/// <summary>How long one kind of request took. One thread adds; it is read when that has ended.</summary>
internal sealed class Latencies
{
    private readonly List<double> _milliseconds = [];
    private bool _sorted;

    public int Count => _milliseconds.Count;

    /// <summary>Refused, or denied, which none of the victim's requests deserves.</summary>
    public int Refused { get; private set; }

    public double Max => At(1);

    public double P99 => At(0.99);

    public void Add(TimeSpan latency, bool allowed)
    {
        _milliseconds.Add(latency.TotalMilliseconds);
        if (!allowed) Refused++;
    }

    private double At(double quantile)
    {
        if (!_sorted) _milliseconds.Sort();
        _sorted = true;
        return _milliseconds.Count == 0 ? 0 : _milliseconds[Math.Min(_milliseconds.Count - 1, (int)(_milliseconds.Count * quantile))];
    }
}
