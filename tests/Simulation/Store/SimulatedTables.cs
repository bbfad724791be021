using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Simulation.Store;

/// <summary>A usage row as stored, with the batch that brought it.</summary>
internal sealed record StoredRow(UsageRow Row, Guid Batch, long Transaction)
{
    public KnownRow ToKnown() => new(
        Row.Tenant, Row.RequestId, Row.Kind, Row.CostCenter, Row.User, Row.Provider, Row.Model, Row.BookedDate, Row.Cost, Row.Flags, Row.ContentHash, Batch);
}

/// <summary>Who holds a node, as the ledger has it.</summary>
internal sealed record StoredEpoch(long Epoch, string Process, string? TakenFrom, DateTimeOffset? WaitUntil);

/// <summary>A job that moves cost centers, with the process that has it.</summary>
internal sealed record StoredMove(MoveJob Job, string? Runner, DateTimeOffset RunnerUntil);

/// <summary>An old name that is closed.</summary>
internal sealed record ClosedName(string MovedTo, string By, DateTimeOffset At);

internal sealed record StoredLease(long Epoch, DateTimeOffset RenewedAt, TimeSpan Runs, long Born);

/// <summary>
/// The simulated database that all processes share: tables in memory that only committed transactions change, and row locks. Ordered tables where order is
/// answered. Read and written under <see cref="Gate"/>, so that the conformance suite may use it from many threads.
/// </summary>
internal sealed class SimulatedDatabase(TimeProvider clock)
{
    public Lock Gate { get; } = new();

    public RowLocks Locks { get; } = new();

    /// <summary>The database's own clock.</summary>
    public TimeProvider Clock => clock;

    /// <summary>In a simulation every statement and every lock is a point where the schedule may switch.</summary>
    public bool Yields { get; init; }

    /// <summary>Why the transaction of a row fails, each time; null: it does not.</summary>
    public Func<UsageRow, Exception?>? Refuses { get; init; }

    public Dictionary<RequestKey, StoredRow> Usage { get; } = [];

    public SortedDictionary<BalanceKey, Balance> Balances { get; } = [];

    public SortedDictionary<Guid, DurableHold> Holds { get; } = [];

    /// <summary>A hold has been stored in this run, durable or handed over.</summary>
    public bool HoldsEverStored { get; set; }

    public HashSet<string> CostCenters { get; } = new(StringComparer.Ordinal);

    /// <summary>Those that administrators have made, for checks.</summary>
    public HashSet<string> Budgeted { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> NodeVersions { get; } = [];

    public Dictionary<string, StoredEpoch> Epochs { get; } = [];

    public Dictionary<string, StoredLease> Leases { get; } = [];

    /// <summary>Who must hear that it lost a node, and to which epoch.</summary>
    public SortedDictionary<(string Process, string CostCenter), long> TakeOvers { get; } = new(ByCostCenterAndUser.Instance);

    public SortedDictionary<(string CostCenter, string User), StoredBudget> Budgets { get; } = new(ByCostCenterAndUser.Instance);

    public SortedDictionary<string, Increase> Increases { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<(string CostCenter, string User, string Model), Pause> Pauses { get; } = new(ByPause.Instance);

    public SortedDictionary<string, TenantSettings> Tenants { get; } = new(StringComparer.Ordinal);

    public HashSet<TrackedUser> Tracked { get; } = [];

    public List<PriceVersion> Prices { get; } = [];

    /// <summary>In the order of their numbers. As in the real stores there is one from the start.</summary>
    public List<ReservationSigningKey> SigningKeys { get; } = [new(1, [.. Enumerable.Repeat((byte)1, ReservationSigningKey.SecretLength)], DateTimeOffset.MinValue, null)];

    public List<AuditEntry> Audit { get; } = [];

    public SortedDictionary<string, StoredMove> Moves { get; } = new(StringComparer.Ordinal);

    /// <summary>By old name.</summary>
    public SortedDictionary<string, CostCenterAlias> Aliases { get; } = new(StringComparer.Ordinal);

    /// <summary>Old names that are closed.</summary>
    public SortedDictionary<string, ClosedName> Closed { get; } = new(StringComparer.Ordinal);

    public AlertTables Alerting { get; } = new();

    public long ProcessEpoch { get; set; }

    public long Version { get; set; }

    public CatalogVersions Catalogs { get; set; }

    /// <summary>After every commit of a batch, with the rows that are new by it.</summary>
    public Action<IReadOnlyList<UsageRow>>? Committed { get; set; }

    /// <summary>Lets time pass inside of a batch, which keeps its locks and its number meanwhile.</summary>
    public Func<Task>? Lasts { get; set; }

    /// <summary>After every commit of something about alerts.</summary>
    public Action<AlertChanges>? AlertsChanged { get; set; }

    /// <summary>In the transaction that moves a cost center, once everything is moved.</summary>
    public Action<MoveJob>? Moved { get; set; }

    /// <summary>After every commit of an administrative write.</summary>
    public Action? Administered { get; set; }

    /// <summary>Old names that lead somewhere now.</summary>
    public CostCenterAliases AliasesNow()
    {
        var now = clock.GetUtcNow();
        List<CostCenterAlias> standing = [.. Aliases.Values.Where(a => a.Until > now)];
        return standing.Count == 0 ? CostCenterAliases.None : new CostCenterAliases(standing);
    }

    /// <summary>One statement of a transaction.</summary>
    public async Task StepAsync()
    {
        if (Yields) await Task.Yield();
    }

    public async Task LockAsync(StoreTransaction transaction, object row, bool exclusive)
    {
        await StepAsync();
        await Locks.LockAsync(transaction, row, exclusive);
    }

    public void AddCostCenter(string path)
    {
        foreach (var node in CostCenterId.SelfAndAncestors(path))
        {
            CostCenters.Add(node);
            Budgeted.Add(node);
        }
    }

    private sealed class ByCostCenterAndUser : IComparer<(string CostCenter, string User)>
    {
        public static readonly ByCostCenterAndUser Instance = new();

        public int Compare((string CostCenter, string User) x, (string CostCenter, string User) y) =>
            string.CompareOrdinal(x.CostCenter, y.CostCenter) is not 0 and var order ? order : string.CompareOrdinal(x.User, y.User);
    }

    private sealed class ByPause : IComparer<(string CostCenter, string User, string Model)>
    {
        public static readonly ByPause Instance = new();

        public int Compare((string CostCenter, string User, string Model) x, (string CostCenter, string User, string Model) y)
        {
            var order = string.CompareOrdinal(x.CostCenter, y.CostCenter);
            if (order == 0) order = string.CompareOrdinal(x.User, y.User);
            return order != 0 ? order : string.CompareOrdinal(x.Model, y.Model);
        }
    }
}
