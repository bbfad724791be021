using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Fence;

/// <summary>
/// The fence between processes in the ledger: leases, who holds which node, and who must hear that it lost one. A take-over share-locks the lease of the
/// process that it takes the node from, and a renewal looks for take-overs when it has its row: so either the renewal names the node, or the take-over sees
/// the renewed lease and waits.
/// </summary>
internal sealed class FenceTables(LedgerDatabase database)
{
    /// <summary>Longer than any registration is on its way.</summary>
    private static readonly TimeSpan _quiet = TimeSpan.FromHours(1);

    private static readonly (string, string)[] _nodeColumns = [("cost_center", "text"), ("epoch", "bigint")];

    /// <summary>
    /// The epoch of a process that opens the ledger. One that has it alone gives its epoch to its nodes, so it is above all that they had in a cluster: stamps only
    /// grow.
    /// </summary>
    public static Task<long> RaiseProcessEpochAsync(LedgerSession session, bool alone, CancellationToken cancellationToken) =>
        session.NumberAsync(
            $"""
            update counters set value = 1 + {(alone ? "(select max(known.epoch) from (select counters.value as epoch union all select epoch from node_epochs) known)" : "value")}
            where name = 'process_epoch' returning value
            """,
            cancellationToken);

    /// <summary>Renews the lease, forgets take-overs of nodes that were dropped, names those that are left: one round trip, statement after statement.</summary>
    public static Task<LeaseAnswer> RenewAsync(LedgerSession session, LeaseRenewal renewal, CancellationToken cancellationToken)
    {
        var dialect = session.Dialect;
        (string, object?)[] parameters =
        [
            ("process", renewal.Process), ("epoch", renewal.Epoch), ("number", renewal.Number), ("runs", Micros(renewal.Runs)), ("most", (long)LeaseAnswer.MaxNamed),
        ];
        if (renewal.Dropped.Count > 0) parameters = [.. parameters, ("dropped", ToJson(renewal.Dropped))];
        return session.QueryAsync(
            $"""
            insert into leases as l (process, epoch, renewed_at, runs_micros, born) values (@process, @epoch, {dialect.Now}, @runs, @number)
            on conflict (process) do update set epoch = excluded.epoch, renewed_at = excluded.renewed_at, runs_micros = excluded.runs_micros
            returning renewed_at, born;
            {(renewal.Dropped.Count > 0 ? Forget(dialect) : "")}
            select cost_center, epoch from node_takeovers where process = @process order by cost_center limit @most
            """,
            async rows =>
            {
                var renewed = await rows.RestAsync(r => (At: r.Time(), Born: r.Long()), cancellationToken);
                var taken = await rows.NextResultAsync(r => new NodeEpoch(r.Text(), r.Long()), cancellationToken);
                return new LeaseAnswer(renewed[0].At, renewed[0].Born, taken);
            },
            cancellationToken, parameters);
    }

    /// <summary>
    /// Raises the epochs of nodes for this process, in the order of their names. Where another process held the node and its lease still runs, the node waits
    /// until that has run out; a wait that has begun stays, whoever comes next. Every process that has a lease hears of what it lost.
    /// An epoch is above that of the last process that had the ledger alone, whose nodes had no epochs of their own: stamps only grow.
    /// Ends with a select of path, epoch, end of the wait and the ledger's clock.
    /// </summary>
    public static string TakeOver(Dialect dialect) =>
        $"""
        insert into node_epochs as e (cost_center, epoch, process, registered_at)
        select p.value, c.value + 1, @process, {dialect.Now} from ({dialect.Elements("@paths")}) p, counters c where c.name = 'exclusive_epoch'
        on conflict (cost_center) do update
        set epoch = case when e.epoch < excluded.epoch then excluded.epoch else e.epoch + 1 end, taken_from = e.process, process = excluded.process, registered_at = excluded.registered_at;
        select l.process from leases l
        where l.process <> @process and l.process in (select e.taken_from from node_epochs e where {dialect.In("e.cost_center", "@paths")})
        order by l.process {dialect.ForShare};
        update node_epochs as e set wait_until = {dialect.Later(dialect.Now, "l.runs_micros")} from leases l
        where l.process = e.taken_from and l.process <> @process and {dialect.In("e.cost_center", "@paths")}
            and {dialect.Later("l.renewed_at", "l.runs_micros")} > {dialect.Now}
            and (e.wait_until is null or e.wait_until < {dialect.Later(dialect.Now, "l.runs_micros")});
        insert into node_takeovers as t (process, cost_center, epoch)
        select l.process, e.cost_center, e.epoch from node_epochs e join leases l on l.process = e.taken_from
        where l.process <> @process and {dialect.In("e.cost_center", "@paths")}
        order by l.process, e.cost_center
        on conflict (process, cost_center) do update set epoch = excluded.epoch;
        select cost_center, epoch, wait_until, {dialect.Now} from node_epochs where {dialect.In("cost_center", "@paths")};

        """;

    /// <summary>The answers of <see cref="TakeOver"/>, by path.</summary>
    public static async Task<Dictionary<string, (long Epoch, TimeSpan Wait)>> ReadTakenAsync(RowReader rows, CancellationToken cancellationToken)
    {
        await rows.RestAsync(r => r.Text(), cancellationToken);
        var taken = await rows.NextResultAsync(r => (Path: r.Text(), Epoch: r.Long(), Until: r.TimeOrNull(), Now: r.Time()), cancellationToken);
        return taken.ToDictionary(
            t => t.Path, t => (t.Epoch, t.Until is { } until && until > t.Now ? until - t.Now : TimeSpan.Zero), StringComparer.Ordinal);
    }

    /// <summary>Gives nodes up: whoever comes next need not wait. Only those that are still this process's, in this very epoch.</summary>
    public Task GiveUpAsync(IReadOnlyList<NodeEpoch> nodes, string process, CancellationToken cancellationToken) =>
        database.WriteAsync(
            s => s.ExecuteAsync(
                $"""
                select 1 from node_epochs where {s.Dialect.In("cost_center", "@paths")} and process = @process order by cost_center {s.Dialect.ForUpdate};
                update node_epochs as e set process = '' where {s.Dialect.In("e.cost_center", "@paths")} and e.process = @process
                    and exists (select 1 from {s.Dialect.Rows("@nodes", "n", _nodeColumns)} where n.cost_center = e.cost_center and n.epoch = e.epoch)
                """,
                cancellationToken, ("paths", nodes.Select(n => n.CostCenter).Order(StringComparer.Ordinal).ToArray()), ("process", process), ("nodes", ToJson(nodes))),
            cancellationToken);

    /// <summary>Ends a lease: all nodes of the process are given up with it. A renewal that arrives later makes a new one, which only costs a wait.</summary>
    public Task EndLeaseAsync(string process, CancellationToken cancellationToken) =>
        database.WriteAsync(
            s => s.ExecuteAsync("delete from leases where process = @process; delete from node_takeovers where process = @process", cancellationToken, ("process", process)),
            cancellationToken);

    /// <summary>
    /// Forgets processes that have been silent since before that instant, and what they would have been told. One that comes back all the same finds its row
    /// made anew, and drops every node that it held.
    /// </summary>
    public static async Task ForgetAsync(LedgerSession session, TimeSpan silence, int limit, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(
            $"delete from leases where {session.Dialect.Later("renewed_at", "@silence")} < {session.Dialect.Now}", cancellationToken, ("silence", Micros(silence)));
        await session.ExecuteAsync(
            """
            delete from node_takeovers where (process, cost_center) in
                (select t.process, t.cost_center from node_takeovers t where not exists (select 1 from leases l where l.process = t.process) limit @limit)
            """,
            cancellationToken, ("limit", (long)limit));
    }

    /// <summary>
    /// Forgets who held cost centers that nobody knows: a check of a made-up name leaves a row. Stamps only grow, so the epoch from which new nodes begin is first raised above theirs; a row
    /// goes an hour after that at the soonest, when no registration that began before can still be on its way.
    /// </summary>
    public static async Task<int> ForgetNodesAsync(LedgerSession session, int limit, CancellationToken cancellationToken)
    {
        var dialect = session.Dialect;
        const string unknown = """
            not exists (select 1 from cost_centers c where c.path = e.cost_center) and not exists (select 1 from tenants t where t.tenant = e.cost_center)
            and not exists (select 1 from budgets b where b.cost_center = e.cost_center)
            and not exists (select 1 from durable_hold_nodes n where n.cost_center = e.cost_center) and not exists (select 1 from leases l where l.process = e.process)
            """;
        var forgotten = await session.ExecuteAsync(
            $"""
            delete from node_epochs where cost_center in
                (select e.cost_center from node_epochs e where {dialect.Later("e.registered_at", "@kept")} < {dialect.Now}
                and e.epoch <= (select value from counters where name = 'exclusive_epoch') and {unknown} order by e.cost_center limit @limit)
            """,
            cancellationToken, ("kept", Micros(2 * _quiet)), ("limit", (long)limit));
        await session.ExecuteAsync(
            $"""
            update counters set value = known.epoch
            from (select max(e.epoch) as epoch from node_epochs e where {dialect.Later("e.registered_at", "@quiet")} < {dialect.Now} and {unknown}) known
            where name = 'exclusive_epoch' and value < known.epoch
            """,
            cancellationToken, ("quiet", Micros(_quiet)));
        return forgotten;
    }

    private static string Forget(Dialect dialect) =>
        $"""
        delete from node_takeovers where process = @process and exists
            (select 1 from {dialect.Rows("@dropped", "d", _nodeColumns)} where d.cost_center = node_takeovers.cost_center and d.epoch >= node_takeovers.epoch);
        """;

    private static string ToJson(IReadOnlyList<NodeEpoch> nodes) => JsonRows.Of(nodes, (to, node) =>
    {
        to.WriteString("cost_center", node.CostCenter);
        to.WriteNumber("epoch", node.Epoch);
    });

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
