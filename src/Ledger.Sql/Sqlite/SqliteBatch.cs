using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Records;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>A batch in SQLite: prepared statements, one per row. The writer opens the transaction, and rolls it back after an error.</summary>
internal sealed class SqliteBatch(SqliteWriter writer) : IBatchTransaction
{
    private static readonly string InsertUsage =
        $"insert into usage (id, {string.Join(", ", UsageColumns.Names)}) values (?{string.Concat(UsageColumns.Names.Select(_ => ", ?"))}) " +
        "on conflict (tenant, request_id) where kind <> 2 do nothing";

    private const string FindKnown = $"select {UsageColumns.SelectKnown} from usage u where u.tenant = ? and u.request_id = ? and u.kind <> 2";

    private SqliteStatement? _insert;
    private Guid _batchId;
    private long _nextId;

    public ValueTask<IReadOnlySet<string>> CreateAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlySet<string>>(costCenters.Where(Add).ToHashSet(StringComparer.Ordinal));

    public ValueTask<BatchStart> StartAsync(BatchNeeds needs, CancellationToken cancellationToken)
    {
        _batchId = needs.BatchId;
        _nextId = 1 + writer.Statement(
            "select max(coalesce((select max(id) from usage), 0), (select usage_id from model_spend_cursor))").One(s => s.Long(0));
        var known = new Dictionary<RequestKey, KnownRow>();
        foreach (var row in needs.Rows)
        {
            if (Insert(row)) continue;
            var stored = Find(new RequestKey(row.Tenant, row.RequestId)) ?? throw new InvalidOperationException("A row was neither new nor known.");
            known.Add(stored.Key, stored);
        }

        var tracked = Tracked(needs.Nodes, needs.Users);
        return ValueTask.FromResult(
            new BatchStart(known, tracked, SqliteHolds.Stamps(writer, needs.HoldKeys), SqliteHolds.Epochs(writer, needs.FencedNodes)) { Aliases = Aliases() });
    }

    public ValueTask<CorrectionFacts> ReadOriginalsAsync(
        IReadOnlyList<RequestKey> corrections, IReadOnlyList<RequestKey> originals, CancellationToken cancellationToken)
    {
        var known = corrections.Select(Find).OfType<KnownRow>().ToList();
        var rows = new List<(KnownRow, long)>();
        foreach (var key in originals)
        {
            if (Find(key) is not { Kind: RowKind.Usage } row) continue;
            var sum = writer.Statement($"select coalesce({SqliteDialect.SumOf("cost")}, 0) from usage where tenant = ? and corrects = ? and kind = 1");
            sum.Text(key.Tenant);
            sum.Text(key.RequestId);
            rows.Add((row, sum.One(s => s.Long(0))));
        }

        return ValueTask.FromResult(new CorrectionFacts(known, rows));
    }

    public ValueTask<int> InsertAsync(IReadOnlyList<UsageRow> corrections, CancellationToken cancellationToken) =>
        ValueTask.FromResult(corrections.Count(Insert));

    public ValueTask<IReadOnlyList<TrackedUser>> ReadTrackedAsync(
        IReadOnlyCollection<string> nodes, IReadOnlyCollection<string> users, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Tracked(nodes, users));

    public ValueTask<BatchBalances> FinishAsync(BatchEffects effects, CancellationToken cancellationToken)
    {
        foreach (var node in effects.NewNodes) Add(node);
        var written = Upsert(effects);
        var read = Array.ConvertAll(effects.Reads, key => (key, Read(key)));
        SqliteHolds.Apply(writer, effects);
        writer.Commit();
        return ValueTask.FromResult(new BatchBalances(written, read));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>True: it was not there.</summary>
    private bool Add(string costCenter)
    {
        var insert = writer.Statement("insert into cost_centers (path, parent) values (?, ?) on conflict do nothing");
        insert.Text(costCenter);
        insert.Text(CostCenterId.ParentOf(costCenter) ?? "");
        return insert.Run() > 0;
    }

    private Balance[] Upsert(BatchEffects effects)
    {
        var upsert = writer.Statement(
            """
            insert into balances as b (cost_center, user_name, period, window_date, spent, requests, version) values (?, ?, ?, ?, ?, ?, 1)
            on conflict (cost_center, user_name, period, window_date) do update
            set spent = b.spent + excluded.spent, requests = b.requests + excluded.requests, version = b.version + 1
            returning spent, requests, version
            """);
        var written = new Balance[effects.Keys.Length];
        for (var i = 0; i < written.Length; i++)
        {
            Bind(upsert, effects.Keys[i]);
            upsert.Number(effects.Sums[i].Spent);
            upsert.Number(effects.Sums[i].Requests);
            written[i] = upsert.One(BalanceOf);
        }

        return written;
    }

    private Balance Read(BalanceKey key)
    {
        var select = writer.Statement(
            "select spent, requests, version from balances where cost_center = ? and user_name = ? and period = ? and window_date = ?");
        Bind(select, key);
        return select.Step() ? Ended(select, BalanceOf(select)) : Balance.Zero;
    }

    private static T Ended<T>(SqliteStatement statement, T value)
    {
        statement.Reset();
        return value;
    }

    private static Balance BalanceOf(SqliteStatement s) => new(new Money(s.Long(0)), s.Long(1), s.Long(2));

    private static void Bind(SqliteStatement statement, BalanceKey key)
    {
        statement.Text(key.CostCenter);
        statement.Text(key.User);
        statement.Number((long)key.Period);
        statement.Date(key.Window);
    }

    private bool Insert(UsageRow row)
    {
        var insert = _insert ??= writer.Statement(InsertUsage);
        insert.Number(_nextId);
        UsageColumns.Write(row, _batchId, insert);
        if (insert.Run() == 0) return false;
        _nextId++;
        return true;
    }

    private KnownRow? Find(RequestKey key)
    {
        var find = writer.Statement(FindKnown);
        find.Text(key.Tenant);
        find.Text(key.RequestId);
        return find.Step() ? Ended(find, find.Known()) : null;
    }

    private CostCenterAliases Aliases()
    {
        if (writer.Statement("select exists (select 1 from cost_center_aliases)").One(s => s.Long(0)) == 0) return CostCenterAliases.None;
        var select = writer.Statement("select from_path, to_path, keeps_history, for_checks, until from cost_center_aliases where until > ? order by from_path");
        select.Time(writer.Now);
        var aliases = new List<CostCenterAlias>();
        while (select.Step()) aliases.Add(new CostCenterAlias(select.Text(0), select.Text(1), select.Long(2) != 0, select.Long(3) != 0, SqliteDialect.TimeOf(select.Long(4))));
        return new CostCenterAliases(aliases);
    }

    private IReadOnlyList<TrackedUser> Tracked(IReadOnlyCollection<string> nodes, IReadOnlyCollection<string> users)
    {
        if (writer.Statement("select exists (select 1 from tracked_users)").One(s => s.Long(0)) == 0) return [];
        var select = writer.Statement(
            """
            select cost_center, user_name from tracked_users
            where cost_center in (select value from json_each(?)) and (user_name = '' or user_name in (select value from json_each(?)))
            """);
        select.Text(HoldColumns.ToJson(nodes));
        select.Text(HoldColumns.ToJson(users));
        var tracked = new List<TrackedUser>();
        while (select.Step()) tracked.Add(new TrackedUser(select.Text(0), select.Text(1)));
        return tracked;
    }
}
