using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Ledger.Records;

/// <summary>The order of a stored hold among all that its owner says of it.</summary>
internal readonly record struct HoldStamp(Stamp Attempt, Stamp Revision)
{
    public bool IsAfter(HoldStamp other) => Attempt > other.Attempt || (Attempt == other.Attempt && Revision > other.Revision);
}

/// <summary>
/// Decides what the changes of holds of one batch come to, against what is stored. A later attempt or revision wins; an end holds for its attempt and
/// all earlier ones, also against a put of the same batch, whichever comes first.
/// </summary>
internal sealed class HoldFold(IReadOnlyDictionary<Guid, HoldStamp> stored, IReadOnlyDictionary<string, long> epochs)
{
    private readonly Dictionary<Guid, Stamp> _ended = [];
    private readonly SortedDictionary<Guid, DurableHold> _puts = [];
    private readonly SortedDictionary<Guid, Stamp> _deletes = [];

    /// <summary>Keys of rows to delete, with the last attempt that ends.</summary>
    public IReadOnlyCollection<KeyValuePair<Guid, Stamp>> Deletes => _deletes;

    public IReadOnlyCollection<DurableHold> Puts => _puts.Values;

    public HoldOutcome Apply(HoldChange change) => change.Put is { } hold ? Put(change.Key, hold, change.Update) : End(change.Key, change.Attempt);

    private HoldOutcome Put(Guid key, DurableHold hold, bool update)
    {
        if (IsStale(hold)) return HoldOutcome.StaleEpoch;
        if (_ended.TryGetValue(key, out var ended) && ended >= hold.Attempt) return HoldOutcome.Superseded;
        if (Current(key) is { } current ? current.IsAfter(new HoldStamp(hold.Attempt, hold.Revision)) : update) return HoldOutcome.Superseded;
        _puts[key] = hold;
        return HoldOutcome.Applied;
    }

    private HoldOutcome End(Guid key, Stamp attempt)
    {
        if (!_ended.TryGetValue(key, out var ended) || ended < attempt) _ended[key] = attempt;
        if (Current(key) is { } current && current.Attempt > attempt) return HoldOutcome.Superseded;
        _puts.Remove(key);
        if (stored.ContainsKey(key)) _deletes[key] = _ended[key];
        return HoldOutcome.Applied;
    }

    private HoldStamp? Current(Guid key)
    {
        if (_puts.TryGetValue(key, out var put)) return new HoldStamp(put.Attempt, put.Revision);
        return stored.TryGetValue(key, out var row) && !_deletes.ContainsKey(key) ? row : null;
    }

    private bool IsStale(DurableHold hold)
    {
        for (var i = 0; i < hold.Epochs.Count && i < hold.Nodes.Count; i++)
        {
            if (epochs.TryGetValue(hold.Nodes[i], out var registered) && registered > hold.Epochs[i]) return true;
        }

        return false;
    }
}
