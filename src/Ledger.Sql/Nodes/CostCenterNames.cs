using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Nodes;

/// <summary>Looks cost centers up by name, in a session that somebody has: each is one look into an index.</summary>
internal static class CostCenterNames
{
    public static async Task<IReadOnlySet<string>> ReadExistingAsync(LedgerSession session, IReadOnlyCollection<string> paths, CancellationToken cancellationToken) =>
        (await session.ListAsync(
            $"select path from cost_centers where {session.Dialect.In("path", "@paths")}", r => r.Text(), cancellationToken, ("paths", paths.ToArray())))
        .ToHashSet(StringComparer.Ordinal);

    public static async Task<IReadOnlyList<string>> ReadSiblingsAsync(LedgerSession session, string costCenter, int limit, CancellationToken cancellationToken) =>
        await session.ListAsync(
            """
            select path from (select path from cost_centers where parent = @parent and path < @path order by path desc limit @half) b
            union all
            select path from (select path from cost_centers where parent = @parent and path > @path order by path limit @half) a
            """,
            r => r.Text(), cancellationToken, ("parent", CostCenterId.ParentOf(costCenter) ?? ""), ("path", costCenter), ("half", (long)limit / 2));
}
