using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>Usage rows get the new names of their cost centers. No sum changes with that: it has been moved before.</summary>
internal static class MovedRows
{
    private static readonly string[] _numbers =
        ["cost", "requests", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "input_characters", "output_characters"];

    /// <returns>How many were renamed; 0: none is left.</returns>
    public static async Task<int> RenameAsync(LedgerSession s, CostCenterMove move, int limit, CancellationToken cancellationToken)
    {
        var renamed = await s.ExecuteAsync(
            $"""
            update usage set cost_center = {MovePlan.NewNameOf("cost_center")} where kind <> 2 and (tenant, request_id) in
                (select u.tenant, u.request_id from usage u where u.kind <> 2 and {Subtree.Where("u.cost_center", move.From)} order by u.cost_center, u.booked_date limit @limit)
            """,
            cancellationToken, [.. MovePlan.Parameters(move), ("limit", (long)limit)]);
        return renamed > 0 ? renamed : await RenameRetainedAsync(s, move, limit, cancellationToken);
    }

    /// <summary>What retention has left: one row of each date, at the new name, too.</summary>
    private static async Task<int> RenameRetainedAsync(LedgerSession s, CostCenterMove move, int limit, CancellationToken cancellationToken)
    {
        (string Name, object? Value)[] parameters = [.. MovePlan.Parameters(move), ("limit", (long)limit)];
        var found = await s.ListAsync(
            $"select o.cost_center, o.booked_date from usage o where o.kind = 2 and {Subtree.Where("o.cost_center", move.From)} order by o.cost_center, o.booked_date limit @limit {s.Dialect.ForUpdate}",
            r => (CostCenter: r.Text(), Date: r.Date()), cancellationToken, parameters);
        if (found.Count == 0) return 0;
        parameters = [.. parameters, ("last", found[^1].CostCenter), ("last_date", found[^1].Date)];
        var isNext = $"o.kind = 2 and {Subtree.Where("o.cost_center", move.From)} and (o.cost_center, o.booked_date) <= (@last, @last_date)";
        var same = $"t.kind = 2 and t.cost_center = {MovePlan.NewNameOf("o.cost_center")} and t.booked_date = o.booked_date";
        await s.ExecuteAsync(
            $"""
            update usage as t set {string.Join(", ", _numbers.Select(n => $"{n} = case when t.{n} is null then o.{n} when o.{n} is null then t.{n} else {SaturatingSql.Add("t." + n, "o." + n)} end"))}
            from usage o where {isNext} and {same};
            delete from usage as o where {isNext} and exists (select 1 from usage t where {same});
            update usage as o set cost_center = {MovePlan.NewNameOf("o.cost_center")},
                request_id = 'retained:' || {MovePlan.NewNameOf("o.cost_center")} || substr(o.request_id, length('retained:') + length(o.cost_center) + 1)
            where {isNext}
            """,
            cancellationToken, parameters);
        return found.Count;
    }
}
