using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Simulation.Workload;

/// <summary>Checks that are over by what their callers were told, so that nothing may be held for them anywhere: denied for lack of budget, or settled.</summary>
internal sealed class Endings
{
    private readonly Dictionary<Guid, int> _underWay = [];
    private readonly HashSet<Guid> _denied = [];
    private readonly Dictionary<(Guid Key, Stamp Attempt), int> _settled = [];
    private readonly Dictionary<(string Node, Guid Key, Stamp Attempt), int> _unnotified = [];
    private int _now;

    public bool Covers(string node, Hold hold) =>
        _denied.Contains(hold.Key) || (_settled.TryGetValue((hold.Key, hold.Attempt), out var at) && at > _unnotified.GetValueOrDefault((node, hold.Key, hold.Attempt)));

    /// <summary>From here on it may be held.</summary>
    public void Ask(Guid key)
    {
        _underWay[key] = _underWay.GetValueOrDefault(key) + 1;
        _denied.Remove(key);
    }

    /// <summary>Ids are shared: while another caller waits for its answer, nothing is certain.</summary>
    public void Answer(Guid key, bool denied)
    {
        if (--_underWay[key] == 0 && denied) _denied.Add(key);
    }

    /// <summary>A final record is in the ledger, the first time or again.</summary>
    public void Settle(ReservationId reservation) => _settled[(reservation.Key, reservation.Attempt)] = ++_now;

    /// <summary>
    /// A process has ended that had still to tell the node of these settles, which may be acknowledged (an answer waits a second for that, at most): what is held there lapses at its
    /// deadline, unless the record comes again.
    /// </summary>
    public void LeaveUnnotified(string node, IEnumerable<SettleEffect> ended)
    {
        foreach (var effect in ended) _unnotified[(node, effect.Key, effect.Attempt)] = _now;
    }
}
