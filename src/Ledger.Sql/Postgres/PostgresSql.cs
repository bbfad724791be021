using BudgetEngine.Ledger.Sql.Records;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>The statements of a batch. Lists come as arrays, sorted by the client: every transaction takes its locks in the same order.</summary>
internal static class PostgresSql
{
    /// <summary>Shared: batches run beside each other, but not beside the first fill of user balances.</summary>
    public static readonly string LockBatches = $"select pg_advisory_xact_lock_shared({PostgresDatabase.BatchLock})";

    public static readonly string InsertUsage =
        $"""
        insert into usage ({string.Join(", ", UsageColumns.Names)})
        select {string.Join(", ", UsageColumns.Names.Select(n => n == "tags" ? "t.tags::json" : "t." + n))}
        from unnest({PostgresArrays.Placeholders(UsageColumns.Names.Length)}) as t({string.Join(", ", UsageColumns.Names)})
        on conflict (tenant, request_id) where kind <> 2 do nothing
        """;

    public const string SelectTracked =
        "select cost_center, user_name from tracked_users where cost_center = any($1) and (user_name = '' or user_name = any($2))";

    public const string SelectStamps = "select key, attempt, revision from durable_holds where key = any($1) order by key for update";

    /// <summary>Share locks: a node that is taken over waits until this batch has ended, and then sees its holds.</summary>
    public const string SelectEpochs = "select cost_center, epoch from node_epochs where cost_center = any($1) order by cost_center for share";

    /// <summary>Rows of these ids that were stored before this transaction.</summary>
    public static readonly string SelectKnown =
        $"""
        select {UsageColumns.SelectKnown} from unnest($1, $2) as k(tenant, request_id)
        join usage u on u.tenant = k.tenant and u.request_id = k.request_id and u.kind <> 2
        where u.transaction_id <> pg_current_xact_id()
        """;

    /// <summary>Rows of these ids, of this transaction too.</summary>
    public static readonly string SelectStored =
        $"""
        select {UsageColumns.SelectKnown} from unnest($1, $2) as k(tenant, request_id)
        join usage u on u.tenant = k.tenant and u.request_id = k.request_id and u.kind <> 2
        """;

    public static readonly string LockOriginals =
        $"""
        select {UsageColumns.SelectKnown} from usage u
        where (u.tenant, u.request_id) in (select k.tenant, k.request_id from unnest($1, $2) as k(tenant, request_id)) and u.kind <> 2 and u.kind = 0
        order by u.tenant, u.request_id for update of u
        """;

    public const string SumCorrections =
        """
        select u.tenant, u.corrects, sum(u.cost)::bigint from unnest($1, $2) as k(tenant, request_id)
        join usage u on u.tenant = k.tenant and u.corrects = k.request_id and u.kind = 1
        group by u.tenant, u.corrects
        """;

    public const string InsertCostCenters =
        "insert into cost_centers (path, parent) select t.path, t.parent from unnest($1, $2) as t(path, parent) on conflict do nothing";

    /// <summary>The same; answers with those that were not there.</summary>
    public const string CreateCostCenters = InsertCostCenters + " returning path";

    /// <summary>Every row given gives one row back, in the order given: an insert handles and returns its rows one after the other.</summary>
    public const string AddBalances =
        """
        insert into balances as b (cost_center, user_name, period, window_date, spent, requests, version)
        select t.cost_center, t.user_name, t.period, t.window_date, t.spent, t.requests, 1
        from unnest($1, $2, $3, $4, $5, $6) as t(cost_center, user_name, period, window_date, spent, requests)
        on conflict (cost_center, user_name, period, window_date) do update
        set spent = b.spent + excluded.spent, requests = b.requests + excluded.requests, version = b.version + 1
        returning spent, requests, version
        """;

    public const string SelectBalances =
        """
        select b.cost_center, b.user_name, b.period, b.window_date, b.spent, b.requests, b.version
        from unnest($1, $2, $3, $4) as k(cost_center, user_name, period, window_date)
        join balances b on b.cost_center = k.cost_center and b.user_name = k.user_name and b.period = k.period and b.window_date = k.window_date
        """;

    public const string DeleteHolds =
        "delete from durable_holds h using unnest($1, $2) as k(key, attempt) where h.key = k.key and h.attempt <= k.attempt";

    public static readonly string PutHolds =
        $"""
        insert into durable_holds as h ({string.Join(", ", HoldColumns.Names)})
        select {string.Join(", ", HoldColumns.Names.Select(n => "t." + n))}
        from unnest({PostgresArrays.Placeholders(HoldColumns.Names.Length)}) as t({string.Join(", ", HoldColumns.Names)})
        on conflict (key) do update
        set {string.Join(", ", HoldColumns.Names.Skip(1).Select(n => $"{n} = excluded.{n}"))}
        where (h.attempt, h.revision) <= (excluded.attempt, excluded.revision)
        """;

    public const string DeleteHoldNodes = "delete from durable_hold_nodes where key = any($1)";

    public const string InsertHoldNodes =
        "insert into durable_hold_nodes (cost_center, key) select t.cost_center, t.key from unnest($1, $2) as t(cost_center, key) on conflict do nothing";
}
