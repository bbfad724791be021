using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Sql.Catalogs;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Nodes;

/// <summary>Budgets of cost centers and of users, with their preconditions.</summary>
internal sealed class BudgetTable(LedgerDatabase database) : ILedgerBudgets
{
    private const string Columns = "cost_center, user_name, budget, version, updated_at, updated_by";

    public Task<StoredBudget?> ReadBudgetAsync(string costCenter, string? user, CancellationToken cancellationToken) =>
        database.ReadAsync(s => FindAsync(s, costCenter, user, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<StoredBudget>> ListBudgetsAsync(
        string? under, (string CostCenter, string User)? after, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<StoredBudget>>(
            async s => await s.ListAsync(
                $"""
                select {Columns} from budgets
                where {Subtree.Where("cost_center", under)} and {(after is null ? "true" : "(cost_center, user_name) > (@after_cost_center, @after_user)")}
                order by cost_center, user_name limit @limit
                """,
                Read, cancellationToken,
                [.. Subtree.Parameters(under), .. After(after), ("limit", (long)limit)]),
            cancellationToken);

    public async Task<BudgetWriteResult> PutBudgetAsync(
        string costCenter, string? user, Budget budget, Func<TenantSettings?, TenantSettings?>? tenant, BudgetPrecondition precondition, AdminContext admin,
        CancellationToken cancellationToken)
    {
        for (var isTracked = false; ; isTracked = true)
        {
            if (await database.WriteAsync(s => TryPutAsync(s, costCenter, user, budget, tenant, precondition, admin, cancellationToken), cancellationToken) is { } result) return result;
            if (isTracked) throw new LedgerContentionException($"The balances of {costCenter} are being filled in by somebody else. Ask again.");
            await UserTracking.TrackAsync(database, costCenter, user ?? "", cancellationToken);
        }
    }

    public Task<BudgetWriteResult> DeleteBudgetAsync(
        string costCenter, string? user, BudgetPrecondition precondition, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAsync(s, cancellationToken);
                var before = await FindAsync(s, costCenter, user, cancellationToken);
                if (!precondition.Holds(before)) return new BudgetWriteResult(BudgetWriteStatus.PreconditionFailed, before);
                if (before is null) return new BudgetWriteResult(BudgetWriteStatus.NotFound, null);
                await s.ExecuteAsync(
                    "delete from budgets where cost_center = @cost_center and user_name = @user_name", cancellationToken,
                    ("cost_center", costCenter), ("user_name", user ?? ""));
                await AdminWrites.TouchNodeAsync(s, costCenter, user, version, cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "budget.delete", costCenter, Json(s, before), null, cancellationToken);
                if (InheritedOf(before) != InheritedSettings.None) await AdminWrites.RaiseAsync(s, "policies", 1, cancellationToken);
                return new BudgetWriteResult(BudgetWriteStatus.Deleted, before);
            },
            cancellationToken);

    /// <returns>Null: the users that it tells apart have no balances yet; nothing was written.</returns>
    private static async Task<BudgetWriteResult?> TryPutAsync(
        LedgerSession s, string costCenter, string? user, Budget budget, Func<TenantSettings?, TenantSettings?>? tenant, BudgetPrecondition precondition, AdminContext admin,
        CancellationToken cancellationToken)
    {
        var version = await AdminWrites.BeginAtAsync(s, costCenter, cancellationToken);
        var before = await FindAsync(s, costCenter, user, cancellationToken);
        if (!precondition.Holds(before)) return new BudgetWriteResult(BudgetWriteStatus.PreconditionFailed, before);
        if (!await UserTracking.IsReadyAsync(s, costCenter, user, budget, cancellationToken)) return null;
        await AdminWrites.AddCostCenterAsync(s, costCenter, cancellationToken);
        var stored = new StoredBudget(costCenter, user, budget, version, Truncated(admin.At), admin.Actor);
        await UpsertAsync(s, stored, cancellationToken);
        await AdminWrites.TouchNodeAsync(s, costCenter, user, version, cancellationToken);
        await AdminWrites.AuditAsync(s, admin, "budget.put", costCenter, Json(s, before), BudgetDocument.ToJson(budget, s.Resolution), cancellationToken);
        var tenantChanged = await TenantTable.EnsureAsync(s, CostCenterId.TenantOf(costCenter), tenant, admin, cancellationToken);
        if (tenantChanged || InheritedOf(before) != InheritedOf(stored)) await AdminWrites.RaiseAsync(s, "policies", 1, cancellationToken);
        return new BudgetWriteResult(before is null ? BudgetWriteStatus.Created : BudgetWriteStatus.Replaced, stored);
    }

    private static Task<StoredBudget?> FindAsync(LedgerSession s, string costCenter, string? user, CancellationToken cancellationToken) =>
        s.FirstAsync<StoredBudget>(
            $"select {Columns} from budgets where cost_center = @cost_center and user_name = @user_name", Read, cancellationToken,
            ("cost_center", costCenter), ("user_name", user ?? ""));

    private static Task UpsertAsync(LedgerSession s, StoredBudget stored, CancellationToken cancellationToken) =>
        s.ExecuteAsync(
            $"""
            insert into budgets ({Columns}, sets_inherited)
            values (@cost_center, @user_name, @budget, @version, @updated_at, @updated_by, @sets_inherited)
            on conflict (cost_center, user_name) do update
            set budget = excluded.budget, version = excluded.version, updated_at = excluded.updated_at, updated_by = excluded.updated_by,
                sets_inherited = excluded.sets_inherited
            """,
            cancellationToken, ("cost_center", stored.CostCenter), ("user_name", stored.User ?? ""), ("budget", BudgetDocument.ToJson(stored.Budget, s.Resolution)),
            ("version", stored.Version), ("updated_at", stored.UpdatedAt), ("updated_by", stored.UpdatedBy),
            ("sets_inherited", InheritedOf(stored) != InheritedSettings.None));

    /// <summary>A user's budget passes nothing on: only cost centers are inherited from.</summary>
    private static InheritedSettings InheritedOf(StoredBudget? stored) => stored is { User: null } ? stored.Budget.Inherited : InheritedSettings.None;

    private static string? Json(LedgerSession s, StoredBudget? stored) => stored is null ? null : BudgetDocument.ToJson(stored.Budget, s.Resolution);

    /// <summary>As it will be read: the caller compares what it got with what it finds later.</summary>
    private static DateTimeOffset Truncated(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    private static IEnumerable<(string Name, object? Value)> After((string CostCenter, string User)? after) =>
        after is { } key ? [("after_cost_center", key.CostCenter), ("after_user", key.User)] : [];

    private static StoredBudget Read(RowReader r) => new(r.Text(), r.TextOrEmpty(), r.Budget(), r.Long(), r.Time(), r.Text());
}
