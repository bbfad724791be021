using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>
/// Balances go with their cost centers: to the new names, from the ancestors that lose them, to those that gain them. What is above both does not change. Of users the
/// same where they are told apart; so that sums of users are whole, both sides are made to tell the same users apart first.
/// </summary>
internal sealed class MovedBalances(LedgerDatabase database, LedgerSession s, CostCenterMove move)
{
    private const string Key = "(cost_center, user_name, period, window_date)";

    /// <summary>A sum that passes 64 bits is an error: the move is refused, as a record would be.</summary>
    private const string Add =
        $"""
        on conflict {Key} do update set spent = b.spent + excluded.spent, requests = b.requests + excluded.requests,
            version = case when b.version > excluded.version then b.version else excluded.version end + 1
        """;

    private readonly (string Name, object? Value)[] _parameters = MovePlan.Parameters(move);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await TrackAsync(cancellationToken);
        await s.ExecuteAsync(
            $"""
            insert into balances as b (cost_center, user_name, period, window_date, spent, requests, version)
            select {MovePlan.NewNameOf("o.cost_center")}, o.user_name, o.period, o.window_date, o.spent, o.requests, o.version + 1 from balances o
            where {Subtree.Where("o.cost_center", move.From)} and {HasAnything("o")} order by o.cost_center, o.user_name, o.period, o.window_date
            {Add}
            """,
            cancellationToken, _parameters);
        foreach (var gaining in move.Gaining)
        {
            await s.ExecuteAsync(
                $"""
                insert into balances as b (cost_center, user_name, period, window_date, spent, requests, version)
                select @node, o.user_name, o.period, o.window_date, o.spent, o.requests, o.version + 1 from balances o
                where o.cost_center = @from and {HasAnything("o")} and {IsToldApart} order by o.user_name, o.period, o.window_date
                {Add}
                """,
                cancellationToken, ("node", gaining), ("from", move.From));
        }

        foreach (var losing in move.Losing)
        {
            // A user whose old records retention has deleted may have more under the one than the other ever counted.
            await s.ExecuteAsync(
                """
                update balances as b set spent = case when b.requests >= o.requests then b.spent - o.spent else 0 end,
                    requests = case when b.requests >= o.requests then b.requests - o.requests else 0 end,
                    version = case when b.version > o.version then b.version else o.version end + 1
                from balances o
                where b.cost_center = @node and o.cost_center = @from and o.user_name = b.user_name and o.period = b.period and o.window_date = b.window_date
                """,
                cancellationToken, ("node", losing), ("from", move.From));
        }

        // Rows of nothing rather than none, and for good: whoever has figures of an old name in memory takes newer ones only, also of what may come to this name later.
        await s.ExecuteAsync($"update balances set spent = 0, requests = 0, version = version + 1 where {Subtree.Where("cost_center", move.From)} and {HasAnything("balances")}", cancellationToken, _parameters);
        await s.ExecuteAsync(
            $"""
            insert into threshold_marks (cost_center, user_name, period, window_date, at, generation, fired, changed_at)
            select {MovePlan.NewNameOf("o.cost_center")}, o.user_name, o.period, o.window_date, o.at, o.generation, o.fired, o.changed_at from threshold_marks o
            where {Subtree.Where("o.cost_center", move.From)}
            on conflict do nothing;
            delete from threshold_marks where {Subtree.Where("cost_center", move.From)}
            """,
            cancellationToken, _parameters);
    }

    /// <summary>Users that the new place tells apart, or an ancestor that loses or gains, are told apart at the old one, too, and then the other way round.</summary>
    private async Task TrackAsync(CancellationToken cancellationToken)
    {
        var around = await s.ListAsync(
            $"select distinct user_name from tracked_users where {s.Dialect.In("cost_center", "@around")} order by user_name", r => r.Text(), cancellationToken,
            ("around", move.Losing.Concat(move.Gaining).ToArray()));
        foreach (var user in around) await UserTracking.StartAsync(s, database, move.From, user, cancellationToken);
        var back = new CostCenterMove(move.To, move.From);
        var target = await s.ListAsync(
            $"""
            select t.cost_center, t.user_name from tracked_users t
            where {Subtree.Where("t.cost_center", move.To)} and exists (select 1 from cost_centers c where c.path = {MovePlan.NewNameOf("t.cost_center")})
            order by t.cost_center, t.user_name
            """,
            r => (Path: r.Text(), User: r.Text()), cancellationToken, MovePlan.Parameters(back));
        foreach (var (path, user) in target) await UserTracking.StartAsync(s, database, back.NewNameOf(path), user, cancellationToken);
        await TrackMovedAsync(database, s, move, cancellationToken);
    }

    /// <summary>Users that the old names tell apart are told apart by the new ones.</summary>
    public static async Task TrackMovedAsync(LedgerDatabase database, LedgerSession s, CostCenterMove move, CancellationToken cancellationToken)
    {
        var tracked = await s.ListAsync(
            $"select cost_center, user_name from tracked_users where {Subtree.Where("cost_center", move.From)} order by cost_center, user_name", r => (Path: r.Text(), User: r.Text()),
            cancellationToken, [.. Subtree.Parameters(move.From)]);
        foreach (var (path, user) in tracked) await UserTracking.StartAsync(s, database, move.NewNameOf(path), user, cancellationToken);
    }

    /// <summary>What was moved away before has left balances of nothing.</summary>
    private static string HasAnything(string balances) => $"({balances}.spent <> 0 or {balances}.requests <> 0)";

    private const string IsToldApart =
        "(o.user_name = '' or exists (select 1 from tracked_users t where t.cost_center = @node and t.user_name in ('', o.user_name)))";
}
