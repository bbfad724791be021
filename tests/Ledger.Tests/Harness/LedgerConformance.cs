using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Harness;

/// <summary>What every store must do. The suites below it hold the facts; each runs on SQLite and on PostgreSQL.</summary>
public abstract class LedgerConformance(LedgerHost host, ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>The instant of every test.</summary>
    protected static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    protected static readonly DateOnly Today = new(2026, 11, 21);

    protected static readonly AdminContext Admin = new(Now, "key-1", "because");

    private int _ids;

    protected LedgerHost Host => host;

    protected ITestOutputHelper Output => output;

    protected StoreUnderTest Store { get; } = host.NewStore();

    protected static CancellationToken None => CancellationToken.None;

    public virtual async Task InitializeAsync() => await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);

    public async Task DisposeAsync() => await host.DisposeAsync();

    /// <summary>Rolls up all that is committed, so many rows at a time.</summary>
    protected async Task RollUpAllAsync(int step)
    {
        await host.SettleAsync();
        while (await Store.Housekeeping.RollUpAsync(step, None) > 0)
        {
        }
    }

    protected static UsageRow Row(string id, string costCenter, long cost, string user = "u-1", DateOnly? date = null) => new()
    {
        RequestId = id,
        CostCenter = costCenter,
        User = user,
        Model = "gpt-4.1",
        Provider = "openai",
        Cost = new Money(cost),
        Timestamp = Now.AddMinutes(-1),
        RecordedAt = Now,
        BookedDate = date ?? Today,
        ContentHash = HashOf(id, costCenter, cost),
    };

    protected static UsageRow Correction(string id, string costCenter, string corrects, long amount) =>
        Row(id, costCenter, amount, user: "someone") with { Kind = RowKind.Correction, Corrects = corrects, ContentHash = HashOf(id, corrects, amount) };

    protected static Guid HashOf(string a, string b, long c)
    {
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{a}\n{b}\n{c}"));
        return new Guid(hash.AsSpan(0, 16));
    }

    protected static Budget BudgetOf(decimal daily, LimitSet? perUser = null)
    {
        Assert.True(Resolution.Nano.TryExact(daily, out var limit));
        return Budget.Empty with { Own = new LimitSet(new Limits(limit, null, null, null), Threshold.Defaults, Enforcement.Hard), PerUser = perUser };
    }

    protected LedgerBatch BatchOf(params UsageRow[] rows) => new(NextId(), [.. rows.Select(r => new RecordEntry(r))], []);

    protected static LeaseRenewal Renewal(string process) => new(process, 1, 1, TimeSpan.FromSeconds(5), []);

    protected Task<BatchResult> CommitAsync(params UsageRow[] rows) => Store.Records.CommitAsync(BatchOf(rows), None);

    protected Guid NextId() => new(++_ids, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8);

    protected async Task<NodeState> NodeAsync(string path) => (await Store.Nodes.ReadNodesAsync([path], DateOnly.MinValue, Now, None))[0];

    protected async Task<Money> SpentAsync(string path, DateOnly? date = null) =>
        (await NodeAsync(path)).Days.SingleOrDefault(d => d.Date == (date ?? Today)).Balance.Spent;

    protected async Task AssertConsistentAsync()
    {
        var report = await Store.Consistency.CheckConsistencyAsync(null, None);
        Assert.Empty(report.Differences);
    }

    protected Task<BudgetWriteResult> PutAsync(string path, Budget budget, string? user = null, TenantSettings? tenant = null) =>
        Store.Budgets.PutBudgetAsync(path, user, budget, tenant is null ? null : _ => tenant, BudgetPrecondition.None, Admin, None);

    protected static ImmutableArray<ZoneChange> Zones(params ZoneChange[] changes) => [.. changes];
}
