using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>
/// Balances go with their cost centers: to the new names, from the ancestors that lose them, to those that gain them. What is above both does not change. Of users the same where they are
/// told apart; so that sums of users are whole, <see cref="MovedUsers"/> has both sides tell the same users apart first.
/// </summary>
internal sealed class MovedBalances(LedgerSession s, CostCenterMove move)
{
    private const string Key = "(cost_center, user_name, period, window_date)";

    /// <summary>A sum that passes 64 bits is an error: the move is refused, as a record would be.</summary>
    public const string Add =
        $"""
        on conflict {Key} do update set spent = b.spent + excluded.spent, requests = b.requests + excluded.requests,
            version = case when b.version > excluded.version then b.version else excluded.version end + 1
        """;

    private readonly (string Name, object? Value)[] _parameters = MovePlan.Parameters(move);

    /// <summary>No node has older days in memory, and none decides by them. Two more than it keeps: tenants differ in their dates, and it may have been read yesterday.</summary>
    public static DateOnly FirstDayAt(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime).AddDays(-WindowBalances.DaysKept - 2);

    /// <summary>
    /// A select of what decisions go by: months, and the latest days. Whose balances there are is found by steps along the primary key, over all the days in between: they may be many times as many.
    /// The limit, which is none, has SQLite find them once for each statement, whatever they are joined with.
    /// </summary>
    public static readonly string Deciding =
        $"""
        (with recursive g (cost_center, user_name, last) as (
            select c.path, substr(c.path, 1, 0), c.path from cost_centers c where c.path = @from
            union all
            select c.path || '/', substr(c.path, 1, 0), c.path || '/{AfterEveryName}' from cost_centers c where c.path = @from
            union all
            select {NextOf("cost_center")}, {NextOf("user_name")}, g.last from g where g.cost_center is not null)
        select d.* from g cross join balances d
        where d.cost_center = g.cost_center and d.user_name = g.user_name
            and (d.period = {(int)Period.Monthly} or (d.period = {(int)Period.Daily} and d.window_date >= @first_day)) and (d.spent <> 0 or d.requests <> 0)
        limit {long.MaxValue})
        """;

    private const string AfterEveryName = "{";

    // Not as one comparison of both: SQLite would go by the first alone, over all users of a cost center for each of them.
    private static string NextOf(string column) =>
        $"""
        coalesce(
            (select b.{column} from balances b where b.cost_center = g.cost_center and b.user_name > g.user_name order by b.user_name limit 1),
            (select b.{column} from balances b where b.cost_center > g.cost_center and b.cost_center <= g.last order by b.cost_center, b.user_name limit 1))
        """;

    /// <summary>Moves what decisions go by, while no batch is committed.</summary>
    public Task MoveDecidingAsync(DateTimeOffset now, CancellationToken cancellationToken) => MoveAsync(Deciding, [.. _parameters, ("first_day", FirstDayAt(now))], cancellationToken);

    /// <summary>A step with what is left.</summary>
    /// <returns>How many there were; 0: none is left.</returns>
    public async Task<int> StepAsync(int limit, CancellationToken cancellationToken)
    {
        var next = $"select * from balances d where {Subtree.Where("d.cost_center", move.From)} and {HasAnything("d")} order by d.cost_center, d.user_name, d.period, d.window_date limit {limit}";
        var found = (await s.ListAsync($"{next} {s.Dialect.ForUpdate}", _ => true, cancellationToken, _parameters)).Count;
        if (found > 0) await MoveAsync($"({next})", _parameters, cancellationToken);
        return found;
    }

    /// <summary>Whether any step is to come.</summary>
    public static Task<bool> AnyLeftAsync(LedgerSession s, CostCenterMove move, CancellationToken cancellationToken) => s.AnyAsync(
        $"select 1 from balances d where {Subtree.Where("d.cost_center", move.From)} and {HasAnything("d")} limit 1", cancellationToken, MovePlan.Parameters(move));

    /// <param name="moved">A select of the balances, the same in each statement.</param>
    private async Task MoveAsync(string moved, (string Name, object? Value)[] parameters, CancellationToken cancellationToken)
    {
        foreach (var gaining in move.Gaining)
        {
            await s.ExecuteAsync(
                $"""
                insert into balances as b (cost_center, user_name, period, window_date, spent, requests, version)
                select @node, o.user_name, o.period, o.window_date, o.spent, o.requests, o.version + 1 from {moved} o
                where o.cost_center = @from and {IsToldApart("o", "@node")} order by o.user_name, o.period, o.window_date
                {Add}
                """,
                cancellationToken, [.. parameters, ("node", gaining)]);
        }

        foreach (var losing in move.Losing)
        {
            // A user whose old records retention has deleted may have more under the one than the other ever counted.
            await s.ExecuteAsync(
                $"""
                update balances as b set spent = case when b.requests >= gone.requests then b.spent - gone.spent else 0 end,
                    requests = case when b.requests >= gone.requests then b.requests - gone.requests else 0 end,
                    version = case when b.version > gone.version then b.version else gone.version end + 1
                from {moved} gone
                where b.cost_center = @node and gone.cost_center = @from and gone.user_name = b.user_name and gone.period = b.period and gone.window_date = b.window_date
                """,
                cancellationToken, [.. parameters, ("node", losing)]);
        }

        await s.ExecuteAsync(
            $"""
            insert into balances as b (cost_center, user_name, period, window_date, spent, requests, version)
            select {MovePlan.NewNameOf("o.cost_center")}, o.user_name, o.period, o.window_date, o.spent, o.requests, o.version + 1 from {moved} o
            where true order by o.cost_center, o.user_name, o.period, o.window_date
            {Add}
            """,
            cancellationToken, parameters);
        // Rows of nothing rather than none, and for good: whoever has figures of an old name in memory takes newer ones only, also of what may come to this name later.
        await s.ExecuteAsync(
            $"update balances set spent = 0, requests = 0, version = version + 1 where {Key} in (select o.cost_center, o.user_name, o.period, o.window_date from {moved} o)", cancellationToken, parameters);
    }

    /// <summary>What was moved away before has left balances of nothing.</summary>
    public static string HasAnything(string balances) => $"({balances}.spent <> 0 or {balances}.requests <> 0)";

    /// <summary>A condition: the node has sums of the balance's user.</summary>
    public static string IsToldApart(string balances, string node) =>
        $"({balances}.user_name = '' or exists (select 1 from tracked_users t where t.cost_center = {node} and t.user_name in ('', {balances}.user_name)))";
}
