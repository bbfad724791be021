using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Denials;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Repricing;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Warehouse;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Simulation.Store;

namespace BudgetEngine.Ledger.Tests.Harness;

/// <summary>
/// A store with its parts, whichever it is: the suites ask parts, never a store. The simulated one is all of its parts itself; those that it does not have throw,
/// and the suites of those do not run on it.
/// </summary>
public sealed class StoreUnderTest : IAsyncDisposable
{
    private readonly LedgerStore? _sql;
    private readonly SimulatedLedger? _simulated;

    public StoreUnderTest(LedgerStore store) => (Ledger, _sql) = (store, store);

    internal StoreUnderTest(SimulatedLedger store) => (Ledger, _simulated) = (store, store);

    public ILedgerStore Ledger { get; }

    public string Description => Ledger.Description;

    public ILedgerRecords Records => _simulated ?? _sql!.Records;

    public IRecordLookup Lookup => _simulated ?? _sql!.Lookup;

    public ILedgerHousekeeping Housekeeping => _simulated ?? _sql!.Housekeeping;

    public ILedgerNodes Nodes => _simulated ?? _sql!.Nodes;

    public ILedgerHolds Holds => _simulated ?? _sql!.Holds;

    public ILedgerLeases Leases => _simulated ?? _sql!.Leases;

    public ILedgerCatalogs Catalogs => _simulated ?? _sql!.Catalogs;

    public ILedgerPrices Prices => _simulated ?? _sql!.Prices;

    public ILedgerTenants Tenants => _simulated ?? _sql!.Tenants;

    public ILedgerSigningKeys SigningKeys => _simulated ?? _sql!.SigningKeys;

    public ILedgerBudgets Budgets => _simulated ?? _sql!.Budgets;

    public ILedgerIncreases Increases => _simulated ?? _sql!.Increases;

    public ILedgerPauses Pauses => _simulated ?? _sql!.Pauses;

    public ILedgerSpend Spend => _simulated ?? _sql!.Spend;

    public ILedgerAudit Audit => _simulated ?? _sql!.Audit;

    public ILedgerConsistency Consistency => _simulated ?? _sql!.Consistency;

    public ILedgerEvaluations Evaluations => _simulated ?? _sql!.Evaluations;

    public ILedgerDeliveries Deliveries => _simulated ?? _sql!.Deliveries;

    public ILedgerChannels Channels => _simulated ?? _sql!.Channels;

    public ILedgerAlerts Alerts => _simulated ?? _sql!.Alerts;

    public ILedgerGrainStates GrainStates => _simulated ?? _sql!.GrainStates;

    public ILedgerCurrency Currency => Sql.Currency;

    public ILedgerKeys Keys => Sql.Keys;

    public ILedgerCostCenters CostCenters => Sql.CostCenters;

    public ILedgerUsage Usage => Sql.Usage;

    public ILedgerInvoiced Invoiced => Sql.Invoiced;

    public ILedgerRepricing Repricing => Sql.Repricing;

    public ILedgerMoves Moves => _simulated ?? _sql!.Moves;

    public ILedgerReports Reports => Sql.Reports;

    public ILedgerCharges Charges => Sql.Charges;

    public ILedgerWarehouse Warehouse => Sql.Warehouse;

    public ILedgerDenials Denials => Sql.Denials;

    public ILedgerSchedules Schedules => Sql.Schedules;

    private LedgerStore Sql => _sql ?? throw new NotSupportedException("The simulated store does not have this.");

    public Task<long> OpenAsync(bool migrate, LedgerUse use, CancellationToken cancellationToken) => Ledger.OpenAsync(migrate, use, cancellationToken);

    public ValueTask DisposeAsync() => Ledger.DisposeAsync();
}
