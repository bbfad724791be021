using BudgetEngine.Domain;
using BudgetEngine.Ledger;

namespace BudgetEngine.Grains.Tests.Local;

/// <summary>A ledger in memory that answers at once, as a simulation needs it. No users, no corrections, no epochs.</summary>
internal sealed class MemoryLedger(Dictionary<string, Budget> budgets) : ILedgerRecords, ILedgerNodes, ILedgerCatalogs
{
    private readonly Dictionary<(string Tenant, string Id), (UsageRow Row, Guid Batch)> _rows = [];
    private readonly SortedDictionary<(string Node, DateOnly Date, bool Month), Balance> _balances = [];
    private readonly SortedDictionary<Guid, DurableHold> _holds = [];

    // Of the batch under way: an end holds against a put of the same batch, whichever comes first.
    private readonly Dictionary<Guid, Stamp> _ended = [];

    public IEnumerable<UsageRow> Rows => _rows.Values.Select(r => r.Row);

    public int HoldCount => _holds.Count;

    /// <summary>With every commit: may throw, or wait, before it has an effect or after.</summary>
    public Func<bool, Task>? Fault { get; set; }

    public async Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        if (Fault is { } before) await before(false);
        _ended.Clear();
        var results = batch.Records.Select(entry => Record(entry, batch.Id)).ToList();
        var dates = batch.Records.Select(r => (r.Row.CostCenter, r.Row.BookedDate)).Distinct();
        var balances = dates.SelectMany(d => CostCenterId.SelfAndAncestors(d.CostCenter).Select(node => (node, d.BookedDate))).Distinct().Order()
            .Select(d => new DateBalances(d.node, null, d.BookedDate, Of(d.node, d.BookedDate, false), Of(d.node, d.BookedDate, true))).ToList();
        var outcomes = batch.Holds.Select(Change).ToList();
        if (Fault is { } after) await after(true);
        return new BatchResult(results, outcomes, balances);
    }

    public Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string? process, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<NodeState>>([.. costCenters.Select(node => new NodeState(
            node, false, 0, 1, budgets.GetValueOrDefault(node), false, [], [], Dated(node, false), Dated(node, true),
            [.. _holds.Values.Where(h => h.Nodes.Contains(node) && h.Deadline > now - Account.AncestorGrace)]))]);

    public Task<UsageRow?> ReadRecordAsync(string tenant, string requestId, CancellationToken cancellationToken) =>
        Task.FromResult(_rows.TryGetValue((tenant, requestId), out var row) ? row.Row : null);

    public Task<Policies> ReadPoliciesAsync(CancellationToken cancellationToken) => Task.FromResult(new Policies([], []));

    public Task<CatalogVersions> ReadCatalogVersionsAsync(CancellationToken cancellationToken) => Task.FromResult(new CatalogVersions(1, 1, 1));

    public Task<IReadOnlyList<PriceVersion>> ReadPricesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PriceVersion>>([]);

    public Task<IReadOnlyList<StoredKey>> ReadKeysAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoredKey>>([]);

    public Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task GiveUpAsync(IReadOnlyList<NodeEpoch> nodes, string process, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task EndLeaseAsync(string process, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> RetainAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task PutPricesAsync(IReadOnlyList<PriceVersion> prices, AdminContext admin, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CreateTenantAsync(string tenant, AdminContext admin, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task InsertKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> UpdateKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken) => throw new NotSupportedException();

    private RecordResult Record(RecordEntry entry, Guid batch)
    {
        var row = entry.Row;
        if (_rows.TryGetValue((row.Tenant, row.RequestId), out var known))
        {
            // A repeat of the batch itself comes to the same as the first time, its changes of holds too.
            if (known.Batch == batch && entry.Hold is { } again) Change(again);
            var outcome = known.Row.ContentHash != row.ContentHash ? RecordOutcome.Conflict : known.Batch == batch ? RecordOutcome.Recorded : RecordOutcome.Duplicate;
            return new RecordResult(outcome, known.Row.Cost, known.Row.Flags);
        }

        _rows.Add((row.Tenant, row.RequestId), (row, batch));
        foreach (var node in CostCenterId.SelfAndAncestors(row.CostCenter))
        {
            foreach (var month in new[] { false, true })
            {
                var old = Of(node, row.BookedDate, month);
                _balances[Key(node, row.BookedDate, month)] = new Balance(old.Spent + row.Cost, old.Requests + row.Requests, old.Version + 1);
            }
        }

        if (entry.Hold is { } change) Change(change);
        return new RecordResult(RecordOutcome.Recorded, row.Cost, row.Flags);
    }

    private HoldOutcome Change(HoldChange change)
    {
        var known = _holds.GetValueOrDefault(change.Key);
        if (change.Put is { } put)
        {
            if (_ended.TryGetValue(change.Key, out var ended) && ended >= put.Attempt) return HoldOutcome.Superseded;
            if (known is not null && (known.Attempt > put.Attempt || (known.Attempt == put.Attempt && known.Revision > put.Revision))) return HoldOutcome.Superseded;
            _holds[change.Key] = put;
            return HoldOutcome.Applied;
        }

        _ended[change.Key] = change.Attempt;
        if (known is not null && known.Attempt <= change.Attempt) _holds.Remove(change.Key);

        return HoldOutcome.Applied;
    }

    private Balance Of(string node, DateOnly date, bool month) => _balances.GetValueOrDefault(Key(node, date, month));

    private static (string, DateOnly, bool) Key(string node, DateOnly date, bool month) => (node, month ? Window.Containing(Period.Monthly, date) : date, month);

    private List<DatedBalance> Dated(string node, bool month) =>
        [.. _balances.Where(b => b.Key.Node == node && b.Key.Month == month).Select(b => new DatedBalance(b.Key.Date, b.Value))];
}
