using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Simulation.Store;

/// <summary>
/// An evaluation in the simulated store, as PostgreSQL runs it: read committed, every statement of its own snapshot, row locks as the statements take them, effects
/// at the commit. What an evaluation comes to is decided outside, as in the real stores.
/// </summary>
internal sealed class SimulatedEvaluation(SimulatedDatabase database) : IEvaluationTransaction
{
    private readonly StoreTransaction _transaction = new() { MayLose = true };
    private readonly List<Action> _effects = [];
    private readonly AlertChanges _news = new();

    private AlertTables Tables => database.Alerting;

    public static async Task<T> RunAsync<T>(SimulatedDatabase database, Func<SimulatedEvaluation, Task<T>> work)
    {
        var evaluation = new SimulatedEvaluation(database);
        try
        {
            var result = await work(evaluation);
            await database.StepAsync();
            lock (database.Gate)
            {
                foreach (var effect in evaluation._effects) effect();
                if (evaluation._news.Any) database.AlertsChanged?.Invoke(evaluation._news);
            }

            return result;
        }
        finally
        {
            database.Locks.Release(evaluation._transaction);
        }
    }

    /// <summary>Locks a row, there or not, until the end.</summary>
    public Task LockAsync(object row) => database.LockAsync(_transaction, row, exclusive: true);

    /// <summary>Something that is in force with the commit.</summary>
    public void Then(Action effect) => _effects.Add(effect);

    public async Task<IReadOnlyList<AlertEvaluation>> TakeDueAsync(
        DateTimeOffset now, int limit, bool balances, DateTimeOffset? keptUntil, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate)
        {
            var taken = new List<AlertEvaluation>();
            var due = Tables.Evaluations.Where(e => e.Value.DueAt <= now && (balances || e.Value.Kind != EvaluationKind.BalanceChanged));
            foreach (var (key, row) in due.OrderBy(e => e.Value.DueAt).ThenBy(e => e.Key))
            {
                if (taken.Count == limit) break;
                if (!database.Locks.TryLock(_transaction, new EvaluationLock(key))) continue;
                var kept = row.Kind == EvaluationKind.BalanceChanged && keptUntil is { } until ? row with { DueAt = until } : null;
                taken.Add((kept ?? row).ToEvaluation());
                Then(() => _ = kept is null ? Tables.Evaluations.Remove(key) : (Tables.Evaluations[key] = kept) is not null);
            }

            _news.BySweep = true;
            return taken;
        }
    }

    public Task<IReadOnlySet<string>> ReadExistingAsync(IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        lock (database.Gate) return Task.FromResult<IReadOnlySet<string>>(paths.Where(database.CostCenters.Contains).ToHashSet(StringComparer.Ordinal));
    }

    public Task<IReadOnlyList<string>> ReadSiblingsAsync(string costCenter, int limit, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            List<string> siblings = [.. database.CostCenters.Where(c => c != costCenter && CostCenterId.ParentOf(c) == CostCenterId.ParentOf(costCenter)).Order(StringComparer.Ordinal)];
            var after = siblings.FindIndex(s => string.CompareOrdinal(s, costCenter) > 0) is >= 0 and var at ? at : siblings.Count;
            return Task.FromResult<IReadOnlyList<string>>([.. siblings[..after].TakeLast(limit / 2), .. siblings[after..].Take(limit / 2)]);
        }
    }

    public async Task ForgetAsync(IReadOnlyList<AlertEvaluation> kept, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate)
        {
            foreach (var evaluation in kept)
            {
                var key = EvaluationKey.Of(evaluation);
                if (!Tables.Evaluations.TryGetValue(key, out var stored) || stored.DueAt != evaluation.DueAt) continue;
                if (database.Locks.TryLock(_transaction, new EvaluationLock(key))) Then(() => Tables.Evaluations.Remove(key));
            }
        }
    }

    public async Task ScheduleAsync(IReadOnlyCollection<AlertEvaluation> evaluations, CancellationToken cancellationToken)
    {
        foreach (var evaluation in evaluations.DistinctBy(EvaluationKey.Of).OrderBy(EvaluationKey.Of))
        {
            await LockAsync(new EvaluationLock(EvaluationKey.Of(evaluation)));
            Then(() => Tables.Put(evaluation));
        }
    }

    public async Task ExpandAsync(string costCenter, bool children, DateOnly today, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        List<AlertEvaluation> accounts;
        lock (database.Gate)
        {
            var month = Window.Containing(Period.Monthly, today);
            accounts =
            [
                .. database.Balances.Keys.Where(k => k.CostCenter == costCenter && k.User.Length > 0 && k.Period == Period.Monthly && k.Window == month).Select(k => Of(costCenter, k.User)),
            ];
            if (children) accounts.AddRange(database.CostCenters.Where(c => CostCenterId.ParentOf(c) == costCenter).Select(c => Of(c, null)));
        }

        await ScheduleAsync(accounts, cancellationToken);

        AlertEvaluation Of(string path, string? user) => new AlertEvaluation.BalanceChanged(path, user, today) { Cause = AlertCause.LimitChange };
    }

    public async Task<EvaluationFacts> ReadAsync(IReadOnlyList<AccountKey> accounts, DateOnly fromDay, CancellationToken cancellationToken)
    {
        var paths = accounts.Select(a => a.CostCenter).ToHashSet(StringComparer.Ordinal);
        var users = accounts.Select(a => a.User).Append("").ToHashSet(StringComparer.Ordinal);
        var marks = await LockedMarksAsync(paths, users, Window.Containing(Period.Monthly, fromDay));
        var budgeted = paths.Concat(paths.Select(CostCenterId.ParentOf).OfType<string>()).ToHashSet(StringComparer.Ordinal);
        await database.StepAsync();
        Dictionary<AccountKey, Budget> budgets;
        lock (database.Gate)
        {
            budgets = database.Budgets.Where(b => budgeted.Contains(b.Key.CostCenter) && users.Contains(b.Key.User))
                .ToDictionary(b => new AccountKey(b.Key.CostCenter, b.Key.User), b => b.Value.Budget);
        }

        await database.StepAsync();
        ILookup<AccountKey, Increase> increases;
        lock (database.Gate) increases = database.Increases.Values.Where(i => paths.Contains(i.CostCenter)).ToLookup(i => new AccountKey(i.CostCenter, i.User ?? ""));
        await database.StepAsync();
        lock (database.Gate)
        {
            var balances = database.Balances
                .Where(b => paths.Contains(b.Key.CostCenter) && users.Contains(b.Key.User) && (b.Key.Period == Period.Monthly || b.Key.Window >= fromDay))
                .ToLookup(b => new AccountKey(b.Key.CostCenter, b.Key.User), b => (b.Key.Period, new DatedBalance(b.Key.Window, b.Value)));
            return new EvaluationFacts(budgets, increases, balances, marks);
        }
    }

    public async Task<IReadOnlySet<MarkKey>> FireAsync(IReadOnlyList<(MarkKey Key, int Generation)> marks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fired = new HashSet<MarkKey>();
        foreach (var (key, generation) in marks.OrderBy(m => m.Key, MarkOrder.Instance))
        {
            await LockAsync(key);
            lock (database.Gate)
            {
                if (Tables.Marks.TryGetValue(key, out var known) && (known.Fired || known.Generation != generation)) continue;
            }

            fired.Add(key);
            _news.Fired.Add(key);
            Then(() => Tables.Marks[key] = new StoredMark(generation, true, Stored.Of(now)));
        }

        return fired;
    }

    public async Task RearmAsync(IReadOnlyList<MarkKey> marks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var key in marks)
        {
            await LockAsync(key);
            _news.Rearmed.Add(key);
            Then(() => Tables.Marks[key] = new StoredMark(Tables.Marks[key].Generation + 1, false, Stored.Of(now)));
        }
    }

    public async Task<IReadOnlySet<string>> ExistingAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return ids.Where(Tables.AlertsById.ContainsKey).ToHashSet(StringComparer.Ordinal);
    }

    public async Task<Alert?> FindAlertAsync(string id, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return Tables.AlertsById.GetValueOrDefault(id)?.Alert;
    }

    public async Task UpdateAlertAsync(Alert alert, CancellationToken cancellationToken)
    {
        await LockAsync(new AlertLock(alert.Id));
        Then(() => Tables.Replace(alert));
    }

    public async Task<IReadOnlyDictionary<string, SpendFacts>> ReadSpendAsync(IReadOnlyCollection<(string CostCenter, DateOnly Date)> months, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return months.DistinctBy(m => m.CostCenter).ToDictionary(m => m.CostCenter, m => Tables.Spend.Of(m.CostCenter, m.Date), StringComparer.Ordinal);
    }

    public async Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return [.. Tables.Channels.Values];
    }

    public async Task<bool> DisableChannelAsync(Channel channel, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var name = channel.Name;
        await LockAsync(new ChannelLock(name));
        bool off;
        lock (database.Gate)
        {
            var isKnown = Tables.Channels.TryGetValue(name, out var known);
            if (isKnown && !known!.SendsLike(channel)) return false;
            off = !isKnown || known!.Disabled is not null;
        }

        Then(() => Tables.DropOf(name, now));
        if (!off) Then(() => Tables.Channels[name] = Tables.Channels[name] with { Disabled = new ChannelDisabled(reason, Stored.Of(now)) });
        return !off;
    }

    public async Task<IReadOnlySet<string>> InsertAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        var inserted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var alert in alerts)
        {
            await LockAsync(new AlertLock(alert.Id));
            lock (database.Gate)
            {
                if (Tables.AlertsById.ContainsKey(alert.Id) || !inserted.Add(alert.Id)) continue;
                var stored = new StoredAlert(Tables.NextEntry(), AlertDocument.Read(AlertDocument.ToJson(alert)));
                _news.Inserted.Add(stored.Alert);
                Then(() => Tables.Insert(stored));
            }
        }

        return inserted;
    }

    public Task DeliverAsync(IReadOnlyList<(string AlertId, string Channel, bool Resolves)> deliveries, DateTimeOffset now, CancellationToken cancellationToken) =>
        DeliverAsync(deliveries.Select(d => new DeliveryKey(d.AlertId, d.Channel, d.Resolves)), now);

    public async Task DeliverAsync(IEnumerable<DeliveryKey> deliveries, DateTimeOffset now)
    {
        foreach (var key in deliveries)
        {
            await LockAsync(new DeliveryLock(key));
            Then(() => Tables.Add(key, now));
        }
    }

    public async Task<IReadOnlyList<string>> ResolveAsync(WindowKey window, IReadOnlyCollection<string> channels, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        List<(DeliveryKey Key, DeliveryState State)> told;
        lock (database.Gate)
        {
            told =
            [
                .. Tables.Alerts.Values.Reverse().Where(a => IEvaluationTransaction.BeginsIncident(a.Alert.Type) && a.Alert.CostCenter == window.Account.CostCenter
                        && (a.Alert.User ?? "") == window.Account.User && a.Alert.Period == window.Period && a.Alert.Window == window.Window)
                    .SelectMany(a => channels.Select(c => new DeliveryKey(a.Alert.Id, c, false))).Where(Tables.Deliveries.ContainsKey).Select(k => (k, Tables.Deliveries[k].State)),
            ];
        }

        foreach (var (key, _) in told.Where(t => t.State == DeliveryState.Pending))
        {
            await LockAsync(new DeliveryLock(key));
            Then(() => Tables.Drop(key, now));
        }

        var resolved = told.DistinctBy(t => t.Key.Channel).Select(t => t.Key with { Resolves = true }).ToList();
        await DeliverAsync(resolved, now);
        return [.. resolved.Select(r => r.Channel)];
    }

    public async Task<bool> StandsAsync(string costCenter, PauseEvent pause, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return database.Pauses.TryGetValue((costCenter, pause.User ?? "", pause.Model ?? ""), out var known) && known.At == Stored.Of(pause.At);
    }

    /// <summary>Those that the statement's snapshot holds, each as it is once it is locked.</summary>
    private async Task<ILookup<AccountKey, ThresholdMark>> LockedMarksAsync(HashSet<string> paths, HashSet<string> users, DateOnly fromMonth)
    {
        await database.StepAsync();
        List<MarkKey> keys;
        lock (database.Gate)
        {
            keys =
            [
                .. Tables.Marks.Keys.Where(k => paths.Contains(k.Account.CostCenter) && users.Contains(k.Account.User) && (k.Period == Period.Total || k.Window >= fromMonth))
                    .Order(MarkOrder.Instance),
            ];
        }

        var marks = new List<(AccountKey, ThresholdMark)>();
        foreach (var key in keys)
        {
            await LockAsync(key);
            lock (database.Gate)
            {
                if (Tables.Marks.TryGetValue(key, out var mark)) marks.Add((key.Account, new ThresholdMark(key.Period, key.Window, key.At, mark.Generation, mark.Fired)));
            }
        }

        return marks.ToLookup(m => m.Item1, m => m.Item2);
    }

    private sealed class MarkOrder : IComparer<MarkKey>
    {
        public static readonly MarkOrder Instance = new();

        public int Compare(MarkKey x, MarkKey y)
        {
            var order = x.Account.CompareTo(y.Account);
            if (order == 0) order = x.Period.CompareTo(y.Period);
            if (order == 0) order = x.Window.CompareTo(y.Window);
            return order != 0 ? order : x.At.CompareTo(y.At);
        }
    }
}
