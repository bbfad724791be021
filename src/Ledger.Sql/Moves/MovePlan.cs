using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Sql.Repricing;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>Whether a move can be, and what it is about.</summary>
internal static class MovePlan
{
    /// <summary>What is set on cost centers, which moves with them.</summary>
    public static readonly (string Table, string Column)[] Settings =
        [("budgets", "cost_center"), ("increases", "cost_center"), ("pauses", "cost_center"), ("api_keys", "cost_center"), ("channels", "under"), ("schedules", "cost_center")];

    /// <summary>The new name of a column's cost center. Takes <c>@from</c> and <c>@to</c>.</summary>
    public static string NewNameOf(string column) => $"@to || substr({column}, length(@from) + 1)";

    public static (string Name, object? Value)[] Parameters(CostCenterMove move) => [("from", move.From), ("to", move.To), .. Subtree.Parameters(move.From)];

    /// <summary>Why it cannot be; null: it can. A job does not stand in its own way.</summary>
    /// <param name="claim">Of a move that is being ordered; null: it has its place already.</param>
    public static async Task<MoveRefusal?> RefusalAsync(LedgerSession s, MoveJob job, ShareClaim? claim, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var move = job.Move;
        var paths = await s.ListAsync(
            $"select path from cost_centers where {Subtree.Where("path", move.From)} order by path limit @limit", r => r.Text(), cancellationToken,
            [.. Subtree.Parameters(move.From), ("limit", (long)ILedgerMoves.MaxCostCenters + 1)]);
        var open = await s.ListAsync(
            $"select from_path, to_path from cost_center_moves where state <= {(int)MoveState.Renaming} and id <> @self", r => new CostCenterMove(r.Text(), r.Text()), cancellationToken, ("self", job.Id));
        var rated = await RepriceTable.OpenAsync(s, cancellationToken);
        var aliases = await s.ListAsync(MoveTable.SelectAliases(s.Dialect), MoveTable.ReadAlias, cancellationToken);
        var existing = await s.ListAsync(
            $"select path from cost_centers where {s.Dialect.In("path", "@paths")} order by path", r => r.Text(), cancellationToken, ("paths", MoveObstacles.NamesLeftBehind(move, aliases)));
        var archived = await s.ListAsync(
            $"select path from archived_cost_centers where {s.Dialect.In("path", "@paths")} order by path", r => r.Text(), cancellationToken, ("paths", MoveObstacles.PathsOf(move)));
        return new MoveObstacles(paths, open, rated, aliases, existing, archived) { Deciding = await DecidingAsync(s, job, now, cancellationToken) }.Refusal(move, claim);
    }

    public static async Task<MoveExtent> ReadAsync(LedgerSession s, MoveJob job, ShareClaim claim, CancellationToken cancellationToken)
    {
        var move = job.Move;
        if (await RefusalAsync(s, job, claim, job.CreatedAt, cancellationToken) is { } refusal) return new MoveExtent(refusal, 0, 0, 0, 0, [], 0, 0, 0, 0);
        var parameters = Parameters(move);
        var ending = await s.ListAsync(
            $"""
            select b.cost_center, b.user_name from budgets b where {Subtree.Where("b.cost_center", move.From)}
                and exists (select 1 from budgets t where t.cost_center = {NewNameOf("b.cost_center")} and t.user_name = b.user_name)
            order by b.cost_center, b.user_name
            """,
            r => r.Text() + (r.TextOrEmpty() is { } user ? ", " + user : ""), cancellationToken, parameters);
        return new MoveExtent(
            null, await CountAsync("cost_centers", "path"),
            await s.NumberAsync($"select count(*) from cost_centers c where {Subtree.Where("c.path", move.From)} and exists (select 1 from cost_centers t where t.path = {NewNameOf("c.path")})", cancellationToken, parameters),
            await CountAsync("usage", "cost_center"), await CountAsync("budgets", "cost_center"), ending, await CountAsync("increases", "cost_center"), await CountAsync("pauses", "cost_center"),
            await CountAsync("api_keys", "cost_center"), await CountAsync("channels", "under"));

        Task<long> CountAsync(string table, string column) =>
            s.NumberAsync($"select count(*) from {table} where {Subtree.Where(column, move.From)}", cancellationToken, [.. Subtree.Parameters(move.From)]);
    }

    /// <summary>Rows that go at once, while no batch is committed; no more are counted than would be too many.</summary>
    private static async Task<long> DecidingAsync(LedgerSession s, MoveJob job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var selects = Settings.Select(t => $"select 1 as one from {t.Table} d where {Subtree.Where("d." + t.Column, job.Move.From)}");
        if (!job.KeepsHistory)
        {
            var isMoved = Subtree.Where("d.cost_center", job.Move.From);
            selects = [.. selects, $"select 1 from {MovedBalances.Deciding} d", $"select 1 from threshold_marks d where {isMoved}"];
        }

        return await s.NumberAsync(
            $"select count(*) from (select one from ({string.Join(" union all ", selects)}) d limit @limit) d", cancellationToken,
            [.. Subtree.Parameters(job.Move.From), ("from", job.Move.From), ("first_day", MovedBalances.FirstDayAt(now)), ("limit", (long)ILedgerMoves.MaxDeciding + 1)]);
    }
}
