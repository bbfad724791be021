using BudgetEngine.Domain;
using BudgetEngine.Ledger;

namespace BudgetEngine.Simulation;

/// <summary>One process's store on the simulated database. The conformance suite of the real stores holds it to what they do.</summary>
internal sealed partial class SimulatedLedger(SimulatedDatabase database) : ILedgerStore
{
    private const int GraceSeconds = 5;

    private readonly PathCache _paths = new();

    public string Description => "simulated";

    public Task<long> OpenAsync(bool migrate, bool exclusive, CancellationToken cancellationToken)
    {
        lock (database.Gate) return Task.FromResult(++database.ProcessEpoch);
    }

    public Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken) =>
        new BatchCommit(batch, _paths).RunAsync(new SimulatedBatch(database), cancellationToken).AsTask();

    public Task<UsageRow?> ReadRecordAsync(string tenant, string requestId, CancellationToken cancellationToken)
    {
        lock (database.Gate) return Task.FromResult(database.Usage.GetValueOrDefault(new RequestKey(tenant, requestId))?.Row);
    }

    public Task<DateTimeOffset> RenewLeaseAsync(string process, long epoch, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            var now = Stored.Of(database.Clock.GetUtcNow());
            database.Leases[process] = (epoch, now);
            return Task.FromResult(now);
        }
    }

    public async Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string? process, CancellationToken cancellationToken)
    {
        var transaction = new StoreTransaction();
        try
        {
            var epochs = new Dictionary<string, long>(StringComparer.Ordinal);
            if (process is not null)
            {
                // Waits for the holds of older epochs; what is read after it must see those.
                foreach (var node in costCenters.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                {
                    await database.LockAsync(transaction, new EpochLock(node), exclusive: true);
                }
            }

            await database.StepAsync();
            lock (database.Gate)
            {
                foreach (var node in process is null ? [] : costCenters.Distinct(StringComparer.Ordinal))
                {
                    var epoch = epochs[node] = (database.Epochs.GetValueOrDefault(node)?.Epoch ?? 0) + 1;
                    database.Epochs[node] = new StoredEpoch(epoch, process!, database.Clock.GetUtcNow());
                }

                IReadOnlyList<NodeState> states = [.. costCenters.Select(c => StateOf(c, epochs.GetValueOrDefault(c), fromDay, now))];
                foreach (var state in states) database.Registered?.Invoke(process, state);
                return states;
            }
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    public async Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return SideOf(costCenter, user, fromDay);
    }

    public Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken) => ReadUserAsync(child, "", fromDay, cancellationToken);

    public Task<bool> ExistsAsync(string costCenter, CancellationToken cancellationToken)
    {
        lock (database.Gate) return Task.FromResult(database.CostCenters.Contains(costCenter));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private NodeState StateOf(string path, long epoch, DateOnly fromDay, DateTimeOffset now)
    {
        var balances = BalancesOf(path, "", fromDay);
        return new NodeState(
            path, database.CostCenters.Contains(path), epoch, database.NodeVersions.GetValueOrDefault(path), database.Budgets.GetValueOrDefault((path, ""))?.Budget,
            database.Budgets.Keys.Any(k => k.CostCenter == path && k.User.Length > 0),
            [.. database.Increases.Values.Where(i => i.CostCenter == path && i.User is null)], [.. database.Pauses.Values.Where(p => p.CostCenter == path)],
            balances.Days, balances.Months,
            [.. database.Holds.Values.Where(h => h.Nodes.Contains(path) && h.Deadline > now.AddSeconds(-GraceSeconds))]);
    }

    private SideState SideOf(string path, string user, DateOnly fromDay)
    {
        var balances = BalancesOf(path, user, fromDay);
        return new SideState(
            database.Budgets.GetValueOrDefault((path, user))?.Budget,
            [.. database.Increases.Values.Where(i => i.CostCenter == path && (i.User ?? "") == user)], balances.Days, balances.Months);
    }

    private (IReadOnlyList<DatedBalance> Days, IReadOnlyList<DatedBalance> Months) BalancesOf(string path, string user, DateOnly fromDay)
    {
        var days = new List<DatedBalance>();
        var months = new List<DatedBalance>();
        foreach (var (key, balance) in database.Balances)
        {
            if (key.CostCenter != path || key.User != user) continue;
            if (key.Period == Period.Monthly) months.Add(new DatedBalance(key.Window, balance));
            else if (key.Window >= fromDay) days.Add(new DatedBalance(key.Window, balance));
        }

        return (days, months);
    }
}
