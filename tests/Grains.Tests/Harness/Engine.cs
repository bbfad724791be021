using BudgetEngine.Alerts;
using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Alerts;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.Interfaces.Alerts;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>
/// The engine without its API: a real SQLite ledger that can be broken, writer, catalog, and a silo. The clock of all
/// of it is the test's; only the silo's own loops stay on real time. One per test, with a tenant of its own.
/// </summary>
public sealed class Engine : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    private static int _tenants;

    private readonly string _folder;
    private readonly string? _process;
    private readonly bool _ownsFolder;
    private readonly LedgerStore _store;
    private TestSilo _silo = null!;
    private bool _stopped;

    private Engine(string folder, LedgerWriterOptions options, ManualClock clock, string tenant, string? process = null, bool ownsFolder = true)
    {
        (_folder, Options, Clock, Tenant, _process, _ownsFolder) = (folder, options, clock, tenant, process, ownsFolder);
        _store = LedgerStores.Create(new LedgerOptions { DataDirectory = folder }, clock);
        Faults = new FaultyStore(_store);
        Catalog = new Catalog(_store.Catalogs);
        Health = new LedgerHealth(clock, options);
        Outside = new FakeChannels(clock);
    }

    public ManualClock Clock { get; }

    public LedgerWriterOptions Options { get; }

    public FaultyStore Faults { get; }

    /// <summary>Read at every decision.</summary>
    public NewNodeOptions NewNodes { get; } = new();

    public LedgerStore Store => _store;

    public Catalog Catalog { get; }

    public LedgerHealth Health { get; }

    public CommitNotifier CommitNotifier { get; private set; } = null!;

    public LedgerWriter Writer { get; private set; } = null!;

    /// <summary>Of an engine that is one process of several; the test renews it.</summary>
    public LeaseKeeper? Lease { get; private set; }

    public CostCenterServices Services { get; private set; } = null!;

    public AlertEvaluator Alerts { get; private set; } = null!;

    /// <summary>Runs a round when the test says so.</summary>
    public AlertSweep Sweep { get; private set; } = null!;

    /// <summary>The world outside: what channels were sent.</summary>
    public FakeChannels Outside { get; }

    /// <summary>The tenant of this test: on a silo that outlives a test no two share a node.</summary>
    public string Tenant { get; }

    public DateOnly Today => DateOnly.FromDateTime(Clock.Now.UtcDateTime);

    /// <param name="process">Not null: one process of several, whose nodes are fenced. Its lease is not renewed by itself.</param>
    public static Task<Engine> StartAsync(Action<LedgerWriterOptions>? configure = null, bool ownSilo = false, string? process = null, bool crashes = false)
    {
        var options = new LedgerWriterOptions();
        configure?.Invoke(options);
        var folder = Path.Combine(Path.GetTempPath(), $"grains-tests-{Guid.NewGuid():N}");
        return new Engine(folder, options, new ManualClock(Start), $"t{Interlocked.Increment(ref _tenants)}", process).OpenAsync(ownSilo, crashes);
    }

    /// <summary>Another process on the same ledger, with the same clock and a silo of its own that knows nothing of this one's.</summary>
    public Task<Engine> BesideAsync(string process) => new Engine(_folder, Options, Clock, Tenant, process, ownsFolder: false).OpenAsync(ownSilo: true);

    /// <summary>Stops this engine as a process stops, and starts another on the same ledger.</summary>
    public async Task<Engine> RestartAsync()
    {
        await StopAsync();
        return await new Engine(_folder, Options, Clock, Tenant).OpenAsync(ownSilo: true);
    }

    /// <summary>Full path of a node of this test's tree; of nothing, the tenant.</summary>
    public string PathOf(string below) => below.Length == 0 ? Tenant : $"{Tenant}/{below}";

    public IGrainFactory Grains => _silo.Grains;

    public INotifierGrain Notifier(string channel) => _silo.Grains.GetGrain<INotifierGrain>(channel);

    public ICostCenterGrain Node(string below) => _silo.Grains.GetGrain<ICostCenterGrain>(PathOf(below));

    /// <summary>Moves the clock; the lease runs on unless the test took it away.</summary>
    public void Advance(TimeSpan by, bool lease = true)
    {
        if (lease) Health.Renewed(Clock.GetTimestamp() + by.Ticks);
        Clock.Advance(by);
    }

    /// <summary>The process stands still this long: its timers are late.</summary>
    public void Pause(TimeSpan by)
    {
        Health.Renewed(Clock.GetTimestamp() + by.Ticks);
        Clock.Pause(by);
    }

    /// <summary>Lets the lease run out.</summary>
    public void LoseLease() => Clock.Advance(Options.OutageGrace);

    public void RegainLease() => Health.Renewed(Clock.GetTimestamp());

    /// <summary>Ends the node's activation: as a crash does where the silo can, else in good order.</summary>
    public Task KillAsync(string below) => _silo.KillAsync(PathOf(below));

    /// <summary>Ends the node's activation in good order.</summary>
    public Task DeactivateAsync(string below) => _silo.DeactivateAsync(PathOf(below));

    /// <summary>Stops silo, writer and ledger, in this order, as the host does.</summary>
    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _silo.StopAsync().Within("the silo stops");
        await Writer.StopAsync().Within("the writer stops");
        Alerts.Stop();
        if (Lease is not null) await Lease.StopAsync().Within("the lease ends");
        await _store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Heal();
        NotifierLink.Before = null;
        Faults.OpenAll();
        // What still waits on the clock, for the next try of something, must not keep the engine from ending.
        var stopped = StopAsync();
        using var pump = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!stopped.IsCompleted && await pump.WaitForNextTickAsync()) Clock.Advance(TimeSpan.FromSeconds(1));
        await stopped;
        if (_ownsFolder && Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task<Engine> OpenAsync(bool ownSilo, bool crashes = false)
    {
        var epoch = await _store.OpenAsync(migrate: true, LedgerUse.Shared, CancellationToken.None);
        if (_ownsFolder) await _store.Tenants.CreateTenantAsync(Tenant, this.Admin(), CancellationToken.None);
        await Catalog.RefreshAsync(CancellationToken.None);
        var link = new LateNotifier();
        CommitNotifier = new CommitNotifier(link, Options, Clock, NullLogger<CommitNotifier>.Instance);
        Writer = new LedgerWriter(Faults, CommitNotifier, Health, Options, Clock, Guid.NewGuid, NullLogger<LedgerWriter>.Instance);
        var (fence, process) = (new NodeFence(), _process is null ? (crashes ? null : TestSilo.Process) : $"{_process}#{epoch}");
        var alerts = new AlertOptions { WebhookRate = 10_000 };
        Alerts = new AlertEvaluator(
            Store.Evaluations, Catalog, new StreamDoorbell(() => _silo.Streams(AlertStreams.Provider)), alerts, Options, Clock, NullLogger<AlertEvaluator>.Instance);
        Sweep = new AlertSweep(Store.Evaluations, Alerts, process is null ? null : CommitNotifier, alerts, Clock, NullLogger<AlertSweep>.Instance);
        var notifiers = new NotifierServices(Store.Deliveries, Store.Channels, Outside, Alerts, alerts, Clock, () => 500, NullLogger<NotifierGrain>.Instance);
        Services = new CostCenterServices(
            Catalog, Writer, new NodeRegistrar(Faults, Clock, process is null ? null : () => process, fence), Health, Options, new Lazy<StampSource>(new StampSource(epoch)), new DegradedAllowances(), Clock, Alerts,
            new NewNodes(NewNodes, Clock));
        if (_process is null)
        {
            RegainLease();
        }
        else
        {
            Options.LeaseInterval = TimeSpan.FromDays(7);
            Lease = new LeaseKeeper(Faults, Health, fence, Options, Clock, NullLogger<LeaseKeeper>.Instance);
            await Lease.StartAsync(process!, epoch);
        }

        Writer.Start();
        Alerts.Start();
        _silo = await TestSilo.StartAsync(Services, notifiers, ownSilo, crashes);
        link.Target = NotifierLink = new FaultyNotifier(new GrainNotifier(new Lazy<CostCenterCalls>(Services.CallsOver(_silo.Grains)), Clock));
        return this;
    }

    /// <summary>Between the writer and the grains; a test can break it.</summary>
    public FaultyNotifier NotifierLink { get; private set; } = null!;
}
