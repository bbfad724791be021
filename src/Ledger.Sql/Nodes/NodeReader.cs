using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Fence;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Nodes;

/// <summary>Reads what nodes need to decide, many at once, in one round trip.</summary>
internal sealed class NodeReader(LedgerDatabase database, FenceTables fence) : ILedgerNodes, ILedgerHolds
{
    /// <summary>Ancestors keep a hold this much longer than its owner, so that none lapses first.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public Task<IReadOnlyList<NodeState>> ReadNodesAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, CancellationToken cancellationToken) =>
        costCenters.Count == 0
            ? Task.FromResult<IReadOnlyList<NodeState>>([])
            : database.ReadAsync(s => ReadAsync(s, costCenters, fromDay, now, null, cancellationToken), cancellationToken);

    /// <summary>Not of one snapshot: the epochs are raised first, which waits for the holds of older epochs, and what follows must see those.</summary>
    public Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string process, CancellationToken cancellationToken) =>
        costCenters.Count == 0
            ? Task.FromResult<IReadOnlyList<NodeState>>([])
            : database.WriteAsync(s => ReadAsync(s, costCenters, fromDay, now, process, cancellationToken), cancellationToken);

    public Task GiveUpAsync(IReadOnlyList<NodeEpoch> nodes, string process, CancellationToken cancellationToken) =>
        fence.GiveUpAsync(nodes, process, cancellationToken);

    public Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken) =>
        ReadSideAsync(costCenter, user, fromDay, cancellationToken);

    public Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken) =>
        ReadSideAsync(child, "", fromDay, cancellationToken);

    public Task<IReadOnlyList<string>> ReadOwnersAsync(DateTimeOffset now, int most, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<string>>(
        async s => await s.ListAsync(
            "select owner from durable_holds where deadline > @now group by owner order by min(deadline), owner limit @most", r => r.Text(), cancellationToken, ("now", now), ("most", (long)most)),
        cancellationToken);

    /// <param name="user">Empty: the cost center itself.</param>
    private Task<SideState> ReadSideAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken) =>
        database.ReadAsync(
            s => s.QueryAsync(
                $"""
                select budget from budgets where cost_center = @cost_center and user_name = @user_name;
                select {IncreaseTable.Columns} from increases where cost_center = @cost_center and user_name = @user_name order by id;
                select period, window_date, spent, requests, version from balances
                where cost_center = @cost_center and user_name = @user_name and (period = 3 or (period = 1 and window_date >= @from_day))
                order by period, window_date
                """,
                async rows =>
                {
                    var budgets = await rows.RestAsync(r => r.Budget(), cancellationToken);
                    var increases = await rows.NextResultAsync(IncreaseTable.Read, cancellationToken);
                    var balances = await rows.NextResultAsync(r => (Period: (Period)r.Long(), Dated: Dated(r)), cancellationToken);
                    return new SideState(budgets.FirstOrDefault(), increases, Of(balances, Period.Daily), Of(balances, Period.Monthly));
                },
                cancellationToken, ("cost_center", costCenter), ("user_name", user), ("from_day", fromDay)),
            cancellationToken);

    private static Task<IReadOnlyList<NodeState>> ReadAsync(
        LedgerSession s, IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string? process, CancellationToken cancellationToken) =>
        s.QueryAsync<IReadOnlyList<NodeState>>(
            (process is null ? "" : FenceTables.TakeOver(s.Dialect)) + Select(s.Dialect),
            async rows =>
            {
                var taken = process is null ? [] : await FenceTables.ReadTakenAsync(rows, cancellationToken);
                var facts = await NodeFacts.ReadAsync(rows, first: process is null, cancellationToken);
                return [.. costCenters.Select(c => facts.StateOf(c, taken.GetValueOrDefault(c)))];
            },
            cancellationToken, Parameters(costCenters, fromDay, now, process));

    private static (string Name, object? Value)[] Parameters(IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string? process)
    {
        var sorted = costCenters.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        (string, object?)[] shared = [("paths", sorted), ("from_day", fromDay), ("deadline", now - Grace)];
        return process is null ? shared : [.. shared, ("process", process)];
    }

    private static string Select(Dialect dialect)
    {
        return $"""
            select path from cost_centers where {dialect.In("path", "@paths")};
            select cost_center, version from node_versions where {dialect.In("cost_center", "@paths")};
            select cost_center, budget from budgets where {dialect.In("cost_center", "@paths")} and user_name = '';
            select distinct cost_center from budgets where {dialect.In("cost_center", "@paths")} and user_name > '';
            select {IncreaseTable.Columns} from increases where {dialect.In("cost_center", "@paths")} and user_name = '' order by id;
            select {PauseTable.Columns} from pauses where {dialect.In("cost_center", "@paths")} order by cost_center, user_name, model;
            select cost_center, period, window_date, spent, requests, version from balances
            where {dialect.In("cost_center", "@paths")} and user_name = '' and (period = 3 or (period = 1 and window_date >= @from_day))
            order by cost_center, period, window_date;
            select n.cost_center, {HoldColumns.Select} from durable_hold_nodes n join durable_holds h on h.key = n.key
            where {dialect.In("n.cost_center", "@paths")} and h.deadline > @deadline
            order by n.cost_center, h.key;
            {MoveTable.SelectClosed(dialect)}
            """;
    }

    public static DatedBalance Dated(RowReader r) => new(r.Date(), r.Balance());

    public static IReadOnlyList<DatedBalance> Of(IEnumerable<(Period Period, DatedBalance Dated)> balances, Period period) =>
        [.. balances.Where(b => b.Period == period).Select(b => b.Dated)];
}

/// <summary>The rows of many nodes, by node.</summary>
internal sealed record NodeFacts(
    HashSet<string> Existing, Dictionary<string, long> Versions, Dictionary<string, Budget> Budgets, HashSet<string> WithUserBudgets,
    ILookup<string, Increase> Increases, ILookup<string, Pause> Pauses, ILookup<string, (Period Period, DatedBalance Dated)> Balances,
    ILookup<string, DurableHold> Holds)
{
    public static async Task<NodeFacts> ReadAsync(RowReader rows, bool first, CancellationToken cancellationToken)
    {
        var existing = first ? await rows.RestAsync(r => r.Text(), cancellationToken) : await rows.NextResultAsync(r => r.Text(), cancellationToken);
        var versions = await rows.NextResultAsync(r => (Path: r.Text(), Version: r.Long()), cancellationToken);
        var budgets = await rows.NextResultAsync(r => (Path: r.Text(), Budget: r.Budget()), cancellationToken);
        var withUsers = await rows.NextResultAsync(r => r.Text(), cancellationToken);
        var increases = await rows.NextResultAsync(IncreaseTable.Read, cancellationToken);
        var pauses = await rows.NextResultAsync(PauseTable.Read, cancellationToken);
        var balances = await rows.NextResultAsync(r => (Path: r.Text(), Period: (Period)r.Long(), Dated: NodeReader.Dated(r)), cancellationToken);
        var holds = await rows.NextResultAsync(new HoldRows().Read, cancellationToken);
        pauses.AddRange(await rows.NextResultAsync(MoveTable.ReadClosed, cancellationToken));
        return new NodeFacts(
            existing.ToHashSet(StringComparer.Ordinal), versions.ToDictionary(v => v.Path, v => v.Version, StringComparer.Ordinal),
            budgets.ToDictionary(b => b.Path, b => b.Budget, StringComparer.Ordinal), withUsers.ToHashSet(StringComparer.Ordinal),
            increases.ToLookup(i => i.CostCenter, StringComparer.Ordinal), pauses.ToLookup(p => p.CostCenter, StringComparer.Ordinal),
            balances.ToLookup(b => b.Path, b => (b.Period, b.Dated), StringComparer.Ordinal), holds.ToLookup(h => h.CostCenter, h => h.Hold, StringComparer.Ordinal));
    }

    public NodeState StateOf(string path, (long Epoch, TimeSpan Wait) taken) => new(
        path, Existing.Contains(path), taken.Epoch, Versions.GetValueOrDefault(path), Budgets.GetValueOrDefault(path), WithUserBudgets.Contains(path),
        [.. Increases[path]], [.. Pauses[path]], NodeReader.Of(Balances[path], Period.Daily), NodeReader.Of(Balances[path], Period.Monthly), [.. Holds[path]]) { Wait = taken.Wait };
}
