using System.Text.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Simulation.Store;

/// <summary>
/// A batch in the simulated store, as PostgreSQL runs it: read committed, row locks in the order in which the rows come, effects at the commit. What a
/// batch comes to is decided by the same <see cref="BatchCommit"/> as in the real stores.
/// </summary>
internal sealed class SimulatedBatch(SimulatedDatabase database) : IBatchTransaction
{
    private readonly StoreTransaction _transaction = new();
    private readonly List<StoredRow> _inserted = [];
    private readonly HashSet<RequestKey> _own = [];
    private readonly HashSet<string> _created = new(StringComparer.Ordinal);
    private Guid _batchId;
    private long _number;
    private bool _isOpen;

    public async ValueTask<IReadOnlySet<string>> CreateAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken)
    {
        await OpenAsync();
        foreach (var node in costCenters)
        {
            if (Exists(node)) continue;
            // Waits for another transaction that is adding it, and looks again.
            await database.LockAsync(_transaction, new CenterLock(node), exclusive: true);
            if (!Exists(node)) _created.Add(node);
        }

        await database.StepAsync();
        return _created;

        bool Exists(string node)
        {
            lock (database.Gate) return database.CostCenters.Contains(node);
        }
    }

    private async Task OpenAsync()
    {
        if (_isOpen) return;
        _isOpen = true;
        lock (database.Gate) _number = database.Alerting.BeginTransaction();
        await database.LockAsync(_transaction, BatchesLock.Instance, exclusive: false);
    }

    public async ValueTask<BatchStart> StartAsync(BatchNeeds needs, CancellationToken cancellationToken)
    {
        _batchId = needs.BatchId;
        await OpenAsync();
        var known = new Dictionary<RequestKey, KnownRow>();
        foreach (var row in needs.Rows)
        {
            if (await InsertAsync(row) is { } stored) known.Add(stored.Key, stored);
        }

        await database.StepAsync();
        var tracked = Tracked(needs.Nodes, needs.Users);
        CostCenterAliases aliases;
        lock (database.Gate) aliases = database.AliasesNow();
        var stamps = new Dictionary<Guid, HoldStamp>();
        foreach (var key in needs.HoldKeys)
        {
            // Only a row that is there can be locked.
            lock (database.Gate)
            {
                if (!database.Holds.ContainsKey(key)) continue;
            }

            await database.LockAsync(_transaction, new HoldLock(key), exclusive: true);
            lock (database.Gate)
            {
                if (database.Holds.TryGetValue(key, out var hold)) stamps.Add(key, new HoldStamp(hold.Attempt, hold.Revision));
            }
        }

        return new BatchStart(known, tracked, stamps, await EpochsAsync(needs.FencedNodes)) { Aliases = aliases };
    }

    public async ValueTask<CorrectionFacts> ReadOriginalsAsync(
        IReadOnlyList<RequestKey> corrections, IReadOnlyList<RequestKey> originals, CancellationToken cancellationToken)
    {
        var rows = new List<(KnownRow, long)>();
        foreach (var key in originals)
        {
            if (Find(key) is not { Row.Kind: RowKind.Usage }) continue;
            await database.LockAsync(_transaction, key, exclusive: true);
            var corrected = 0L;
            lock (database.Gate)
            {
                foreach (var row in database.Usage.Values.Where(r => r.Row.Kind == RowKind.Correction && r.Row.Tenant == key.Tenant && r.Row.Corrects == key.RequestId))
                {
                    corrected = checked(corrected + row.Row.Cost.Nanos);
                }
            }

            rows.Add((Find(key)!.ToKnown(), corrected));
        }

        return new CorrectionFacts([.. corrections.Select(Find).OfType<StoredRow>().Select(r => r.ToKnown())], rows);
    }

    public async ValueTask<int> InsertAsync(IReadOnlyList<UsageRow> corrections, CancellationToken cancellationToken)
    {
        var inserted = 0;
        foreach (var row in corrections)
        {
            if (await InsertAsync(row) is null) inserted++;
        }

        return inserted;
    }

    public ValueTask<IReadOnlyList<TrackedUser>> ReadTrackedAsync(
        IReadOnlyCollection<string> nodes, IReadOnlyCollection<string> users, CancellationToken cancellationToken) => ValueTask.FromResult(Tracked(nodes, users));

    public async ValueTask<BatchBalances> FinishAsync(BatchEffects effects, CancellationToken cancellationToken)
    {
        foreach (var node in effects.NewNodes)
        {
            bool isNew;
            lock (database.Gate) isNew = !database.CostCenters.Contains(node);
            if (isNew) await database.LockAsync(_transaction, new CenterLock(node), exclusive: true);
        }

        foreach (var key in effects.Keys) await database.LockAsync(_transaction, key, exclusive: true);
        await database.StepAsync();
        if (database.Lasts is { } lasts) await lasts();
        lock (database.Gate) return Commit(effects);
    }

    public ValueTask DisposeAsync()
    {
        lock (database.Gate) database.Alerting.Open.Remove(_number);
        database.Locks.Release(_transaction);
        return ValueTask.CompletedTask;
    }

    private BatchBalances Commit(BatchEffects effects)
    {
        var written = new Balance[effects.Keys.Length];
        for (var i = 0; i < written.Length; i++)
        {
            var old = database.Balances.GetValueOrDefault(effects.Keys[i]);
            written[i] = new Balance(new Money(checked(old.Spent.Nanos + effects.Sums[i].Spent)), checked(old.Requests + effects.Sums[i].Requests), old.Version + 1);
        }

        // Nothing below can fail: the transaction is in force as a whole.
        for (var i = 0; i < written.Length; i++) database.Balances[effects.Keys[i]] = written[i];
        database.CostCenters.UnionWith(_created);
        foreach (var node in effects.NewNodes) database.CostCenters.Add(node);
        foreach (var row in _inserted)
        {
            database.Usage.Add(new RequestKey(row.Row.Tenant, row.Row.RequestId), row);
            database.Alerting.Rows.Add(new RowPosition(row.Transaction, row.Row.Tenant, row.Row.RequestId), row.Row);
        }

        foreach (var (key, attempt) in effects.EndedHolds)
        {
            if (database.Holds.TryGetValue(key, out var hold) && hold.Attempt <= attempt) database.Holds.Remove(key);
        }

        foreach (var hold in effects.Holds)
        {
            database.HoldsEverStored = true;
            var stored = database.Holds.GetValueOrDefault(hold.Key);
            if (stored is null || !new HoldStamp(stored.Attempt, stored.Revision).IsAfter(new HoldStamp(hold.Attempt, hold.Revision))) database.Holds[hold.Key] = Stored.Of(hold);
        }

        var read = new List<(BalanceKey, Balance)>();
        foreach (var key in effects.Reads)
        {
            if (database.Balances.TryGetValue(key, out var balance)) read.Add((key, balance));
        }

        database.Committed?.Invoke([.. _inserted.Select(r => r.Row)]);
        return new BatchBalances(written, read);
    }

    /// <summary>Null: inserted; else the row that has the id. Waits for another transaction that is inserting it.</summary>
    private async Task<KnownRow?> InsertAsync(UsageRow row)
    {
        Check(row);
        var key = new RequestKey(row.Tenant, row.RequestId);
        await database.LockAsync(_transaction, key, exclusive: true);
        if (Find(key) is { } stored) return stored.ToKnown();
        _own.Add(key);
        _inserted.Add(new StoredRow(Stored.Of(row), _batchId, _number));
        return null;
    }

    private StoredRow? Find(RequestKey key)
    {
        if (_own.Contains(key)) return _inserted.Find(r => r.Row.Tenant == key.Tenant && r.Row.RequestId == key.RequestId);
        lock (database.Gate) return database.Usage.GetValueOrDefault(key);
    }

    private void Check(UsageRow row)
    {
        if (row.Kind == RowKind.Usage && row.Cost.IsNegative) throw new LedgerDataException("ck_usage_cost");
        if ((row.Kind == RowKind.Correction) != row.Corrects is not null) throw new LedgerDataException("ck_usage_corrects");
        if (database.Refuses?.Invoke(row) is { } refusal) throw refusal;
        if (row.TagsJson is null) return;
        try
        {
            using var tags = JsonDocument.Parse(row.TagsJson);
        }
        catch (JsonException malformed)
        {
            throw new LedgerDataException("The tags are not JSON.", malformed);
        }
    }

    private IReadOnlyList<TrackedUser> Tracked(IReadOnlyCollection<string> nodes, IReadOnlyCollection<string> users)
    {
        lock (database.Gate) return [.. database.Tracked.Where(t => nodes.Contains(t.CostCenter) && (t.User.Length == 0 || users.Contains(t.User)))];
    }

    private async Task<Dictionary<string, long>> EpochsAsync(IReadOnlyList<string> nodes)
    {
        var epochs = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            await database.LockAsync(_transaction, new EpochLock(node), exclusive: false);
            lock (database.Gate)
            {
                if (database.Epochs.TryGetValue(node, out var epoch)) epochs.Add(node, epoch.Epoch);
            }
        }

        return epochs;
    }
}

internal sealed record BatchesLock
{
    public static readonly BatchesLock Instance = new();
}

internal sealed record AdminLock
{
    public static readonly AdminLock Instance = new();
}

internal sealed record HoldLock(Guid Key);

internal sealed record MoveLock(string Id);

internal sealed record EpochLock(string CostCenter);

internal sealed record CenterLock(string Path);

internal sealed record LeaseLock(string Process);
