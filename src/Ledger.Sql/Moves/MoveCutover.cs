using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Sql.Alerts;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>
/// The one transaction of a move that changes anything people decide by: sums of months and of the latest days, budgets, keys. No batch is committed meanwhile; each one after it
/// finds the alias, and books rows of the old name under the new one. Rows, roll-ups and sums of earlier days keep their old name for now, and count under the new one.
/// </summary>
/// <param name="rows">Usage rows that are to be renamed, for the audit.</param>
internal sealed class MoveCutover(LedgerDatabase database, LedgerSession s, MoveJob job, long rows, long version, DateTimeOffset now)
{
    /// <summary>A part that was moved away before, with what it had spent, is not here any more: only its name is.</summary>
    private const string IsNoOldName =
        """
        not exists (select 1 from cost_center_aliases k where not k.keeps_history and k.from_path <> @from and (c.path = k.from_path or (c.path > k.from_path || '/' and c.path < k.from_path || '0')))
        """;

    private readonly CostCenterMove _move = job.Move;
    private readonly (string Name, object? Value)[] _parameters = MovePlan.Parameters(job.Move);

    /// <returns>False: somebody has begun to tell a user apart, or the roll-ups are under way just now, so nothing was done.</returns>
    public async Task<bool> TryRunAsync(CancellationToken cancellationToken)
    {
        if (!await MovedUsers.AreTrackedAsync(s, job, cancellationToken)) return false;
        await database.KeepBatchesOutAsync(s, cancellationToken);
        // A row is rolled up under the name by which it counts: that must not change in between.
        if (!await database.TryOwnRollUpAsync(s, cancellationToken)) return false;
        s.MayTakeLong = true;
        await AddCostCentersAsync(cancellationToken);
        if (!job.KeepsHistory)
        {
            await new MovedBalances(s, _move).MoveDecidingAsync(now, cancellationToken);
            await MoveMarksAsync(cancellationToken);
        }

        await MoveSettingsAsync(cancellationToken);
        await LeaveAliasAsync(cancellationToken);
        await TouchAsync(cancellationToken);
        await AdminWrites.AuditAsync(
            s, new AdminContext(now, job.CreatedBy, job.Reason), "cost_center.moved", _move.To, MoveDocument.ToJson(job), MoveDocument.ToJson(job, rows), cancellationToken);
        return true;
    }

    private async Task AddCostCentersAsync(CancellationToken cancellationToken)
    {
        await AdminWrites.AddCostCenterAsync(s, _move.To, cancellationToken);
        await s.ExecuteAsync(
            $"""
            insert into cost_centers (path, parent) select {MovePlan.NewNameOf("c.path")}, {MovePlan.NewNameOf("c.parent")} from cost_centers c
            where {Subtree.Where("c.path", _move.From)} and c.path <> @from and {IsNoOldName} order by c.path
            on conflict do nothing
            """,
            cancellationToken, _parameters);
    }

    private Task MoveMarksAsync(CancellationToken cancellationToken) =>
        s.ExecuteAsync(
            $"""
            insert into threshold_marks (cost_center, user_name, period, window_date, at, generation, fired, changed_at)
            select {MovePlan.NewNameOf("o.cost_center")}, o.user_name, o.period, o.window_date, o.at, o.generation, o.fired, o.changed_at from threshold_marks o
            where {Subtree.Where("o.cost_center", _move.From)}
            on conflict do nothing;
            delete from threshold_marks where {Subtree.Where("cost_center", _move.From)}
            """,
            cancellationToken, _parameters);

    /// <summary>What stands at the new name stands: a budget that has none to take the place of goes there, another ends.</summary>
    private async Task MoveSettingsAsync(CancellationToken cancellationToken)
    {
        await s.ExecuteAsync(
            $"""
            delete from increases where {Subtree.Where("cost_center", _move.From)}
                and exists (select 1 from budgets t where t.cost_center = {MovePlan.NewNameOf("increases.cost_center")} and t.user_name = increases.user_name);
            delete from budgets where {Subtree.Where("cost_center", _move.From)}
                and exists (select 1 from budgets t where t.cost_center = {MovePlan.NewNameOf("budgets.cost_center")} and t.user_name = budgets.user_name);
            delete from pauses where {Subtree.Where("cost_center", _move.From)}
                and exists (select 1 from pauses t where t.cost_center = {MovePlan.NewNameOf("pauses.cost_center")} and t.user_name = pauses.user_name and t.model = pauses.model)
            """,
            cancellationToken, _parameters);
        foreach (var (table, column) in MovePlan.Settings)
        {
            await s.ExecuteAsync($"update {table} set {column} = {MovePlan.NewNameOf(column)} where {Subtree.Where(column, _move.From)}", cancellationToken, _parameters);
        }

        await AdminWrites.RaiseAsync(s, "keys", 1, cancellationToken);
        await AdminWrites.RaiseAsync(s, "policies", 1, cancellationToken);
        // The ends of pauses are due under their new names. Those of the old names come to nothing: no such pause stands there.
        await s.ExecuteAsync(
            $"""
            insert into looks (kind, cost_center, user_name, window_date, detail_key, detail, cause, due_at)
            select o.kind, {MovePlan.NewNameOf("o.cost_center")}, o.user_name, o.window_date, o.detail_key, o.detail, o.cause, o.due_at from looks o
            where o.kind = {(int)EvaluationKind.Resumed} and {Subtree.Where("o.cost_center", _move.From)}
            {EvaluationList.OnConflict}
            """,
            cancellationToken, _parameters);
    }

    private async Task LeaveAliasAsync(CancellationToken cancellationToken)
    {
        // A name that something moves to is no old name any more, and nothing there is over. Earlier old names of what moves now lead on. A part that left its history here and went on before leads
        // on from its new name, too: its rows are there.
        await s.ExecuteAsync(
            $"""
            delete from archived_cost_centers where moved_to <> '' and {IsTaken("archived_cost_centers.path")};
            delete from cost_center_aliases where {IsTaken("cost_center_aliases.from_path")}
            """,
            cancellationToken, _parameters);
        await s.ExecuteAsync(
            $"""
            update cost_center_aliases set to_path = {MovePlan.NewNameOf("to_path")} where {Subtree.Where("to_path", _move.From)};
            update archived_cost_centers set moved_to = {MovePlan.NewNameOf("moved_to")} where {Subtree.Where("moved_to", _move.From)};
            insert into cost_center_aliases (from_path, to_path, keeps_history, for_checks, until)
            select {MovePlan.NewNameOf("k.from_path")}, k.to_path, k.keeps_history, k.for_checks, k.until from cost_center_aliases k
            where {Subtree.Where("k.from_path", _move.From)} and k.from_path <> @from and k.keeps_history
                and {MovePlan.NewNameOf("k.from_path")} <> k.to_path
            on conflict do nothing;
            update archived_cost_centers set path = {MovePlan.NewNameOf("path")} where {Subtree.Where("path", _move.From)} and path <> @from
                and (moved_to = '' or exists (select 1 from cost_center_aliases k where k.from_path = archived_cost_centers.path and k.keeps_history
                    and {MovePlan.NewNameOf("k.from_path")} <> k.to_path))
                and not exists (select 1 from archived_cost_centers t where t.path = {MovePlan.NewNameOf("archived_cost_centers.path")});
            insert into cost_center_aliases as a (from_path, to_path, keeps_history, for_checks, until) values (@from, @to, @keeps, @no, @until)
            on conflict (from_path) do update
            set to_path = excluded.to_path, keeps_history = excluded.keeps_history, for_checks = excluded.for_checks, until = excluded.until;
            insert into archived_cost_centers as a (path, moved_to, reason, made_by, made_at) values (@from, @to, @reason, @by, @at)
            on conflict (path) do update set moved_to = excluded.moved_to, reason = excluded.reason, made_by = excluded.made_by, made_at = excluded.made_at
            """,
            cancellationToken,
            [.. _parameters, ("keeps", job.KeepsHistory), ("no", false), ("until", now + ILedgerMoves.AliasFor), ("reason", job.Reason), ("by", job.CreatedBy), ("at", now)]);
    }

    /// <summary>A condition: something that is moved gets this name.</summary>
    private string IsTaken(string name) =>
        $"exists (select 1 from cost_centers c where {Subtree.Where("c.path", _move.From)} and {IsNoOldName} and {MovePlan.NewNameOf("c.path")} = {name})";

    /// <summary>Every node that has changed has a new version, and what limits there are is looked at once more.</summary>
    private async Task TouchAsync(CancellationToken cancellationToken)
    {
        // Above both the sums are what they were, but not those of their children.
        var above = MoveObstacles.PathsOf(_move);
        // A user whose limit is that of each user may have an increase without a budget: its end is on the list under the old name.
        var limited = await s.ListAsync(
            $"""
            select cost_center, user_name from budgets where {Subtree.Where("cost_center", _move.To)} or {s.Dialect.In("cost_center", "@above")}
            union select cost_center, user_name from increases where {Subtree.Where("cost_center", _move.To)}
            """,
            r => (Path: r.Text(), User: r.TextOrEmpty()), cancellationToken, [.. Subtree.Parameters(_move.To), ("above", above)]);
        await EvaluationList.AddAsync(s, limited.ConvertAll(l => new AlertEvaluation.LimitsChanged(l.Path, l.User) { Cause = AlertCause.LimitChange }), cancellationToken);
        await s.ExecuteAsync(
            $"""
            insert into node_versions as v (cost_center, version)
            select c.path, @version from cost_centers c where {Subtree.Where("c.path", _move.From)} or {s.Dialect.In("c.path", "@above")} order by c.path
            on conflict (cost_center) do update set version = excluded.version
            """,
            cancellationToken,
            [.. Subtree.Parameters(_move.From), ("version", version), ("above", above)]);
        await s.ExecuteAsync(
            $"""
            insert into node_versions as v (cost_center, version)
            select {MovePlan.NewNameOf("c.path")}, @version from cost_centers c where {Subtree.Where("c.path", _move.From)} order by c.path
            on conflict (cost_center) do update set version = excluded.version
            """,
            cancellationToken, [.. _parameters, ("version", version)]);
    }
}
