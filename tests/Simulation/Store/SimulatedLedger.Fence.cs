using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Simulation.Store;

/// <summary>Leases, and who holds which node: the statements of the real stores one by one, with the locks that they take.</summary>
internal sealed partial class SimulatedLedger
{
    private static readonly TimeSpan _forgetsAfter = TimeSpan.FromDays(1);

    public async Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken)
    {
        var transaction = new StoreTransaction();
        try
        {
            await database.LockAsync(transaction, new LeaseLock(renewal.Process), exclusive: true);
            lock (database.Gate)
            {
                var now = Stored.Of(database.Clock.GetUtcNow());
                var born = database.Leases.GetValueOrDefault(renewal.Process)?.Born ?? renewal.Number;
                database.Leases[renewal.Process] = new StoredLease(renewal.Epoch, now, renewal.Runs, born);
                foreach (var (node, epoch) in renewal.Dropped)
                {
                    if (database.TakeOvers.TryGetValue((renewal.Process, node), out var taken) && epoch >= taken) database.TakeOvers.Remove((renewal.Process, node));
                }

                return new LeaseAnswer(now, born, [.. database.TakeOvers.Where(t => t.Key.Process == renewal.Process).Take(LeaseAnswer.MaxNamed).Select(t => new NodeEpoch(t.Key.CostCenter, t.Value))]);
            }
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    public async Task<IReadOnlyList<NodeState>> ReadNodesAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return [.. costCenters.Select(c => StateOf(c, default, fromDay, now))];
    }

    public async Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string process, CancellationToken cancellationToken)
    {
        var transaction = new StoreTransaction();
        try
        {
            var taken = await TakeOverAsync(transaction, [.. costCenters.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], process);
            await database.StepAsync();
            lock (database.Gate) return [.. costCenters.Select(c => StateOf(c, taken.GetValueOrDefault(c), fromDay, now))];
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    public async Task GiveUpAsync(IReadOnlyList<NodeEpoch> nodes, string process, CancellationToken cancellationToken)
    {
        var transaction = new StoreTransaction();
        try
        {
            foreach (var node in nodes.Select(n => n.CostCenter).Order(StringComparer.Ordinal))
            {
                lock (database.Gate)
                {
                    if (database.Epochs.GetValueOrDefault(node)?.Process != process) continue;
                }

                await database.LockAsync(transaction, new EpochLock(node), exclusive: true);
            }

            lock (database.Gate)
            {
                foreach (var (node, epoch) in nodes)
                {
                    if (database.Epochs.TryGetValue(node, out var known) && known.Process == process && known.Epoch == epoch) database.Epochs[node] = known with { Process = "" };
                }
            }
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    public async Task EndLeaseAsync(string process, CancellationToken cancellationToken)
    {
        var transaction = new StoreTransaction();
        try
        {
            await database.LockAsync(transaction, new LeaseLock(process), exclusive: true);
            lock (database.Gate)
            {
                database.Leases.Remove(process);
                foreach (var key in database.TakeOvers.Keys.Where(k => k.Process == process).ToList()) database.TakeOvers.Remove(key);
            }
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    /// <summary>Raises the epochs, which waits for the holds of older ones; what is read after it must see those.</summary>
    private async Task<Dictionary<string, (long Epoch, TimeSpan Wait)>> TakeOverAsync(StoreTransaction transaction, string[] nodes, string process)
    {
        foreach (var node in nodes) await database.LockAsync(transaction, new EpochLock(node), exclusive: true);
        string[] losers;
        lock (database.Gate) losers = [.. nodes.Select(n => database.Epochs.GetValueOrDefault(n)?.Process).OfType<string>().Where(p => p != process && database.Leases.ContainsKey(p)).Distinct().Order(StringComparer.Ordinal)];
        foreach (var loser in losers) await database.LockAsync(transaction, new LeaseLock(loser), exclusive: false);
        lock (database.Gate)
        {
            var now = Stored.Of(database.Clock.GetUtcNow());
            var taken = new Dictionary<string, (long, TimeSpan)>(StringComparer.Ordinal);
            foreach (var node in nodes)
            {
                var known = database.Epochs.GetValueOrDefault(node);
                var (from, until) = (known?.Process, known?.WaitUntil);
                var epoch = (known?.Epoch ?? 0) + 1;
                if (from is not null && from != process && database.Leases.TryGetValue(from, out var lease))
                {
                    if (lease.RenewedAt + lease.Runs > now && (until is null || until < now + lease.Runs)) until = now + lease.Runs;
                    database.TakeOvers[(from, node)] = epoch;
                }

                database.Epochs[node] = new StoredEpoch(epoch, process, from, until);
                taken.Add(node, (epoch, until > now ? until.Value - now : TimeSpan.Zero));
            }

            return taken;
        }
    }

    private void ForgetSilent()
    {
        var before = database.Clock.GetUtcNow() - _forgetsAfter;
        foreach (var (process, lease) in database.Leases.ToList())
        {
            if (lease.RenewedAt < before) database.Leases.Remove(process);
        }

        foreach (var key in database.TakeOvers.Keys.Where(k => !database.Leases.ContainsKey(k.Process)).ToList()) database.TakeOvers.Remove(key);
    }
}
