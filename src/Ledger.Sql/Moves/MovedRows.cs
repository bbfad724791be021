using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>Usage rows get the new names of their cost centers. No sum changes with that: it has been moved before.</summary>
internal static class MovedRows
{
    private static readonly string[] _numbers =
        ["cost", "requests", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "input_characters", "output_characters"];

    private static string NewName => MovePlan.NewNameOf("cost_center");

    /// <summary>Rows that a roll-up has not come to yet: it must find them under their new names.</summary>
    public static Task<int> RenameUnrolledAsync(LedgerSession s, CostCenterMove move, CancellationToken cancellationToken) =>
        s.ExecuteAsync(
            $"""
            update usage as u set cost_center = {MovePlan.NewNameOf("u.cost_center")}
            where u.kind <> 2 and {Subtree.Where("u.cost_center", move.From)}
                and (({s.Dialect.RollUpPosition}) > (select {s.Dialect.RollUpCursor} from model_spend_cursor)
                    or ({s.Dialect.RollUpPosition}) > (select {s.Dialect.RollUpCursor} from usage_days_cursor))
            """,
            cancellationToken, MovePlan.Parameters(move));

    /// <returns>How many were renamed; 0: none is left.</returns>
    public static async Task<int> RenameAsync(LedgerSession s, CostCenterMove move, int limit, CancellationToken cancellationToken)
    {
        var renamed = await s.ExecuteAsync(
            $"""
            update usage set cost_center = {NewName} where kind <> 2 and (tenant, request_id) in
                (select u.tenant, u.request_id from usage u where u.kind <> 2 and {Subtree.Where("u.cost_center", move.From)} order by u.cost_center, u.booked_date limit @limit)
            """,
            cancellationToken, [.. MovePlan.Parameters(move), ("limit", (long)limit)]);
        return renamed > 0 ? renamed : await RenameRetainedAsync(s, move, cancellationToken);
    }

    /// <summary>What retention has left: one row of each date, at the new name, too.</summary>
    private static async Task<int> RenameRetainedAsync(LedgerSession s, CostCenterMove move, CancellationToken cancellationToken)
    {
        var (parameters, ofMoved) = (MovePlan.Parameters(move), Subtree.Where("o.cost_center", move.From));
        var same = $"t.kind = 2 and t.cost_center = {MovePlan.NewNameOf("o.cost_center")} and t.booked_date = o.booked_date";
        await s.ExecuteAsync(
            $"""
            update usage as t set {string.Join(", ", _numbers.Select(n => $"{n} = case when t.{n} is null then o.{n} when o.{n} is null then t.{n} else {SaturatingSql.Add("t." + n, "o." + n)} end"))}
            from usage o where o.kind = 2 and {ofMoved} and {same}
            """,
            cancellationToken, parameters);
        var merged = await s.ExecuteAsync($"delete from usage as o where o.kind = 2 and {ofMoved} and exists (select 1 from usage t where {same})", cancellationToken, parameters);
        return merged + await s.ExecuteAsync(
            $"""
            update usage set cost_center = {NewName}, request_id = 'retained:' || {NewName} || substr(request_id, length('retained:') + length(cost_center) + 1)
            where kind = 2 and {Subtree.Where("cost_center", move.From)}
            """,
            cancellationToken, parameters);
    }
}
