using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Sql.Alerts;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Nodes;

/// <summary>What every administrative write does besides its own rows.</summary>
internal static class AdminWrites
{
    /// <summary>
    /// The first statement of every administrative write: the one sequence from which versions come, whose row also lets these writes go one after the
    /// other, so that a precondition that was checked still holds when its write is made.
    /// </summary>
    public static Task<long> BeginAsync(LedgerSession session, CancellationToken cancellationToken) => RaiseAsync(session, "version", 1, cancellationToken);

    /// <summary>The same for a write that sets something at a cost center (null: at none).</summary>
    /// <exception cref="CostCenterMovedException">It has been moved, whether or not the process that writes has heard of it.</exception>
    public static async Task<long> BeginAtAsync(LedgerSession session, string? costCenter, CancellationToken cancellationToken)
    {
        var version = await BeginAsync(session, cancellationToken);
        if (costCenter is null) return version;
        CostCenterAliases aliases = new(await session.ListAsync(MoveTable.SelectAliases(session.Dialect), MoveTable.ReadAlias, cancellationToken));
        if (aliases.BookedAt(costCenter) is var now && now != costCenter) throw new CostCenterMovedException(costCenter, now);
        return version;
    }

    public static Task<long> RaiseAsync(LedgerSession session, string counter, long by, CancellationToken cancellationToken) =>
        session.NumberAsync("update counters set value = value + @by where name = @name returning value", cancellationToken, ("name", counter), ("by", by));

    /// <summary>Orders two reads of a node: <see cref="NodeState.Version"/>. Whether a threshold is reached, or not any more, is evaluated.</summary>
    /// <param name="user">Whose limits are changed; null: the cost center's own.</param>
    public static async Task TouchNodeAsync(LedgerSession session, string costCenter, string? user, long version, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(
            """
            insert into node_versions (cost_center, version) values (@cost_center, @version)
            on conflict (cost_center) do update set version = excluded.version
            """,
            cancellationToken, ("cost_center", costCenter), ("version", version));
        await EvaluationList.AddAsync(session, [new AlertEvaluation.LimitsChanged(costCenter, user) { Cause = AlertCause.LimitChange }], cancellationToken);
    }

    public static Task AuditAsync(
        LedgerSession session, AdminContext admin, string action, string? costCenter, string? before, string? after, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            """
            insert into audit_entries (at, actor, action, cost_center, before, after, reason)
            values (@at, @actor, @action, @cost_center, @before, @after, @reason)
            """,
            cancellationToken, ("at", admin.At), ("actor", admin.Actor), ("action", action), ("cost_center", costCenter), ("before", before), ("after", after),
            ("reason", admin.Reason));

    public static async Task AddCostCenterAsync(LedgerSession session, string costCenter, CancellationToken cancellationToken)
    {
        // Root first: the order of every transaction that adds cost centers.
        foreach (var node in CostCenterId.SelfAndAncestors(costCenter).Reverse())
        {
            await session.ExecuteAsync(
                "insert into cost_centers (path, parent) values (@path, @parent) on conflict do nothing", cancellationToken,
                ("path", node), ("parent", CostCenterId.ParentOf(node) ?? ""));
        }
    }
}
