using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Simulation.Store;

/// <summary>Administrative writes, one after the other as in the real stores: budgets, increases, pauses.</summary>
internal sealed partial class SimulatedLedger
{
    public Task<StoredBudget?> ReadBudgetAsync(string costCenter, string? user, CancellationToken cancellationToken)
    {
        lock (database.Gate) return Task.FromResult(database.Budgets.GetValueOrDefault((costCenter, user ?? "")));
    }

    public Task<BudgetWriteResult> PutBudgetAsync(
        string costCenter, string? user, Budget budget, Func<TenantSettings?, TenantSettings?>? tenant, BudgetPrecondition precondition, AdminContext admin, CancellationToken cancellationToken)
    {
        // Both forms are stored as a document; what that cannot say does not come back.
        var stored = BudgetDocument.Read(BudgetDocument.ToJson(budget, Resolution.Nano), Resolution.Nano);
        return WriteAsync(keepsBatchesOut: user is not null || budget.PerUser is not null, [Limits(costCenter, user)], () =>
        {
            var version = Begin(costCenter);
            var before = database.Budgets.GetValueOrDefault((costCenter, user ?? ""));
            if (!precondition.Holds(before)) return new BudgetWriteResult(BudgetWriteStatus.PreconditionFailed, before);
            if (user is not null || budget.PerUser is not null) Track(costCenter, user ?? "");
            database.AddCostCenter(costCenter);
            var after = new StoredBudget(costCenter, user, stored, version, Stored.Of(admin.At), admin.Actor);
            database.Budgets[(costCenter, user ?? "")] = after;
            Touch(costCenter, user, version);
            Audit(admin, "budget.put", costCenter, before is null ? null : BudgetDocument.ToJson(before.Budget, Resolution.Nano), BudgetDocument.ToJson(budget, Resolution.Nano));
            var tenantChanged = EnsureTenant(CostCenterId.TenantOf(costCenter), tenant, admin);
            if (tenantChanged || InheritedOf(before) != InheritedOf(after)) database.Catalogs = database.Catalogs with { Policies = database.Catalogs.Policies + 1 };
            return new BudgetWriteResult(before is null ? BudgetWriteStatus.Created : BudgetWriteStatus.Replaced, after);
        });
    }

    public Task<BudgetWriteResult> DeleteBudgetAsync(
        string costCenter, string? user, BudgetPrecondition precondition, AdminContext admin, CancellationToken cancellationToken) =>
        WriteAsync(keepsBatchesOut: false, [Limits(costCenter, user)], () =>
        {
            var version = ++database.Version;
            var before = database.Budgets.GetValueOrDefault((costCenter, user ?? ""));
            if (!precondition.Holds(before)) return new BudgetWriteResult(BudgetWriteStatus.PreconditionFailed, before);
            if (before is null) return new BudgetWriteResult(BudgetWriteStatus.NotFound, null);
            database.Budgets.Remove((costCenter, user ?? ""));
            Touch(costCenter, user, version);
            Audit(admin, "budget.delete", costCenter, BudgetDocument.ToJson(before.Budget, Resolution.Nano), null);
            if (InheritedOf(before) != InheritedSettings.None) database.Catalogs = database.Catalogs with { Policies = database.Catalogs.Policies + 1 };
            return new BudgetWriteResult(BudgetWriteStatus.Deleted, before);
        });

    public Task<IReadOnlyList<StoredBudget>> ListBudgetsAsync(string? under, (string CostCenter, string User)? after, int limit, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            return Task.FromResult<IReadOnlyList<StoredBudget>>(
                [.. database.Budgets.Where(b => IsUnder(b.Key.CostCenter, under) && (after is not { } key || IsAfter(b.Key, key))).Select(b => b.Value).Take(limit)]);
        }
    }

    public Task<IncreaseWriteResult> PutIncreaseAsync(Increase increase, AdminContext admin, CancellationToken cancellationToken) =>
        WriteAsync(keepsBatchesOut: false, [Limits(increase.CostCenter, increase.User)], () =>
        {
            var version = Begin(increase.CostCenter);
            var sent = Stored.Of(increase);
            if (database.Increases.TryGetValue(increase.Id, out var known))
            {
                return new IncreaseWriteResult(known with { By = sent.By, At = sent.At } == sent ? IncreaseWriteStatus.Unchanged : IncreaseWriteStatus.Conflict, known);
            }

            database.Increases.Add(sent.Id, sent);
            Touch(increase.CostCenter, increase.User, version);
            Audit(admin, "increase.put", increase.CostCenter, null, IncreaseDocument.ToJson(increase, Resolution.Nano));
            return new IncreaseWriteResult(IncreaseWriteStatus.Created, sent);
        });

    public Task<Increase?> ReadIncreaseAsync(string id, CancellationToken cancellationToken)
    {
        lock (database.Gate) return Task.FromResult(database.Increases.GetValueOrDefault(id));
    }

    public Task<bool> DeleteIncreaseAsync(string id, string costCenter, AdminContext admin, CancellationToken cancellationToken)
    {
        AlertEvaluation[] touched;
        lock (database.Gate) touched = database.Increases.TryGetValue(id, out var known) ? [Limits(known.CostCenter, known.User)] : [];
        return WriteAsync(keepsBatchesOut: false, touched, () =>
        {
            var version = ++database.Version;
            if (!database.Increases.TryGetValue(id, out var stored) || stored.CostCenter != costCenter) return false;
            database.Increases.Remove(id);
            Touch(stored.CostCenter, stored.User, version);
            Audit(admin, "increase.delete", stored.CostCenter, IncreaseDocument.ToJson(stored, Resolution.Nano), null);
            return true;
        });
    }

    public Task<IReadOnlyList<Increase>> ListIncreasesAsync(string? under, string? afterId, int limit, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            return Task.FromResult<IReadOnlyList<Increase>>(
                [.. database.Increases.Values.Where(i => IsUnder(i.CostCenter, under) && string.CompareOrdinal(i.Id, afterId ?? "") > 0).Take(limit)]);
        }
    }

    public Task<IReadOnlyList<Pause>> ListPausesAsync(PauseFilter filter, Pause? after, int limit, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            return Task.FromResult<IReadOnlyList<Pause>>(
            [
                .. database.Pauses.Values.Where(p => (filter.Under is not { } under || IsUnder(p.CostCenter, under) || filter.Above.Contains(p.CostCenter)) && !(p.Until <= filter.Now)
                    && (filter.User is null || p.User == filter.User) && (filter.Model is null || p.Model == filter.Model)
                    && (after is null || Order(p).CompareTo(Order(after)) > 0)).OrderBy(Order).Take(limit),
            ]);
        }

        static PauseKey Order(Pause p) => new(p.CostCenter, p.User ?? "", p.Model ?? "");
    }

    /// <summary>In the order of the list.</summary>
    private readonly record struct PauseKey(string CostCenter, string User, string Model) : IComparable<PauseKey>
    {
        public int CompareTo(PauseKey other)
        {
            var order = string.CompareOrdinal(CostCenter, other.CostCenter);
            if (order == 0) order = string.CompareOrdinal(User, other.User);
            return order != 0 ? order : string.CompareOrdinal(Model, other.Model);
        }
    }

    public Task PutPauseAsync(Pause pause, AdminContext admin, CancellationToken cancellationToken)
    {
        var told = new AlertEvaluation.Paused(pause.CostCenter, new PauseEvent(pause.User, pause.Model, pause.Until, pause.Reason, pause.By, pause.At));
        return WriteAsync(keepsBatchesOut: false, [Limits(pause.CostCenter, null), told], () =>
        {
            var version = Begin(pause.CostCenter);
            var key = (pause.CostCenter, pause.User ?? "", pause.Model ?? "");
            var before = database.Pauses.GetValueOrDefault(key);
            database.Pauses[key] = Stored.Of(pause);
            Touch(pause.CostCenter, null, version);
            Alerting.Put(told);
            Audit(admin, "pause.put", pause.CostCenter, before is null ? null : PauseDocument.ToJson(before), PauseDocument.ToJson(pause));
            return true;
        });
    }

    public Task<bool> DeletePauseAsync(string costCenter, string? user, string? model, AdminContext admin, CancellationToken cancellationToken)
    {
        var told = new AlertEvaluation.Resumed(costCenter, new PauseEvent(user, model, null, admin.Reason, admin.Actor, admin.At));
        return WriteAsync(keepsBatchesOut: false, [Limits(costCenter, null), told], () =>
        {
            var version = ++database.Version;
            if (!database.Pauses.Remove((costCenter, user ?? "", model ?? ""), out var before)) return false;
            Touch(costCenter, null, version);
            // One that has ended by itself is told as that; nobody may have come to it yet.
            var expired = new PauseEvent(user, model, null, before.Reason, before.By, before.At, Expires: true);
            Alerting.Put(before.Until is null || before.Until > admin.At ? told : told with { Pause = expired });
            Audit(admin, "pause.delete", costCenter, PauseDocument.ToJson(before), null);
            return true;
        });
    }

    /// <summary>Where nothing may be set, nothing is.</summary>
    private long Begin(string costCenter)
    {
        if (database.AliasesNow().BookedAt(costCenter) is var now && now != costCenter) throw new CostCenterMovedException(costCenter, now);
        return ++database.Version;
    }

    private Task<T> WriteAsync<T>(bool keepsBatchesOut, Func<T> write) => WriteAsync(keepsBatchesOut, [], write);


    /// <param name="evaluations">That may be put on the list: somebody may be taking them off just now.</param>
    private async Task<T> WriteAsync<T>(bool keepsBatchesOut, AlertEvaluation[] evaluations, Func<T> write)
    {
        var transaction = new StoreTransaction();
        try
        {
            await database.LockAsync(transaction, AdminLock.Instance, exclusive: true);
            if (keepsBatchesOut) await database.LockAsync(transaction, BatchesLock.Instance, exclusive: true);
            foreach (var evaluation in evaluations) await database.LockAsync(transaction, new EvaluationLock(EvaluationKey.Of(evaluation)), exclusive: true);
            await database.StepAsync();
            lock (database.Gate)
            {
                var result = write();
                database.Administered?.Invoke();
                return result;
            }
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    private static AlertEvaluation.LimitsChanged Limits(string costCenter, string? user) => new(costCenter, user) { Cause = AlertCause.LimitChange };

    private void Touch(string costCenter, string? user, long version)
    {
        database.NodeVersions[costCenter] = version;
        Alerting.Put(Limits(costCenter, user));
    }

    /// <summary>Begins to keep a user's balances (empty: every user's), filled from the rows.</summary>
    private void Track(string costCenter, string user)
    {
        if (database.Tracked.Contains(new TrackedUser(costCenter, "")) || database.Tracked.Contains(new TrackedUser(costCenter, user))) return;
        var before = database.Balances.Keys.Where(k => k.CostCenter == costCenter && k.User.Length > 0).Select(k => k.User).ToHashSet(StringComparer.Ordinal);
        database.Tracked.Add(new TrackedUser(costCenter, user));
        var aliases = database.AliasesNow();
        foreach (var stored in database.Usage.Values)
        {
            var row = stored.Row;
            if (!CostCenterId.IsWithin(aliases.CountedAt(row.CostCenter), costCenter) || (user.Length > 0 && row.User != user) || before.Contains(row.User)) continue;
            foreach (var key in new[] { BalanceKey.Day(costCenter, row.User, row.BookedDate), BalanceKey.Month(costCenter, row.User, row.BookedDate) })
            {
                var old = database.Balances.GetValueOrDefault(key);
                database.Balances[key] = new Balance(old.Spent + row.Cost, old.Requests + row.Requests, 1);
            }
        }
    }

    private bool EnsureTenant(string tenant, Func<TenantSettings?, TenantSettings?>? change, AdminContext admin)
    {
        var before = database.Tenants.GetValueOrDefault(tenant);
        var after = change?.Invoke(before) ?? before ?? TenantSettings.New(tenant);
        if (after.Tenant != tenant) throw new ArgumentException($"The fields are of {after.Tenant}, not of {tenant}.", nameof(change));
        if (after == before) return false;
        database.Tenants[tenant] = after;
        Audit(admin, before is null ? "tenant.create" : "tenant.put", tenant, before is null ? null : TenantDocument.ToJson(before, Resolution.Nano), TenantDocument.ToJson(after, Resolution.Nano));
        return true;
    }

    private void Audit(AdminContext admin, string action, string? costCenter, string? before, string? after) =>
        database.Audit.Add(new AuditEntry(database.Audit.Count + 1, Stored.Of(admin.At), admin.Actor, action, costCenter, before, after, admin.Reason));

    private static InheritedSettings InheritedOf(StoredBudget? stored) => stored is { User: null } ? stored.Budget.Inherited : InheritedSettings.None;

    private static bool IsUnder(string path, string? under) => under is null || CostCenterId.IsWithin(path, under);

    private static bool IsAfter((string CostCenter, string User) key, (string CostCenter, string User) other)
    {
        var order = string.CompareOrdinal(key.CostCenter, other.CostCenter);
        return order > 0 || (order == 0 && string.CompareOrdinal(key.User, other.User) > 0);
    }
}
