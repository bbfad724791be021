using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;
using Npgsql;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>
/// A batch in PostgreSQL: two round trips when every row is new (open, insert and look up; add up and commit), one more for known rows, one for cost centers
/// that this process has not seen, two more for corrections.
/// </summary>
internal sealed class PostgresBatch(NpgsqlConnection connection, Dialect dialect) : IBatchTransaction
{
    private readonly string _selectAliases = MoveTable.SelectAliases(dialect);
    private Guid _batchId;
    private bool _isOpen;

    public async ValueTask<IReadOnlySet<string>> CreateAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        Open(batch);
        batch.Add(PostgresSql.CreateCostCenters, CostCenterArrays(costCenters));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new RowReader(reader, dialect);
        await rows.RestAsync(_ => true, cancellationToken);
        return (await rows.NextResultAsync(r => r.Text(), cancellationToken)).ToHashSet(StringComparer.Ordinal);
    }

    public async ValueTask<BatchStart> StartAsync(BatchNeeds needs, CancellationToken cancellationToken)
    {
        _batchId = needs.BatchId;
        await using var batch = new NpgsqlBatch(connection);
        Open(batch);
        var insert = needs.Rows.Count > 0 ? batch.Add(Insert(needs.Rows)) : null;
        if (needs.Nodes.Count > 0) batch.Add(PostgresSql.SelectTracked, needs.Nodes.ToArray(), needs.Users.ToArray());
        batch.Add(_selectAliases);
        if (needs.HoldKeys.Count > 0) batch.Add(PostgresSql.SelectStamps, needs.HoldKeys.ToArray());
        if (needs.FencedNodes.Count > 0) batch.Add(PostgresSql.SelectEpochs, needs.FencedNodes.ToArray());
        BatchStart start;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            var rows = new RowReader(reader, dialect);
            await rows.RestAsync(_ => true, cancellationToken);
            var tracked = needs.Nodes.Count > 0 ? await rows.NextResultAsync(ReadTracked, cancellationToken) : [];
            var aliases = await rows.NextResultAsync(MoveTable.ReadAlias, cancellationToken);
            var stamps = needs.HoldKeys.Count > 0
                ? await rows.NextResultAsync(r => (Key: r.Id(), Stamp: new HoldStamp(new Stamp(r.Long()), new Stamp(r.Long()))), cancellationToken)
                : [];
            var epochs = needs.FencedNodes.Count > 0 ? await rows.NextResultAsync(r => (Node: r.Text(), Epoch: r.Long()), cancellationToken) : [];
            start = new BatchStart(
                new Dictionary<RequestKey, KnownRow>(), tracked, stamps.ToDictionary(s => s.Key, s => s.Stamp),
                epochs.ToDictionary(e => e.Node, e => e.Epoch, StringComparer.Ordinal)) { Aliases = aliases.Count == 0 ? CostCenterAliases.None : new CostCenterAliases(aliases) };
        }

        var inserted = insert?.RecordsAffected ?? 0;
        return inserted == needs.Rows.Count ? start : start with { Known = await ReadKnownAsync(needs.Rows, inserted, cancellationToken) };
    }

    public async ValueTask<CorrectionFacts> ReadOriginalsAsync(
        IReadOnlyList<RequestKey> corrections, IReadOnlyList<RequestKey> originals, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        // Each statement sees what was committed before it began: the sums those of the locked rows.
        AddKeyed(batch, PostgresSql.LockOriginals, originals);
        AddKeyed(batch, PostgresSql.SumCorrections, originals);
        AddKeyed(batch, PostgresSql.SelectStored, corrections);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new RowReader(reader, dialect);
        var locked = await rows.RestAsync(UsageColumns.ReadKnown, cancellationToken);
        var sums = await rows.NextResultAsync(r => (Key: new RequestKey(r.Text(), r.Text()), Sum: r.Long()), cancellationToken);
        var known = await rows.NextResultAsync(UsageColumns.ReadKnown, cancellationToken);
        var byKey = sums.ToDictionary(s => s.Key, s => s.Sum);
        return new CorrectionFacts(known, locked.ConvertAll(o => (o, byKey.GetValueOrDefault(o.Key))));
    }

    public async ValueTask<int> InsertAsync(IReadOnlyList<UsageRow> corrections, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Insert(corrections));
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask<IReadOnlyList<TrackedUser>> ReadTrackedAsync(
        IReadOnlyCollection<string> nodes, IReadOnlyCollection<string> users, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(PostgresSql.SelectTracked, nodes.ToArray(), users.ToArray());
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await new RowReader(reader, dialect).RestAsync(ReadTracked, cancellationToken);
    }

    public async ValueTask<BatchBalances> FinishAsync(BatchEffects effects, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (effects.NewNodes.Count > 0)
        {
            batch.Add(PostgresSql.InsertCostCenters, CostCenterArrays(effects.NewNodes));
        }

        if (effects.Keys.Length > 0)
        {
            batch.Add(
                PostgresSql.AddBalances,
                [.. KeyArrays(effects.Keys), Array.ConvertAll(effects.Sums, s => s.Spent), Array.ConvertAll(effects.Sums, s => s.Requests)]);
        }

        if (effects.Reads.Length > 0) batch.Add(PostgresSql.SelectBalances, KeyArrays(effects.Reads));
        PostgresHolds.Add(batch, effects);
        batch.Add("commit");
        return await ReadBalancesAsync(batch, effects, cancellationToken);
    }

    /// <summary>Begins the transaction, once. Either way one result comes first.</summary>
    private void Open(NpgsqlBatch batch)
    {
        if (!_isOpen) batch.Add("begin isolation level read committed");
        batch.Add(_isOpen ? "select 1" : PostgresSql.LockBatches);
        _isOpen = true;
    }

    private static Array[] CostCenterArrays(IReadOnlyList<string> paths) => [paths.ToArray(), paths.Select(p => CostCenterId.ParentOf(p) ?? "").ToArray()];

    // A connection that goes back to its pool within a transaction is rolled back first.
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async ValueTask<BatchBalances> ReadBalancesAsync(NpgsqlBatch batch, BatchEffects effects, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new RowReader(reader, dialect);
        var written = new Balance[effects.Keys.Length];
        var count = 0;
        if (written.Length > 0)
        {
            while (await rows.NextAsync(cancellationToken)) written[count++] = rows.Balance();
        }

        if (count != written.Length) throw new InvalidOperationException($"{written.Length} balances were written, {count} came back.");
        var read = new List<(BalanceKey Key, Balance Balance)>();
        if (effects.Reads.Length > 0)
        {
            read = written.Length > 0
                ? await rows.NextResultAsync(ReadBalance, cancellationToken)
                : await rows.RestAsync(ReadBalance, cancellationToken);
        }

        // The commit is the last statement: its error, if any, comes with the end of the results.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return new BatchBalances(written, read);
    }

    private async ValueTask<Dictionary<RequestKey, KnownRow>> ReadKnownAsync(IReadOnlyList<UsageRow> rows, int inserted, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        AddKeyed(batch, PostgresSql.SelectKnown, [.. rows.Select(r => new RequestKey(r.Tenant, r.RequestId))]);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var known = await new RowReader(reader, dialect).RestAsync(UsageColumns.ReadKnown, cancellationToken);
        if (known.Count + inserted == rows.Count) return known.ToDictionary(k => k.Key);
        throw new LedgerContentionException("Retention deleted a row while it was looked up.");
    }

    private NpgsqlBatchCommand Insert(IReadOnlyList<UsageRow> rows)
    {
        var arrays = new PostgresArrays(rows.Count, UsageColumns.Names.Length);
        foreach (var row in rows)
        {
            UsageColumns.Write(row, _batchId, arrays);
            arrays.EndRow();
        }

        return arrays.Command(PostgresSql.InsertUsage);
    }

    private static void AddKeyed(NpgsqlBatch batch, string sql, IReadOnlyList<RequestKey> keys) =>
        batch.Add(sql, keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.RequestId).ToArray());

    private static Array[] KeyArrays(BalanceKey[] keys) =>
    [
        Array.ConvertAll(keys, k => k.CostCenter), Array.ConvertAll(keys, k => k.User), Array.ConvertAll(keys, k => (short)k.Period),
        Array.ConvertAll(keys, k => k.Window),
    ];

    private static TrackedUser ReadTracked(RowReader r) => new(r.Text(), r.Text());

    private static (BalanceKey Key, Balance Balance) ReadBalance(RowReader r) =>
        (new BalanceKey(r.Text(), r.Text(), (Period)r.Long(), r.Date()), r.Balance());
}
