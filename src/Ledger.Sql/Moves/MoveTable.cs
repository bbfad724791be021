using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>Jobs that move cost centers, the old names that they leave, and what is archived.</summary>
internal sealed class MoveTable(LedgerDatabase database) : ILedgerMoves
{
    /// <summary>Jobs of one tenant that are kept; of those that have ended the oldest go first.</summary>
    private const long MaxKept = 1_000;

    private const string Columns = "id, from_path, to_path, keeps_history, reason, state, created_at, created_by, rows_total, rows_done, version, ended_at, fault";

    /// <summary>What denies every check of the cost centers in <c>@paths</c>, beside their pauses.</summary>
    public static string SelectClosed(Dialect dialect) =>
        $"""
        select from_path, {(int)PauseCause.Moving}, to_path, created_by, created_at from cost_center_moves where state = {(int)MoveState.Draining} and {dialect.In("from_path", "@paths")}
        union all
        select path, case when moved_to = '' then {(int)PauseCause.Archived} else {(int)PauseCause.Moved} end, moved_to, made_by, made_at from archived_cost_centers
        where {dialect.In("path", "@paths")}
        """;

    public static Pause ReadClosed(RowReader r) => Pause.Closing(r.Text(), (PauseCause)r.Long(), r.TextOrEmpty(), r.Text(), r.Time());

    public static string SelectAliases(Dialect dialect) => $"select from_path, to_path, keeps_history, for_checks, until from cost_center_aliases where until > {dialect.Now} order by from_path";

    public static CostCenterAlias ReadAlias(RowReader r) => new(r.Text(), r.Text(), r.Flag(), r.Flag(), r.Time());

    /// <summary>A condition: neither archived nor below what is.</summary>
    public static string IsNotArchived(string column) =>
        $"not exists (select 1 from archived_cost_centers a where {column} = a.path or ({column} > a.path || '/' and {column} < a.path || '0'))";

    public Task<MoveExtent> ReadMoveExtentAsync(MoveJob job, ShareClaim claim, CancellationToken cancellationToken) =>
        database.ReportAsync(s => MovePlan.ReadAsync(s, job, claim, cancellationToken), cancellationToken);

    public Task<MoveRefusal?> CreateMoveAsync(MoveJob job, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAsync(s, cancellationToken);
                if (await MovePlan.RefusalAsync(s, job, claim, admin.At, cancellationToken) is { } refusal) return refusal;
                var tenant = CostCenterId.TenantOf(job.Move.From);
                await s.ExecuteAsync(
                    """
                    insert into cost_center_moves (id, from_path, to_path, keeps_history, reason, state, created_at, created_by, rows_total, rows_done, version)
                    values (@id, @from, @to, @keeps, @reason, 0, @created_at, @created_by, 0, 0, 0)
                    """,
                    cancellationToken, ("id", job.Id), ("from", job.Move.From), ("to", job.Move.To), ("keeps", job.KeepsHistory), ("reason", job.Reason), ("created_at", job.CreatedAt),
                    ("created_by", job.CreatedBy));
                await s.ExecuteAsync(
                    $"""
                    delete from cost_center_moves where state > {(int)MoveState.Renaming} and {Subtree.Where("from_path", tenant)}
                        and id not in (select id from cost_center_moves where {Subtree.Where("from_path", tenant)} order by created_at desc, id limit @kept)
                    """,
                    cancellationToken, [.. Subtree.Parameters(tenant), ("kept", MaxKept)]);
                await AdminWrites.TouchNodeAsync(s, job.Move.From, null, version, cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "cost_center.move", job.Move.From, null, MoveDocument.ToJson(job), cancellationToken);
                return null;
            },
            cancellationToken);

    public Task<MoveJob?> FindMoveAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.FirstAsync<MoveJob>($"select {Columns} from cost_center_moves where id = @id", Read, cancellationToken, ("id", id)), cancellationToken);

    public Task<IReadOnlyList<MoveJob>> ListMovesAsync(string? under, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<MoveJob>>(
            async s => await s.ListAsync(
                $"select {Columns} from cost_center_moves where {Subtree.Where("from_path", under)} order by created_at desc, id limit @limit", Read, cancellationToken,
                [.. Subtree.Parameters(under), ("limit", (long)limit)]),
            cancellationToken);

    public Task<bool> CancelMoveAsync(string id, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAsync(s, cancellationToken);
                var ended = await s.ListAsync(
                    $"""
                    update cost_center_moves set state = {(int)MoveState.Cancelled}, ended_at = @at, version = version + 1 where id = @id and state = {(int)MoveState.Draining}
                    returning {Columns}
                    """,
                    Read, cancellationToken, ("id", id), ("at", admin.At));
                if (ended.Count == 0) return false;
                await AdminWrites.TouchNodeAsync(s, ended[0].Move.From, null, version, cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "cost_center.move.cancel", ended[0].Move.From, MoveDocument.ToJson(ended[0]), null, cancellationToken);
                return true;
            },
            cancellationToken);

    public async Task<IReadOnlyList<MoveJob>> ClaimMovesAsync(string process, IReadOnlyCollection<string> running, int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        // Every process asks every second, and nearly always there is nothing: a look waits for nobody's lock.
        if (!await database.ReadAsync(s => s.AnyAsync($"select 1 from cost_center_moves where state <= {(int)MoveState.Renaming} limit 1", cancellationToken), cancellationToken)) return [];
        return await database.WriteAsync<IReadOnlyList<MoveJob>>(
            async s =>
            {
                var claims = new JobClaims(s, "cost_center_moves", process, running, lease);
                await claims.KeepAsync(cancellationToken);
                var open = await s.ListAsync(
                    $"select id from cost_center_moves where state <= {(int)MoveState.Renaming} and {claims.IsFree} order by {JobClaims.LongestWaiting} limit @limit", r => r.Text(), cancellationToken,
                    [.. claims.Parameters, ("limit", (long)limit)]);
                return await claims.TakeAsync($"state <= {(int)MoveState.Renaming}", open, Columns, Read, cancellationToken);
            },
            cancellationToken);
    }

    public async Task<MoveJob?> CutOverAsync(MoveJob job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // All that may take long is done before, beside whatever is committed.
        await MovedUsers.TrackAsync(database, job, cancellationToken);
        var rows = job.KeepsHistory ? 0 : await CountRowsAsync(job.Move, cancellationToken);
        return await database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAsync(s, cancellationToken);
                if (await CurrentAsync(s, job, MoveState.Draining, cancellationToken) is not { } current) return null;
                // Whatever was written since it was ordered may stand in its way now.
                var refusal = await MovePlan.RefusalAsync(s, job, claim: null, now, cancellationToken);
                if (refusal is not null) return await SaveAsync(s, current with { State = MoveState.Failed, EndedAt = now, Fault = refusal.Why }, cancellationToken, version);
                return await new MoveCutover(database, s, job, rows, version, now).TryRunAsync(cancellationToken)
                    ? await SaveAsync(s, current with { State = MoveState.Moved, RowsTotal = rows }, cancellationToken, version)
                    : current;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListTouchedAsync(MoveJob job, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(
            async s =>
            {
                var moved = await s.ListAsync(
                    $"select path from cost_centers where {Subtree.Where("path", job.Move.From)} order by path", r => r.Text(), cancellationToken, [.. Subtree.Parameters(job.Move.From)]);
                // What is above both has the same sums as before, but other children.
                return [.. CostCenterId.SelfAndAncestors(job.Move.From).Concat(CostCenterId.SelfAndAncestors(job.Move.To)).Concat(moved).Concat(moved.Select(job.Move.NewNameOf)).Distinct().Order(StringComparer.Ordinal)];
            },
            cancellationToken);

    public Task<MoveJob?> OpenAsync(MoveJob job, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.BeginAsync(s, cancellationToken);
                if (await CurrentAsync(s, job, MoveState.Moved, cancellationToken) is not { } current) return null;
                await s.ExecuteAsync("update cost_center_aliases set for_checks = @yes where from_path = @from", cancellationToken, ("yes", true), ("from", job.Move.From));
                await AdminWrites.RaiseAsync(s, "policies", 1, cancellationToken);
                return await SaveAsync(s, current with { State = MoveState.Renaming }, cancellationToken);
            },
            cancellationToken);

    public Task<MoveJob?> RenameAsync(MoveJob job, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                if (await CurrentAsync(s, job, MoveState.Renaming, cancellationToken) is not { } current) return null;
                if (!job.KeepsHistory)
                {
                    if (await new MovedBalances(s, job.Move).StepAsync(limit, cancellationToken) > 0) return await SaveAsync(s, current, cancellationToken);
                    await database.OwnRollUpAsync(s, cancellationToken);
                    if (await new MovedRollUps(s, job.Move).StepAsync(limit, cancellationToken) > 0) return await SaveAsync(s, current, cancellationToken);
                    var renamed = await MovedRows.RenameAsync(s, job.Move, limit, cancellationToken);
                    if (renamed > 0) return await SaveAsync(s, current with { RowsDone = current.RowsDone + renamed }, cancellationToken);
                    foreach (var path in (string[])[job.Move.From, job.Move.To]) await SpendLists.BeginFillAsync(s, path, cancellationToken);
                }

                return await SaveAsync(s, current with { State = MoveState.Done, EndedAt = now, RowsDone = current.RowsTotal }, cancellationToken);
            },
            cancellationToken);

    public Task<bool> ArchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAsync(s, cancellationToken);
                if (await s.AnyAsync(
                    $"select 1 from archived_cost_centers where {s.Dialect.In("path", "@paths")}", cancellationToken, ("paths", CostCenterId.SelfAndAncestors(costCenter)))) return false;
                await s.ExecuteAsync(
                    "insert into archived_cost_centers (path, moved_to, reason, made_by, made_at) values (@path, '', @reason, @by, @at)", cancellationToken,
                    ("path", costCenter), ("reason", admin.Reason), ("by", admin.Actor), ("at", admin.At));
                await AdminWrites.TouchNodeAsync(s, costCenter, null, version, cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "cost_center.archive", costCenter, null, null, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task<bool> UnarchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAsync(s, cancellationToken);
                if (await s.ExecuteAsync("delete from archived_cost_centers where path = @path", cancellationToken, ("path", costCenter)) == 0) return false;
                await AdminWrites.TouchNodeAsync(s, costCenter, null, version, cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "cost_center.unarchive", costCenter, null, null, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task<MoveJob?> FailAsync(MoveJob job, string fault, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAsync(s, cancellationToken);
                return await CurrentAsync(s, job, MoveState.Draining, cancellationToken) is { } current
                    ? await SaveAsync(s, current with { State = MoveState.Failed, EndedAt = now, Fault = fault }, cancellationToken, version)
                    : null;
            },
            cancellationToken);

    /// <summary>For people who look how far it is: 0 where even counting takes long.</summary>
    private async Task<long> CountRowsAsync(CostCenterMove move, CancellationToken cancellationToken)
    {
        try
        {
            return await database.ReportAsync(
                s => s.NumberAsync($"select count(*) from usage where {Subtree.Where("cost_center", move.From)}", cancellationToken, [.. Subtree.Parameters(move.From)]), cancellationToken);
        }
        catch (LedgerReportTooLongException)
        {
            return 0;
        }
    }

    /// <summary>The job as it is stored, locked; null: it is in another state, or another process has it.</summary>
    private static Task<MoveJob?> CurrentAsync(LedgerSession s, MoveJob job, MoveState state, CancellationToken cancellationToken) =>
        s.FirstAsync<MoveJob>(
            $"select {Columns} from cost_center_moves where id = @id and version = @version and state = {(int)state} {s.Dialect.ForUpdate}", Read, cancellationToken, ("id", job.Id), ("version", job.Version));

    /// <param name="version">Of the administrative write by which the old name opens again.</param>
    private static async Task<MoveJob?> SaveAsync(LedgerSession s, MoveJob job, CancellationToken cancellationToken, long? version = null)
    {
        if (job.State == MoveState.Failed) await AdminWrites.TouchNodeAsync(s, job.Move.From, null, version!.Value, cancellationToken);
        return await s.FirstAsync<MoveJob>(
            $"""
            update cost_center_moves set state = @state, rows_total = @total, rows_done = @done, ended_at = @ended_at, fault = @fault, version = version + 1
            where id = @id returning {Columns}
            """,
            Read, cancellationToken, ("id", job.Id), ("state", (short)job.State), ("total", job.RowsTotal), ("done", job.RowsDone), ("ended_at", job.EndedAt), ("fault", job.Fault));
    }

    private static MoveJob Read(RowReader r) => new(
        r.Text(), new CostCenterMove(r.Text(), r.Text()), r.Flag(), r.TextOrNull(), (MoveState)r.Long(), r.Time(), r.Text(), r.Long(), r.Long(), r.Long(), r.TimeOrNull(), r.TextOrNull());
}
