using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Grains.InMemory;

/// <summary>
/// Puts in force what was set at the cost centers in this process's memory. Whoever sets something has its cost center read the ledger before it answers; should it die in
/// between, or the order to read be lost, the next look does it.
/// </summary>
public sealed class WrittenNodes(ILedgerCatalogs ledger, ActiveNodes active, TimeProvider clock)
{
    /// <summary>Of one look. Where there are more, after a long outage, all that are in memory read again.</summary>
    public const int MaxPaths = 25_000;

    /// <summary>So long a look waits for those that it has ordered to read.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    private readonly Dictionary<ActiveNode, Task> _reading = [];
    private long? _before;

    /// <summary>What was written up to this version is in force here, or is read next by whoever is busy or could not read it; null: nothing has been looked at.</summary>
    public long? Seen { get; private set; }

    /// <summary>
    /// Looks what was written since the last look but one: a cost center that came into memory just after the last one may have read what stood before. One that is on its way there, however
    /// long that takes, reads once more before it decides. With the first two looks all that are in memory read again.
    /// </summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var written = await ledger.ReadWrittenAsync(_before, MaxPaths, cancellationToken);
        // A parent's limit of its children depends on whether they have their own.
        var paths = written.CostCenters?.SelectMany(p => (IEnumerable<string?>)[p, CostCenterId.ParentOf(p)]).OfType<string>().ToList();
        active.NoteWritten(paths);
        var ordered = (paths ?? active.Paths).Concat(Failed()).Distinct(StringComparer.Ordinal).Select(active.Find).OfType<ActiveNode>().Select(n => _reading[n] = n.ReadAgainAsync()).ToList();
        if (ordered.Count > 0) await Task.WhenAny(Task.WhenAll(ordered), Task.Delay(Within, clock, cancellationToken));
        (_before, Seen) = (Seen ?? written.Version, written.Version);
    }

    /// <summary>Those whose reading has failed. Those that are under way stay; what has left memory has no need.</summary>
    private List<string> Failed()
    {
        var failed = new List<string>();
        foreach (var (node, read) in _reading)
        {
            if (!read.IsCompleted && active.Find(node.Path) == node) continue;
            _reading.Remove(node);
            if (read.IsFaulted) failed.Add(node.Path);
        }

        return failed;
    }
}
