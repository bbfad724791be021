using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Simulation.Store;

/// <summary>The one transaction of a move that changes anything people count or decide by, as <c>MoveCutover</c> has it in SQL.</summary>
internal sealed partial class SimulatedLedger
{
    public async Task<MoveJob?> CutOverAsync(MoveJob job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var transaction = new StoreTransaction { MayLose = true };
        try
        {
            await database.LockAsync(transaction, AdminLock.Instance, exclusive: true);
            await database.LockAsync(transaction, new MoveLock(job.Id), exclusive: true);
            lock (database.Gate)
            {
                if (CurrentOf(job, MoveState.Draining) is null) return null;
            }

            // Whatever was written since it was ordered may stand in its way now.
            MoveRefusal? refusal;
            lock (database.Gate) refusal = RefusalOf(job.Move, claim: null, job.Id);
            if (refusal is not null) return await FailHereAsync(transaction, job, refusal.Why, now);
            await database.LockAsync(transaction, BatchesLock.Instance, exclusive: true);
            if (!database.Locks.TryLock(transaction, RollUpLock.Instance)) return job;
            return await CutOverHereAsync(transaction, job, now);
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    private async Task<MoveJob?> FailHereAsync(StoreTransaction transaction, MoveJob job, string fault, DateTimeOffset now)
    {
        await database.LockAsync(transaction, new EvaluationLock(EvaluationKey.Of(Limits(job.Move.From, null))), exclusive: true);
        lock (database.Gate) return Fail(CurrentOf(job, MoveState.Draining)!, fault, now, ++database.Version);
    }

    private async Task<MoveJob?> CutOverHereAsync(StoreTransaction transaction, MoveJob job, DateTimeOffset now)
    {
        var move = job.Move;
        List<MarkKey> marks;
        lock (database.Gate) marks = job.KeepsHistory ? [] : [.. Alerting.Marks.Keys.Where(k => move.Moves(k.Account.CostCenter))];
        foreach (var mark in marks)
        {
            await database.LockAsync(transaction, mark, exclusive: true);
            await database.LockAsync(transaction, NewNameOf(mark, move), exclusive: true);
        }

        List<(string CostCenter, string User)> limited;
        lock (database.Gate)
        {
            limited =
            [
                .. database.Budgets.Keys.Select(k => (CostCenter: move.NewNameOf(k.CostCenter), k.User)).Where(k => CostCenterId.IsWithin(k.CostCenter, move.To) || MoveObstacles.PathsOf(move).Contains(k.CostCenter))
                    .Concat(database.Increases.Values.Select(i => (CostCenter: move.NewNameOf(i.CostCenter), User: i.User ?? "")).Where(i => CostCenterId.IsWithin(i.CostCenter, move.To))).Distinct().Order(),
            ];
        }

        foreach (var (path, user) in limited) await database.LockAsync(transaction, new EvaluationLock(EvaluationKey.Of(Limits(path, user.Length > 0 ? user : null))), exclusive: true);
        await database.StepAsync();
        if (database.Lasts is { } lasts) await lasts();
        lock (database.Gate)
        {
            var version = ++database.Version;
            AddMovedCostCenters(move);
            var rows = job.KeepsHistory ? 0 : MoveSums(move);
            MoveSettings(move);
            if (job.KeepsHistory) TrackMoved(move);
            LeaveAlias(job, now);
            foreach (var (path, user) in limited) Touch(path, user.Length > 0 ? user : null, version);
            foreach (var path in database.CostCenters.Where(move.Moves).SelectMany(c => (string[])[c, move.NewNameOf(c)]).Concat(MoveObstacles.PathsOf(move)).ToList()) database.NodeVersions[path] = version;
            Audit(new AdminContext(now, job.CreatedBy, job.Reason), "cost_center.moved", move.To, MoveDocument.ToJson(job), MoveDocument.ToJson(job, rows));
            database.Moved?.Invoke(job);
            database.Administered?.Invoke();
            return Save(CurrentOf(job, MoveState.Draining)! with { State = MoveState.Moved, RowsTotal = rows });
        }
    }

    private static MarkKey NewNameOf(MarkKey mark, CostCenterMove move) => mark with { Account = mark.Account with { CostCenter = move.NewNameOf(mark.Account.CostCenter) } };

    private void AddMovedCostCenters(CostCenterMove move)
    {
        database.AddCostCenter(move.To);
        foreach (var path in Here(move)) database.AddCostCenter(move.NewNameOf(path));
    }

    /// <summary>A part that was moved away before, with what it had spent, is not here any more: only its name is.</summary>
    private List<string> Here(CostCenterMove move)
    {
        var gone = database.Aliases.Values.Where(a => !a.KeepsHistory && a.From != move.From).ToList();
        return [.. database.CostCenters.Where(c => move.Moves(c) && !gone.Exists(a => a.Move.Moves(c)))];
    }

    /// <returns>How many rows are still to be renamed.</returns>
    private int MoveSums(CostCenterMove move)
    {
        TrackBothSides(move);
        // What was moved away before has left balances of nothing.
        var moved = database.Balances.Where(b => move.Moves(b.Key.CostCenter) && b.Value is not { Spent.Nanos: 0, Requests: 0 }).ToList();
        foreach (var (key, balance) in moved) Add(key with { CostCenter = move.NewNameOf(key.CostCenter) }, balance);
        foreach (var (key, balance) in moved.Where(b => b.Key.CostCenter == move.From))
        {
            foreach (var node in move.Gaining)
            {
                if (key.User.Length == 0 || database.Tracked.Contains(new TrackedUser(node, "")) || database.Tracked.Contains(new TrackedUser(node, key.User))) Add(key with { CostCenter = node }, balance);
            }

            foreach (var node in move.Losing) Take(key with { CostCenter = node }, balance);
        }

        foreach (var (key, balance) in moved) database.Balances[key] = new Balance(Money.Zero, 0, balance.Version + 1);
        foreach (var (mark, stored) in Alerting.Marks.Where(m => move.Moves(m.Key.Account.CostCenter)).ToList())
        {
            Alerting.Marks.Remove(mark);
            Alerting.Marks.TryAdd(NewNameOf(mark, move), stored);
        }

        Alerting.Spend.Move(move);
        // What no roll-up has come to yet must be found under its new name.
        foreach (var row in RowsOf(move).Where(r => new RowPosition(r.Transaction, r.Row.Tenant, r.Row.RequestId).CompareTo(Alerting.Cursor) > 0)) Rename(row, move);
        return RowsOf(move).Count;
    }

    private void Add(BalanceKey key, Balance moved)
    {
        var isKnown = database.Balances.TryGetValue(key, out var known);
        database.Balances[key] = isKnown
            ? new Balance(known.Spent + moved.Spent, known.Requests + moved.Requests, Math.Max(known.Version, moved.Version + 1) + 1)
            : moved with { Version = moved.Version + 1 };
    }

    private void Take(BalanceKey key, Balance moved)
    {
        if (!database.Balances.TryGetValue(key, out var known)) return;
        var version = Math.Max(known.Version, moved.Version) + 1;
        database.Balances[key] = known.Requests >= moved.Requests ? new Balance(known.Spent - moved.Spent, known.Requests - moved.Requests, version) : new Balance(Money.Zero, 0, version);
    }

    /// <summary>Users that the new place tells apart, or an ancestor that loses or gains, are told apart at the old one, too, and then the other way round.</summary>
    private void TrackBothSides(CostCenterMove move)
    {
        foreach (var user in database.Tracked.Where(t => move.Losing.Contains(t.CostCenter) || move.Gaining.Contains(t.CostCenter)).Select(t => t.User).Distinct().Order(StringComparer.Ordinal).ToList()) Track(move.From, user);
        var back = new CostCenterMove(move.To, move.From);
        foreach (var (path, user) in InOrder(database.Tracked.Where(t => back.Moves(t.CostCenter) && database.CostCenters.Contains(back.NewNameOf(t.CostCenter))))) Track(back.NewNameOf(path), user);
        TrackMoved(move);
    }

    private void TrackMoved(CostCenterMove move)
    {
        foreach (var (path, user) in InOrder(database.Tracked.Where(t => move.Moves(t.CostCenter)))) Track(move.NewNameOf(path), user);
    }

    private static List<(string Path, string User)> InOrder(IEnumerable<TrackedUser> tracked) => [.. tracked.Select(t => (t.CostCenter, t.User)).Order()];

    /// <summary>What stands at the new name stands: a budget that has none to take the place of goes there, another ends.</summary>
    private void MoveSettings(CostCenterMove move)
    {
        foreach (var (id, increase) in database.Increases.Where(i => move.Moves(i.Value.CostCenter)).ToList())
        {
            if (database.Budgets.ContainsKey((move.NewNameOf(increase.CostCenter), increase.User ?? ""))) database.Increases.Remove(id);
            else database.Increases[id] = increase with { CostCenter = move.NewNameOf(increase.CostCenter) };
        }

        foreach (var (key, budget) in database.Budgets.Where(b => move.Moves(b.Key.CostCenter)).ToList())
        {
            database.Budgets.Remove(key);
            var path = move.NewNameOf(key.CostCenter);
            database.Budgets.TryAdd((path, key.User), budget with { CostCenter = path });
        }

        foreach (var (key, pause) in database.Pauses.Where(p => move.Moves(p.Key.CostCenter)).ToList())
        {
            database.Pauses.Remove(key);
            var path = move.NewNameOf(key.CostCenter);
            database.Pauses.TryAdd((path, key.User, key.Model), pause with { CostCenter = path });
        }

        foreach (var resumed in Alerting.Evaluations.Values.Where(e => e.Kind == EvaluationKind.Resumed && move.Moves(e.CostCenter)).ToList()) Alerting.Put((resumed with { CostCenter = move.NewNameOf(resumed.CostCenter) }).ToEvaluation());

        foreach (var (name, channel) in Alerting.Channels.ToList())
        {
            if (channel.Under is { } under && move.Moves(under)) Alerting.Channels[name] = channel with { Under = move.NewNameOf(under) };
        }

        database.Catalogs = database.Catalogs with { Policies = database.Catalogs.Policies + 1 };
    }

    /// <summary>A name that something moves to is no old name any more. Earlier old names of what moves now lead on, and a part that left its history here leads on from its new name, too.</summary>
    private void LeaveAlias(MoveJob job, DateTimeOffset now)
    {
        var (move, aliases, closed) = (job.Move, database.Aliases, database.Closed);
        foreach (var path in Here(move).Select(move.NewNameOf))
        {
            aliases.Remove(path);
            closed.Remove(path);
        }

        foreach (var (path, alias) in aliases.ToList()) aliases[path] = alias with { To = move.NewNameOf(alias.To) };
        foreach (var (path, name) in closed.ToList()) closed[path] = name with { MovedTo = move.NewNameOf(name.MovedTo) };
        var kept = aliases.Values.Where(a => move.Moves(a.From) && a.From != move.From && a.KeepsHistory && move.NewNameOf(a.From) != a.To).ToList();
        foreach (var alias in kept)
        {
            aliases.TryAdd(move.NewNameOf(alias.From), alias with { From = move.NewNameOf(alias.From) });
            if (closed.Remove(alias.From, out var name)) closed.TryAdd(move.NewNameOf(alias.From), name);
        }

        aliases[move.From] = new CostCenterAlias(move.From, move.To, job.KeepsHistory, false, Stored.Of(now) + ILedgerMoves.AliasFor);
        closed[move.From] = new ClosedName(move.To, job.CreatedBy, Stored.Of(now));
    }
}
