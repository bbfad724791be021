using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>
/// Before anything is moved both places tell the same users apart: those of the new place, and of an ancestor that loses or gains, at the old one, and then the other way round. Each user's sums
/// are filled in by steps of their own, while usage goes on.
/// </summary>
internal static class MovedUsers
{
    public static async Task TrackAsync(LedgerDatabase database, MoveJob job, CancellationToken cancellationToken)
    {
        foreach (var (path, user) in await database.ReadAsync(s => FilledAsync(s, job.Move, cancellationToken), cancellationToken))
        {
            await UserTracking.TrackAsync(database, path, user, cancellationToken);
        }

        foreach (var find in (Func<LedgerSession, Task<List<(string, string)>>>[])[s => OldAsync(s, job, cancellationToken), s => NewAsync(s, job.Move, cancellationToken)])
        {
            foreach (var (path, user) in await database.ReadAsync(find, cancellationToken)) await UserTracking.TrackAsync(database, path, user, cancellationToken);
        }
    }

    /// <summary>Whether all of it is done; in the transaction that moves.</summary>
    public static async Task<bool> AreTrackedAsync(LedgerSession s, MoveJob job, CancellationToken cancellationToken) =>
        (await FilledAsync(s, job.Move, cancellationToken)).Count == 0 && (await OldAsync(s, job, cancellationToken)).Count == 0 && (await NewAsync(s, job.Move, cancellationToken)).Count == 0;

    /// <summary>Of the tenant those whose sums are being filled in: rows that had other names in between would be missed.</summary>
    private static Task<List<(string Path, string User)>> FilledAsync(LedgerSession s, CostCenterMove move, CancellationToken cancellationToken) => s.ListAsync(
        $"select f.cost_center, f.user_name from user_fills f where {Subtree.Where("f.cost_center", CostCenterId.TenantOf(move.From))} order by f.cost_center, f.user_name", Read, cancellationToken,
        [.. Subtree.Parameters(CostCenterId.TenantOf(move.From))]);

    /// <summary>To be told apart at the old place, and are not yet.</summary>
    private static async Task<List<(string Path, string User)>> OldAsync(LedgerSession s, MoveJob job, CancellationToken cancellationToken)
    {
        if (job.KeepsHistory) return [];
        var move = job.Move;
        var around = await s.ListAsync(
            $"select distinct @from, t.user_name from tracked_users t where {s.Dialect.In("t.cost_center", "@around")} and {IsUntracked("@from")} order by t.user_name", Read, cancellationToken,
            ("from", move.From), ("around", move.Losing.Concat(move.Gaining).ToArray()));
        var back = new CostCenterMove(move.To, move.From);
        var target = await s.ListAsync(
            $"""
            select {MovePlan.NewNameOf("t.cost_center")}, t.user_name from tracked_users t
            where {Subtree.Where("t.cost_center", move.To)} and exists (select 1 from cost_centers c where c.path = {MovePlan.NewNameOf("t.cost_center")})
                and {IsUntracked(MovePlan.NewNameOf("t.cost_center"))}
            order by t.cost_center, t.user_name
            """,
            Read, cancellationToken, MovePlan.Parameters(back));
        return [.. around, .. target];
    }

    /// <summary>Users that the old names tell apart, and the new ones not yet.</summary>
    private static Task<List<(string Path, string User)>> NewAsync(LedgerSession s, CostCenterMove move, CancellationToken cancellationToken) => s.ListAsync(
        $"""
        select {MovePlan.NewNameOf("t.cost_center")}, t.user_name from tracked_users t
        where {Subtree.Where("t.cost_center", move.From)} and {IsUntracked(MovePlan.NewNameOf("t.cost_center"))}
        order by t.cost_center, t.user_name
        """,
        Read, cancellationToken, MovePlan.Parameters(move));

    private static string IsUntracked(string costCenter) => $"not exists (select 1 from tracked_users k where k.cost_center = {costCenter} and k.user_name in ('', t.user_name))";

    private static (string Path, string User) Read(RowReader r) => (r.Text(), r.Text());
}
