using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Simulation.Workload;

/// <summary>Checks that are over by what their callers were told, so that nothing may be held for them anywhere: denied for lack of budget, or settled.</summary>
internal sealed class Endings
{
    private readonly Dictionary<Guid, int> _underWay = [];
    private readonly HashSet<Guid> _denied = [];
    private readonly HashSet<(Guid Key, Stamp Attempt)> _settled = [];

    public bool Covers(Hold hold) => _denied.Contains(hold.Key) || _settled.Contains((hold.Key, hold.Attempt));

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
    public void Settle(ReservationId reservation) => _settled.Add((reservation.Key, reservation.Attempt));
}
