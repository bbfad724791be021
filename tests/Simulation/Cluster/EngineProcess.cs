using System.Reflection;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.CostCenters.Moves;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Operations;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Alerts;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.InMemory;
using BudgetEngine.Grains.Interfaces.Alerts;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Hosting;
using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.Simulation.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>One process of the engine, composed as the host does: silo, writer, lease, and the services under the endpoints.</summary>
internal sealed class EngineProcess
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _moveInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _idleScan = TimeSpan.FromSeconds(1);

    /// <summary>The silo ends no activation for being idle, as in production.</summary>
    private static readonly TimeSpan _never = TimeSpan.FromDays(3650);

    private readonly World _world;
    private readonly LedgerWriterOptions _options;
    private readonly SimulatedLedger _store;
    private readonly LedgerWriter _writer;
    private readonly LateNotifier _link = new();
    private readonly LeaseKeeper _lease;
    private readonly Catalog _catalog;
    private readonly Network _network;
    private readonly Func<StoredHoldOwners> _owners;
    private readonly MoveRunner _mover;
    private readonly WrittenNodes _written;
    private long _batches;

    public EngineProcess(World world, int number)
    {
        _world = world;
        var plan = world.Plan;
        Os = new SimulatedProcess(world.Scheduler, $"p{number}");
        _options = new LedgerWriterOptions { MaxBatch = plan.MaxBatch, MaxPending = plan.MaxPending, PostDeadline = plan.PostDeadline };
        _store = new SimulatedLedger(world.Database);
        Link = new StoreLink(world, Os, _store);
        var clock = Os.Time;
        _catalog = new Catalog(Link);
        Health = new LedgerHealth(clock, _options);
        Notifier = new CommitNotifier(_link, _options, clock, NullLogger<CommitNotifier>.Instance);
        _writer = new LedgerWriter(Link, Notifier, Health, _options, clock, () => new Guid(number, 0, 0, BitConverter.GetBytes(++_batches)), NullLogger<LedgerWriter>.Instance);
        var fence = new NodeFence();
        _lease = new LeaseKeeper(Link, Health, fence, _options, clock, NullLogger<LeaseKeeper>.Instance);
        Registrar = new NodeRegistrar(Link, clock, plan.Exclusive ? null : () => Name, fence, Os.Tasks);
        var degraded = new DegradedAllowances();
        var services = new ServiceCollection().AddSingleton(_ => new CostCenterServices(
            _catalog, _writer, Registrar, Health, _options, new Lazy<StampSource>(new StampSource(Epoch)), degraded, clock, Alerts!.Evaluator) 
            {
                DirectTurns = plan.DirectTurns, IsAlone = plan.Exclusive, AtOnce = RunsAtOnce, IdleAfter = plan.IdleAge, ActiveNodes = ActiveNodes,
            })
            .AddSingleton(_ => Alerts!.Notifiers).AddKeyedSingleton<IGrainStorage>(AlertStreams.StateStorage, new LedgerGrainStates(Link)).BuildServiceProvider();
        _owners = () => new StoredHoldOwners(_store, services.GetRequiredService<CostCenterServices>(), Silo!);
        var silo = new SimulatedSiloOptions
        {
            IdleAge = _never, CollectionInterval = _idleScan, ResponseTimeout = TimeSpan.FromSeconds(12),
            Copier = plan.CopiesMessages ? SimulatedSilo.Calls.MessageCopier.Serializes : SimulatedSilo.Calls.MessageCopier.Copies, Delivery = _network = new Network(world, this),
        };
        silo.AddMemoryStreams(AlertStreams.Provider);
        Silo = new InProcessSilo(services, silo.AddGrains(typeof(CostCenterGrain).Assembly), Os);
        var keys = new KeyRing(_catalog, Options.Create(new KeysOptions()));
        var tenants = new Tenants(_catalog, Link, keys, Options.Create(new InstallationOptions()), clock);
        var calls = plan.DirectTurns ? new DirectCalls(Silo, ActiveNodes, clock, atOnce: RunsAtOnce, alone: plan.Exclusive) : new CostCenterCalls(Silo, clock);
        _link.Target = new GrainNotifier(new Lazy<CostCenterCalls>(calls), clock);
        Checks = new CheckService(calls, _catalog, tenants, degraded, Resolution.Nano, clock, new SeededIds(number), Options.Create(new CheckOptions()));
        Usage = new UsageService(calls, _catalog, tenants, Link, Options.Create(new UsageOptions()), Resolution.Nano, clock);
        Nodes = new LiveNodes(Silo, _catalog, clock);
        Alerts = new ProcessAlerts(world, this, _catalog, _network, _options);
        _written = new WrittenNodes(Link, ActiveNodes, clock);
        _mover = new MoveRunner(Link, new MoveStep(Link, Nodes, _catalog, clock), clock, new FaultLog<MoveRunner>(world));
    }

    public string Name => Os.Name;

    /// <summary>What runs at once is a step within a step: the watch looks between them.</summary>
    private bool RunsAtOnce(string path)
    {
        if (!_world.Dice.Percent(_world.Plan.TurnsAtOnce)) return false;
        _world.Watch.TurnBegins(this, path);
        return true;
    }

    public SimulatedProcess Os { get; }

    public InProcessSilo Silo { get; }

    public StoreLink Link { get; }

    public LedgerHealth Health { get; }

    public CommitNotifier Notifier { get; }

    public ActiveNodes ActiveNodes { get; } = new();

    public NodeRegistrar Registrar { get; }

    public CheckService Checks { get; }

    public UsageService Usage { get; }

    public LiveNodes Nodes { get; }

    /// <summary>Up to which version it has in force what administrators have written.</summary>
    public long? Written => _written.Seen;

    public ProcessAlerts Alerts { get; }

    public long Epoch { get; private set; }

    /// <summary>Records that its writer has given up.</summary>
    public long GivenUp => _writer.GivenUp;

    public bool IsServing { get; private set; }

    /// <summary>The cluster counts on it.</summary>
    public bool IsMember { get; set; }

    /// <summary>Cut off from the other processes.</summary>
    public bool IsIsolated { get; set; }

    public bool IsStopping { get; private set; }

    public bool IsAlive => !Os.IsDead;

    /// <summary>Its activations, in the order of their keys.</summary>
    public IEnumerable<Activation> Activations => Silo.Activations;

    public bool Has(string path) => Silo.Activations.Any(a => a.Key == path);

    /// <summary>Runs something in the process.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Os.Tasks).Unwrap();

    public Task<bool> StartAsync() => RunAsync(async () =>
    {
        Epoch = await _store.OpenAsync(migrate: false, _world.Plan.Exclusive ? LedgerUse.Alone : LedgerUse.Shared, CancellationToken.None);
        while (true)
        {
            try
            {
                await _catalog.RefreshAsync(CancellationToken.None);
                break;
            }
            catch (LedgerUnavailableException)
            {
                // A process that cannot read its ledger does not start; whoever started it tries again.
                await Task.Delay(_pollInterval, Os.Time);
            }
        }

        _writer.Start();
        await _lease.StartAsync(Name, Epoch);
        _ = PollAsync();
        _ = FollowAsync();
        _ = EndIdleAsync();
        if (_world.Plan.CostCenterMoves) _ = MoveAsync();
        Alerts.Start();
        IsServing = IsMember = true;
        if (_world.Plan.Charges) _ = _owners().WakeAsync(CancellationToken.None);
        return true;
    });

    /// <summary>An event of the stream of alerts has come.</summary>
    public void Ring(string channel) =>
        _ = Silo.Streams(AlertStreams.Provider).GetStream<AlertRing>(StreamId.Create(AlertStreams.Namespace, channel)).OnNextAsync(new AlertRing(channel));

    /// <summary>In good order: silo, writer; then it is gone.</summary>
    public async Task StopAsync()
    {
        IsStopping = true;
        await RunAsync(async () =>
        {
            await Silo.StopAsync();
            Alerts.Stop();
            await _writer.StopAsync();
            // The lease keeper's own stop cancels its timer on a thread of the pool, outside of every schedule: what it writes is written here.
            Health.Ended();
            await Link.EndLeaseAsync(Name, CancellationToken.None);
            return true;
        });
        Kill();
    }

    public void Kill()
    {
        IsServing = false;
        foreach (var (node, ended) in Unnotified())
        {
            _world.Unnotified.Add(node);
            _world.Endings.LeaveUnnotified(node, ended);
        }

        Os.Kill();
    }

    /// <summary>Nodes that its writer or its sweep has not been able to tell yet, and what has ended there.</summary>
    private IEnumerable<(string Node, IEnumerable<SettleEffect> Ended)> Unnotified()
    {
        var nodes = (System.Collections.IDictionary)typeof(CommitNotifier).GetField("_nodes", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(Notifier)!;
        foreach (var node in nodes.Keys.Cast<string>())
        {
            var next = (NodeUpdate?)nodes[node]!.GetType().GetProperty("Update")!.GetValue(nodes[node]);
            yield return (node, new[] { _link.LastOf(node), next }.OfType<NodeUpdate>().SelectMany(u => u.Holds).Select(h => h.Effect).Where(e => e.Ends));
        }
    }

    /// <summary>As the catalog's refresher of the API, which needs a host.</summary>
    private async Task PollAsync()
    {
        while (true)
        {
            await Task.Delay(_pollInterval, Os.Time);
            try
            {
                await _catalog.RefreshAsync(CancellationToken.None);
            }
            catch (LedgerUnavailableException)
            {
                // The last snapshot stays in force.
            }
        }
    }

    /// <summary>The loop of what is set at cost centers, as well.</summary>
    private async Task FollowAsync()
    {
        while (true)
        {
            await Task.Delay(_pollInterval, Os.Time);
            try
            {
                await _written.FollowAsync(CancellationToken.None);
            }
            catch (LedgerUnavailableException)
            {
                // It is tried again.
            }
        }
    }

    /// <summary>The loop that looks for idle cost centers.</summary>
    private async Task EndIdleAsync()
    {
        while (!IsStopping)
        {
            await Task.Delay(_idleScan, Os.Time);
            ActiveNodes.EndIdle(Os.Time);
        }
    }

    /// <summary>The loop of the runner of moves, without its cancellation, which would run on a thread outside of every schedule.</summary>
    private async Task MoveAsync()
    {
        while (!IsStopping)
        {
            await Task.Delay(_moveInterval, Os.Time);
            await _mover.RoundAsync(CancellationToken.None);
        }
    }

    private sealed class SeededIds(int process) : IdSource
    {
        private long _last;

        public override Guid Next() => new(process, 1, 0, BitConverter.GetBytes(++_last));
    }

    private sealed class LateNotifier : INodeNotifier
    {
        private readonly Dictionary<string, NodeUpdate> _last = new(StringComparer.Ordinal);

        public INodeNotifier Target { get; set; } = null!;

        /// <summary>What the node was told at last: while the notifier has something to tell it, that is what it is being told.</summary>
        public NodeUpdate? LastOf(string node) => _last.GetValueOrDefault(node);

        public Task NotifyAsync(NodeUpdate update)
        {
            _last[update.CostCenter] = update;
            return Target.NotifyAsync(update);
        }
    }
}
