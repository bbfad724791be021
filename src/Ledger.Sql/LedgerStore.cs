using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>What both stores share: every statement that is not about batches, locks or the schema. Not for use outside of this project.</summary>
public abstract class LedgerStore : ILedgerStore
{
    private readonly LedgerDatabase _database;
    private readonly BudgetTable _budgets;
    private readonly IncreaseTable _increases;
    private readonly PauseTable _pauses;
    private readonly CatalogTables _catalogs;
    private readonly KeyTable _keys;
    private readonly NodeReader _nodes;
    private readonly FenceTables _fence;
    private readonly CostCenterReports _costCenters;
    private readonly UsageReports _usage;
    private readonly ModelRollUp _models;
    private readonly Retention _retention;
    private readonly Consistency _consistency;
    private readonly AlertStore _alerts;

    private protected LedgerStore(LedgerDatabase database)
    {
        _database = database;
        _budgets = new BudgetTable(database);
        _increases = new IncreaseTable(database);
        _pauses = new PauseTable(database);
        _catalogs = new CatalogTables(database);
        _keys = new KeyTable(database);
        _nodes = new NodeReader(database);
        _fence = new FenceTables(database);
        _costCenters = new CostCenterReports(database);
        _usage = new UsageReports(database);
        _models = new ModelRollUp(database, Paths);
        _retention = new Retention(database, _models);
        _consistency = new Consistency(database);
        _alerts = new AlertStore(database);
    }

    public abstract string Description { get; }

    private protected PathCache Paths { get; } = new();

    public abstract Task<long> OpenAsync(bool migrate, LedgerUse use, CancellationToken cancellationToken);

    public abstract Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken);

    public abstract Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _database.DisposeAsync();
    }

    public Task<UsageRow?> ReadRecordAsync(string tenant, string requestId, CancellationToken cancellationToken) =>
        _usage.ReadRecordAsync(tenant, requestId, cancellationToken);

    public Task<int> RetainAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        _retention.RunAsync(before, limit, cancellationToken);

    public Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string? process, CancellationToken cancellationToken) =>
        _nodes.RegisterAsync(costCenters, fromDay, now, process, cancellationToken);

    public Task GiveUpAsync(IReadOnlyList<NodeEpoch> nodes, string process, CancellationToken cancellationToken) =>
        _fence.GiveUpAsync(nodes, process, cancellationToken);

    public Task EndLeaseAsync(string process, CancellationToken cancellationToken) => _fence.EndLeaseAsync(process, cancellationToken);

    public Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken) =>
        _nodes.ReadSideAsync(costCenter, user, fromDay, cancellationToken);

    public Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken) =>
        _nodes.ReadSideAsync(child, "", fromDay, cancellationToken);

    public Task<CatalogVersions> ReadCatalogVersionsAsync(CancellationToken cancellationToken) => _catalogs.ReadVersionsAsync(cancellationToken);

    public Task<IReadOnlyList<PriceVersion>> ReadPricesAsync(CancellationToken cancellationToken) => _catalogs.ReadPricesAsync(cancellationToken);

    public Task PutPricesAsync(IReadOnlyList<PriceVersion> prices, AdminContext admin, CancellationToken cancellationToken) =>
        _catalogs.PutPricesAsync(prices, admin, cancellationToken);

    public Task<Policies> ReadPoliciesAsync(CancellationToken cancellationToken) => _catalogs.ReadPoliciesAsync(cancellationToken);

    public Task CreateTenantAsync(string tenant, AdminContext admin, CancellationToken cancellationToken) =>
        _catalogs.CreateTenantAsync(tenant, admin, cancellationToken);

    public Task<IReadOnlyList<StoredKey>> ReadKeysAsync(CancellationToken cancellationToken) => _keys.ReadAsync(cancellationToken);

    public Task InsertKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken) => _keys.InsertAsync(key, admin, cancellationToken);

    public Task<bool> UpdateKeyAsync(StoredKey key, AdminContext admin, CancellationToken cancellationToken) =>
        _keys.UpdateAsync(key, admin, cancellationToken);

    public Task<StoredBudget?> ReadBudgetAsync(string costCenter, string? user, CancellationToken cancellationToken) =>
        _budgets.ReadAsync(costCenter, user, cancellationToken);

    public Task<BudgetWriteResult> PutBudgetAsync(
        string costCenter, string? user, Budget budget, TenantSettings? tenant, BudgetPrecondition precondition, AdminContext admin,
        CancellationToken cancellationToken) =>
        _budgets.PutAsync(costCenter, user, budget, tenant, precondition, admin, cancellationToken);

    public Task<BudgetWriteResult> DeleteBudgetAsync(
        string costCenter, string? user, BudgetPrecondition precondition, AdminContext admin, CancellationToken cancellationToken) =>
        _budgets.DeleteAsync(costCenter, user, precondition, admin, cancellationToken);

    public Task<IReadOnlyList<StoredBudget>> ListBudgetsAsync(
        string? under, (string CostCenter, string User)? after, int limit, CancellationToken cancellationToken) =>
        _budgets.ListAsync(under, after, limit, cancellationToken);

    public Task<IncreaseWriteResult> PutIncreaseAsync(Increase increase, AdminContext admin, CancellationToken cancellationToken) =>
        _increases.PutAsync(increase, admin, cancellationToken);

    public Task<Increase?> ReadIncreaseAsync(string id, CancellationToken cancellationToken) => _increases.ReadAsync(id, cancellationToken);

    public Task<bool> DeleteIncreaseAsync(string id, AdminContext admin, CancellationToken cancellationToken) =>
        _increases.DeleteAsync(id, admin, cancellationToken);

    public Task<IReadOnlyList<Increase>> ListIncreasesAsync(string? under, string? afterId, int limit, CancellationToken cancellationToken) =>
        _increases.ListAsync(under, afterId, limit, cancellationToken);

    public Task PutPauseAsync(Pause pause, AdminContext admin, CancellationToken cancellationToken) => _pauses.PutAsync(pause, admin, cancellationToken);

    public Task<bool> DeletePauseAsync(string costCenter, string? user, string? model, AdminContext admin, CancellationToken cancellationToken) =>
        _pauses.DeleteAsync(costCenter, user, model, admin, cancellationToken);

    public Task<bool> ExistsAsync(string costCenter, CancellationToken cancellationToken) => _costCenters.ExistsAsync(costCenter, cancellationToken);

    public Task<IReadOnlyList<CostCenterSummary>> ListCostCentersAsync(
        string? under, string? after, int limit, Func<string, DateOnly> today, CancellationToken cancellationToken) =>
        _costCenters.ListAsync(under, after, limit, today, cancellationToken);

    public Task<(IReadOnlyList<string> Paths, long Count)> ListChildrenAsync(string costCenter, int limit, CancellationToken cancellationToken) =>
        _costCenters.ListChildrenAsync(costCenter, limit, cancellationToken);

    public Task<IReadOnlyList<ModelSpend>> ReadModelsAsync(string costCenter, DateOnly today, int limit, CancellationToken cancellationToken) =>
        _models.ReadAsync(costCenter, today, limit, cancellationToken);

    public Task<int> RollUpAsync(int limit, CancellationToken cancellationToken) => _models.RunAsync(limit, cancellationToken);

    public Task<IReadOnlyList<UsageRow>> ReadUsageAsync(UsageFilter filter, CancellationToken cancellationToken) => _usage.ListAsync(filter, cancellationToken);

    public IAsyncEnumerable<UsageRow> ExportUsageAsync(DateOnly from, DateOnly to, string? costCenter, CancellationToken cancellationToken) =>
        _usage.ExportAsync(from, to, costCenter, cancellationToken);

    public Task<IReadOnlyList<MissingPrice>> ListMissingPricesAsync(string? under, int limit, CancellationToken cancellationToken) =>
        _usage.ListMissingPricesAsync(under, limit, cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(
        string? under, DateTimeOffset? since, long? afterId, int limit, CancellationToken cancellationToken) =>
        _costCenters.ReadAuditAsync(under, since, afterId, limit, cancellationToken);

    public Task<ConsistencyReport> CheckConsistencyAsync(string? under, CancellationToken cancellationToken) =>
        _consistency.CheckAsync(under, cancellationToken);

    public Task<LookResult> LookAsync(IReadOnlyList<Look> looks, AlertContext context, CancellationToken cancellationToken) =>
        _alerts.LookAsync(looks, context, cancellationToken);

    public Task<LookResult> SweepAsync(IReadOnlyList<Look> told, int limit, AlertContext context, CancellationToken cancellationToken) =>
        _alerts.SweepAsync(told, limit, context, cancellationToken);

    public Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        _alerts.ReadDueChannelsAsync(now, limit, cancellationToken);

    public Task<DueDeliveries> ReadDueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        _alerts.ReadDueAsync(channel, now, limit, cancellationToken);

    public Task WriteAttemptsAsync(string channel, IReadOnlyList<DeliveryUpdate> updates, CancellationToken cancellationToken) =>
        _alerts.WriteAttemptsAsync(channel, updates, cancellationToken);

    public Task HurryAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        _alerts.HurryAsync(channel, now, cancellationToken);

    public Task<IReadOnlyList<string>> DisableChannelAsync(string channel, string reason, AlertContext context, CancellationToken cancellationToken) =>
        _alerts.DisableChannelAsync(channel, reason, context, cancellationToken);

    public Task<IReadOnlyList<string>> TellDeadAsync(string channel, string reason, AlertContext context, CancellationToken cancellationToken) =>
        _alerts.TellDeadAsync(channel, reason, context, cancellationToken);

    public Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken) =>
        _alerts.ReadChannelsAsync(cancellationToken);

    public Task<Channel?> ReadChannelAsync(string name, CancellationToken cancellationToken) =>
        _alerts.ReadChannelAsync(name, cancellationToken);

    public Task<ChannelWrite> PutChannelAsync(Channel channel, string? within, AdminContext admin, CancellationToken cancellationToken) =>
        _alerts.PutChannelAsync(channel, within, admin, cancellationToken);

    public Task<bool> DeleteChannelAsync(string name, string? within, AdminContext admin, CancellationToken cancellationToken) =>
        _alerts.DeleteChannelAsync(name, within, admin, cancellationToken);

    public Task<bool> InsertTestAsync(Alert alert, string channel, CancellationToken cancellationToken) =>
        _alerts.InsertTestAsync(alert, channel, cancellationToken);

    public Task<IReadOnlyList<StoredAlert>> ReadAlertsAsync(string? under, DateTimeOffset? since, long? before, int limit, CancellationToken cancellationToken) =>
        _alerts.ReadAlertsAsync(under, since, before, limit, cancellationToken);

    public Task<IReadOnlyList<StoredAlert>> ReadOwnAlertsAsync(string costCenter, int limit, CancellationToken cancellationToken) =>
        _alerts.ReadOwnAlertsAsync(costCenter, limit, cancellationToken);

    public Task<StoredAlert?> ReadAlertAsync(string id, CancellationToken cancellationToken) =>
        _alerts.ReadAlertAsync(id, cancellationToken);

    public Task<IReadOnlyList<StoredDelivery>> ReadDeliveriesAsync(string alertId, CancellationToken cancellationToken) =>
        _alerts.ReadDeliveriesAsync(alertId, cancellationToken);

    public Task<IReadOnlyList<string>> RedeliverAsync(string alertId, string? within, DateTimeOffset now, CancellationToken cancellationToken) =>
        _alerts.RedeliverAsync(alertId, within, now, cancellationToken);

    public Task<IReadOnlyList<SpentSince>> ReadSpentSinceAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken) =>
        _alerts.ReadSpentSinceAsync(costCenters, cancellationToken);

    public Task<SpendFacts> ReadSpendFactsAsync(string costCenter, DateOnly date, CancellationToken cancellationToken) =>
        _alerts.ReadSpendFactsAsync(costCenter, date, cancellationToken);

    public Task<int> ForgetAlertsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        _alerts.ForgetAlertsAsync(before, limit, cancellationToken);

    public Task<StoredState?> ReadStateAsync(string grain, CancellationToken cancellationToken) =>
        _alerts.ReadStateAsync(grain, cancellationToken);

    public Task<long?> WriteStateAsync(string grain, string state, long etag, CancellationToken cancellationToken) =>
        _alerts.WriteStateAsync(grain, state, etag, cancellationToken);

    public Task<bool> ClearStateAsync(string grain, long etag, CancellationToken cancellationToken) =>
        _alerts.ClearStateAsync(grain, etag, cancellationToken);
}
