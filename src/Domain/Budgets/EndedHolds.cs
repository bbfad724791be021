namespace BudgetEngine.Domain;

/// <summary>
/// Remembers which attempts have ended, so that a hold of one of them that arrives late is refused. Kept for 60 s, and at most
/// <see cref="MaxRemembered"/>: beyond that the oldest are forgotten sooner, and a hold that is then late lapses at its deadline.
/// </summary>
internal sealed class EndedHolds
{
    public const int MaxRemembered = 65_536;
    public static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(60);

    private readonly Dictionary<Guid, Stamp> _ended = [];
    private readonly Queue<(Guid Key, Stamp Attempt, long ForgetAt)> _order = new();

    public void Add(Guid key, Stamp attempt, long now)
    {
        Forget(now);
        if (_ended.TryGetValue(key, out var known) && known >= attempt) return;
        _ended[key] = attempt;
        _order.Enqueue((key, attempt, now + RememberedFor.Ticks));
        if (_order.Count > MaxRemembered) ForgetFirst();
    }

    /// <summary>True when this attempt, or a later one, is known to have ended.</summary>
    public bool Covers(Guid key, Stamp attempt) => _ended.TryGetValue(key, out var known) && attempt <= known;

    private void Forget(long now)
    {
        while (_order.TryPeek(out var first) && first.ForgetAt <= now) ForgetFirst();
    }

    private void ForgetFirst()
    {
        var (key, attempt, _) = _order.Dequeue();
        if (_ended.TryGetValue(key, out var known) && known == attempt) _ended.Remove(key);
    }
}
