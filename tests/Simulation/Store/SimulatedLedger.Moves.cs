using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Simulation.Store;

/// <summary>Jobs that move cost centers, step by step as the real stores write them. Nothing is archived in the simulation but old names.</summary>
internal sealed partial class SimulatedLedger
{
    public async Task<MoveExtent> ReadMoveExtentAsync(MoveJob job, ShareClaim claim, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        var move = job.Move;
        lock (database.Gate)
        {
            if (RefusalOf(move, claim, null) is { } refusal) return new MoveExtent(refusal, 0, 0, 0, 0, [], 0, 0, 0, 0);
            var moved = database.CostCenters.Where(move.Moves).ToList();
            return new MoveExtent(
                null, moved.Count, moved.Count(c => database.CostCenters.Contains(move.NewNameOf(c))), database.Usage.Values.Count(r => move.Moves(r.Row.CostCenter)),
                database.Budgets.Keys.Count(k => move.Moves(k.CostCenter)),
                [.. database.Budgets.Keys.Where(k => move.Moves(k.CostCenter) && database.Budgets.ContainsKey((move.NewNameOf(k.CostCenter), k.User))).Select(k => k.User.Length == 0 ? k.CostCenter : $"{k.CostCenter}, {k.User}")],
                database.Increases.Values.Count(i => move.Moves(i.CostCenter)), database.Pauses.Keys.Count(k => move.Moves(k.CostCenter)), 0,
                Alerting.Channels.Values.Count(c => c.Under is { } under && move.Moves(under)));
        }
    }

    public Task<MoveRefusal?> CreateMoveAsync(MoveJob job, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) =>
        WriteAsync(keepsBatchesOut: false, [Limits(job.Move.From, null)], () =>
        {
            var version = ++database.Version;
            if (RefusalOf(job.Move, claim, null) is { } refusal) return refusal;
            database.Moves.Add(job.Id, new StoredMove(job with { CreatedAt = Stored.Of(job.CreatedAt) }, null, default));
            Touch(job.Move.From, null, version);
            Audit(admin, "cost_center.move", job.Move.From, null, MoveDocument.ToJson(job));
            return null;
        });

    public async Task<MoveJob?> FindMoveAsync(string id, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return database.Moves.GetValueOrDefault(id)?.Job;
    }

    public Task<IReadOnlyList<MoveJob>> ListMovesAsync(string? under, int limit, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            return Task.FromResult<IReadOnlyList<MoveJob>>(
                [.. database.Moves.Values.Select(m => m.Job).Where(j => IsUnder(j.Move.From, under)).OrderByDescending(j => j.CreatedAt).ThenBy(j => j.Id, StringComparer.Ordinal).Take(limit)]);
        }
    }

    public async Task<bool> CancelMoveAsync(string id, AdminContext admin, CancellationToken cancellationToken)
    {
        AlertEvaluation[] touched;
        lock (database.Gate) touched = database.Moves.TryGetValue(id, out var known) ? [Limits(known.Job.Move.From, null)] : [];
        return await OnMoveAsync(id, isAdmin: true, touched, () =>
        {
            var version = ++database.Version;
            if (database.Moves.GetValueOrDefault(id) is not { Job.State: MoveState.Draining } stored) return false;
            Save(stored.Job with { State = MoveState.Cancelled, EndedAt = Stored.Of(admin.At) });
            Touch(stored.Job.Move.From, null, version);
            Audit(admin, "cost_center.move.cancel", stored.Job.Move.From, MoveDocument.ToJson(stored.Job), null);
            return true;
        });
    }

    public async Task<IReadOnlyList<MoveJob>> ClaimMovesAsync(string process, IReadOnlyCollection<string> running, int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        List<string> open;
        lock (database.Gate)
        {
            foreach (var id in running)
            {
                if (database.Moves[id] is { Job.IsOpen: true } stored && stored.Runner == process) database.Moves[id] = stored with { RunnerUntil = database.Clock.GetUtcNow() + lease };
            }

            open = [.. database.Moves.Where(m => m.Value.Job.IsOpen && !running.Contains(m.Key)).OrderBy(m => m.Value.RunnerUntil).Select(m => m.Key)];
        }

        var claimed = new List<MoveJob>();
        foreach (var id in open)
        {
            if (claimed.Count == limit) break;
            await OnMoveAsync(id, isAdmin: false, [], () =>
            {
                var (stored, now) = (database.Moves[id], database.Clock.GetUtcNow());
                if (!stored.Job.IsOpen || (stored.Runner is { } other && other != process && stored.RunnerUntil >= now)) return false;
                database.Moves[id] = stored with { Runner = process, RunnerUntil = now + lease };
                claimed.Add(Save(stored.Job));
                return true;
            });
        }

        return claimed;
    }

    public async Task<MoveJob?> FailAsync(MoveJob job, string fault, DateTimeOffset now, CancellationToken cancellationToken) =>
        await OnMoveAsync(job.Id, isAdmin: true, [Limits(job.Move.From, null)], () => CurrentOf(job, MoveState.Draining) is { } current ? Fail(current, fault, now, ++database.Version) : null);

    public async Task<IReadOnlyList<string>> ListTouchedAsync(MoveJob job, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate)
        {
            var moved = database.CostCenters.Where(job.Move.Moves).ToList();
            return [.. MoveObstacles.PathsOf(job.Move).Concat(moved).Concat(moved.Select(job.Move.NewNameOf)).Distinct().Order(StringComparer.Ordinal)];
        }
    }

    public async Task<MoveJob?> OpenAsync(MoveJob job, CancellationToken cancellationToken) =>
        await OnMoveAsync(job.Id, isAdmin: true, [], () =>
        {
            database.Version++;
            if (CurrentOf(job, MoveState.Moved) is not { } current) return null;
            database.Aliases[job.Move.From] = database.Aliases[job.Move.From] with { ForChecks = true };
            database.Catalogs = database.Catalogs with { Policies = database.Catalogs.Policies + 1 };
            return Save(current with { State = MoveState.Renaming });
        });

    /// <summary>Locks the rows in the order of their ids. In PostgreSQL the order is the plan's; a circle there is told to one of the two, which is repeated.</summary>
    public async Task<MoveJob?> RenameAsync(MoveJob job, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var transaction = new StoreTransaction { MayLose = true };
        try
        {
            await database.LockAsync(transaction, new MoveLock(job.Id), exclusive: true);
            List<StoredRow> rows;
            lock (database.Gate)
            {
                if (CurrentOf(job, MoveState.Renaming) is null) return null;
                rows = job.KeepsHistory ? [] : [.. RowsOf(job.Move).OrderBy(r => r.Row.CostCenter, StringComparer.Ordinal).ThenBy(r => r.Row.BookedDate).Take(limit)];
            }

            foreach (var key in rows.Select(r => new RequestKey(r.Row.Tenant, r.Row.RequestId)).Order()) await database.LockAsync(transaction, key, exclusive: true);
            await database.StepAsync();
            lock (database.Gate)
            {
                var current = CurrentOf(job, MoveState.Renaming)!;
                foreach (var row in rows) Rename(row, job.Move);
                if (rows.Count > 0) return Save(current with { RowsDone = current.RowsDone + rows.Count });
                return Save(current with { State = MoveState.Done, EndedAt = Stored.Of(now), RowsDone = current.RowsTotal });
            }
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    public Task<bool> ArchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken) => throw new NotSupportedException("The simulation archives nothing.");

    public Task<bool> UnarchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken) => throw new NotSupportedException("The simulation archives nothing.");

    /// <summary>A transaction that has the job's row.</summary>
    private async Task<T> OnMoveAsync<T>(string id, bool isAdmin, AlertEvaluation[] evaluations, Func<T> write)
    {
        var transaction = new StoreTransaction { MayLose = true };
        try
        {
            if (isAdmin) await database.LockAsync(transaction, AdminLock.Instance, exclusive: true);
            await database.LockAsync(transaction, new MoveLock(id), exclusive: true);
            foreach (var evaluation in evaluations) await database.LockAsync(transaction, new EvaluationLock(EvaluationKey.Of(evaluation)), exclusive: true);
            await database.StepAsync();
            lock (database.Gate) return write();
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    private MoveRefusal? RefusalOf(CostCenterMove move, ShareClaim? claim, string? self) => new MoveObstacles(
        [.. database.CostCenters.Where(move.Moves).Order(StringComparer.Ordinal)], [.. database.Moves.Values.Where(m => m.Job.IsOpen && m.Job.Id != self).Select(m => m.Job.Move)], [], database.AliasesNow().All,
        [.. MoveObstacles.NamesLeftBehind(move, database.AliasesNow().All).Where(database.CostCenters.Contains)],
        [.. MoveObstacles.PathsOf(move).Where(database.Closed.ContainsKey).Order(StringComparer.Ordinal)]).Refusal(move, claim);

    /// <summary>What denies every check of a cost center, beside its pauses.</summary>
    private IEnumerable<Pause> ClosedAt(string path)
    {
        foreach (var job in database.Moves.Values.Select(m => m.Job))
        {
            if (job.State == MoveState.Draining && job.Move.From == path) yield return Pause.Closing(path, PauseCause.Moving, job.Move.To, job.CreatedBy, job.CreatedAt);
        }

        if (database.Closed.TryGetValue(path, out var closed)) yield return Pause.Closing(path, PauseCause.Moved, closed.MovedTo, closed.By, closed.At);
    }

    /// <summary>The job as it is stored; null: it is in another state, or another process has it.</summary>
    private MoveJob? CurrentOf(MoveJob job, MoveState state) =>
        database.Moves.GetValueOrDefault(job.Id) is { } stored && stored.Job.Version == job.Version && stored.Job.State == state ? stored.Job : null;

    private MoveJob Save(MoveJob job)
    {
        var saved = job with { Version = job.Version + 1 };
        database.Moves[job.Id] = database.Moves[job.Id] with { Job = saved };
        return saved;
    }

    private MoveJob Fail(MoveJob current, string fault, DateTimeOffset now, long version)
    {
        Touch(current.Move.From, null, version);
        return Save(current with { State = MoveState.Failed, EndedAt = Stored.Of(now), Fault = fault });
    }

    private List<StoredRow> RowsOf(CostCenterMove move) => [.. database.Usage.Values.Where(r => move.Moves(r.Row.CostCenter))];

    private void Rename(StoredRow stored, CostCenterMove move)
    {
        var renamed = stored with { Row = stored.Row with { CostCenter = move.NewNameOf(stored.Row.CostCenter) } };
        database.Usage[new RequestKey(stored.Row.Tenant, stored.Row.RequestId)] = renamed;
        Alerting.Rows[new RowPosition(stored.Transaction, stored.Row.Tenant, stored.Row.RequestId)] = renamed.Row;
    }
}
