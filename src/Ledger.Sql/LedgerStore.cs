using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Denials;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Repricing;
using BudgetEngine.Ledger.Sql.Alerts;
using BudgetEngine.Ledger.Sql.Catalogs;
using BudgetEngine.Ledger.Sql.Denials;
using BudgetEngine.Ledger.Sql.Fence;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Sql.Repricing;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Sql.Warehouse;
using BudgetEngine.Ledger.Storage;
using BudgetEngine.Ledger.Warehouse;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Ledger.Sql;

/// <summary>
/// A ledger in a database, with its parts: what both databases share is in the parts, what is about batches, locks and the schema in the two stores. A host opens
/// it and hands each part to whoever uses it.
/// </summary>
public abstract class LedgerStore : ILedgerStore, ILedgerRecords, ILedgerLeases
{
    private readonly LedgerDatabase _database;
    private readonly FenceTables _fence;

    private protected LedgerStore(LedgerDatabase database, LedgerOptions options)
    {
        _database = database;
        _fence = new FenceTables(database);
        var (catalogs, usage) = (new CatalogTables(database), new UsageReports(database));
        (Catalogs, Prices, Tenants) = (catalogs, catalogs, catalogs);
        CostCenters = new CostCenterReports(database);
        Audit = new AuditTable(database);
        (Usage, Lookup) = (usage, usage);
        Keys = new KeyTable(database);
        SigningKeys = new SigningKeyTable(database);
        Currency = new CurrencyTable(database);
        Clock = new ClockTable(database);
        var nodes = new NodeReader(database, _fence);
        (Nodes, Holds) = (nodes, nodes);
        Budgets = new BudgetTable(database);
        Increases = new IncreaseTable(database);
        Pauses = new PauseTable(database);
        Spend = new SpendReports(database);
        Invoiced = new InvoiceReports(database);
        Repricing = new RepriceTable(database);
        Moves = new MoveTable(database);
        Consistency = new Consistency(database);
        Housekeeping = new Retention(database, new ModelRollUp(database, Paths), new UsageRollUp(database, Paths, options.RolledUpTags), new SpendLists(database, Paths));
        Reports = new UsageDayReports(database);
        Charges = new UsageCharges(database);
        Warehouse = new WarehouseCursor(database);
        Denials = new DenialTable(database);
        Evaluations = new EvaluationStore(database);
        Deliveries = new DeliveryStore(database);
        Channels = new ChannelStore(database);
        Schedules = new ScheduleStore(database);
        Alerts = new AlertStore(database);
        GrainStates = new GrainStateTable(database);
    }

    public abstract string Description { get; }

    public ILedgerRecords Records => this;

    public IRecordLookup Lookup { get; }

    public ILedgerHousekeeping Housekeeping { get; }

    public ILedgerNodes Nodes { get; }

    public ILedgerHolds Holds { get; }

    public ILedgerLeases Leases => this;

    public ILedgerCatalogs Catalogs { get; }

    public ILedgerPrices Prices { get; }

    public ILedgerTenants Tenants { get; }

    public ILedgerKeys Keys { get; }

    public ILedgerSigningKeys SigningKeys { get; }

    public ILedgerCurrency Currency { get; }

    public ILedgerClock Clock { get; }

    public ILedgerBudgets Budgets { get; }

    public ILedgerIncreases Increases { get; }

    public ILedgerPauses Pauses { get; }

    public ILedgerCostCenters CostCenters { get; }

    public ILedgerUsage Usage { get; }

    public ILedgerSpend Spend { get; }

    public ILedgerInvoiced Invoiced { get; }

    public ILedgerRepricing Repricing { get; }

    public ILedgerMoves Moves { get; }

    public ILedgerReports Reports { get; }

    public ILedgerCharges Charges { get; }

    public ILedgerWarehouse Warehouse { get; }

    public ILedgerAudit Audit { get; }

    public ILedgerDenials Denials { get; }

    public ILedgerConsistency Consistency { get; }

    public ILedgerEvaluations Evaluations { get; }

    public ILedgerDeliveries Deliveries { get; }

    public ILedgerChannels Channels { get; }

    public ILedgerSchedules Schedules { get; }

    public ILedgerAlerts Alerts { get; }

    public ILedgerGrainStates GrainStates { get; }

    internal LedgerDatabase Database => _database;

    /// <exception cref="RecordsMovedException">It has records of cost centers that were moved since they were sent.</exception>
    private protected abstract Task<BatchResult> CommitOnceAsync(LedgerBatch batch, CancellationToken cancellationToken);

    private protected PathCache Paths { get; } = new();

    public abstract Task<long> OpenAsync(bool migrate, LedgerUse use, CancellationToken cancellationToken);

    public async Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await CommitOnceAsync(batch, cancellationToken);
            }
            catch (RecordsMovedException moved)
            {
                // Nothing was committed. New names are nobody's old ones, so once more is enough, unless another move comes between.
                batch = moved.Rename(batch);
            }
        }
    }

    public abstract Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken);

    public Task EndLeaseAsync(string process, CancellationToken cancellationToken) => _fence.EndLeaseAsync(process, cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _database.DisposeAsync();
    }
}
