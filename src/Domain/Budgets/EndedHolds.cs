namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// Remembers which attempts have ended, so that a hold of one of them that arrives late is refused. Kept for 60 s after the attempt was last mentioned, and at most
/// <see cref="MaxRemembered"/>: beyond that the oldest are forgotten sooner, and a hold that is then late lapses at its deadline.
/// </summary>
internal sealed class EndedHolds
{
    public const int MaxRemembered = 65_536;
    public static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(60);

    // An attempt that has ended is never held again, so it does no harm that a message about an earlier attempt prolongs its memory.
    private readonly Dictionary<Guid, (Stamp Attempt, long ForgetAt)> _ended = [];

    // Each key once, in the order in which it came in. A key that was mentioned again goes back to the end when its turn comes.
    private readonly Queue<(Guid Key, long ForgetAt)> _order = new();

    public int Count => _ended.Count;

    public void Add(Guid key, Stamp attempt, long now)
    {
        while (_order.TryPeek(out var first) && first.ForgetAt <= now) ForgetFirst(now);
        var forgetAt = now + RememberedFor.Ticks;
        if (_ended.TryGetValue(key, out var known))
        {
            _ended[key] = (known.Attempt > attempt && known.ForgetAt > now ? known.Attempt : attempt, forgetAt);
            return;
        }

        while (_order.Count >= MaxRemembered) ForgetFirst(now);
        _ended.Add(key, (attempt, forgetAt));
        _order.Enqueue((key, forgetAt));
    }

    /// <summary>True when this attempt, or a later one, is known to have ended.</summary>
    public bool Covers(Guid key, Stamp attempt, long now) =>
        _ended.TryGetValue(key, out var known) && attempt <= known.Attempt && now < known.ForgetAt;

    private void ForgetFirst(long now)
    {
        var first = _order.Dequeue();
        var forgetAt = _ended[first.Key].ForgetAt;
        if (forgetAt > first.ForgetAt && forgetAt > now) _order.Enqueue((first.Key, forgetAt));
        else _ended.Remove(first.Key);
    }
}
