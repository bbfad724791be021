using System.Collections.Concurrent;
using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Calls;
using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.SimulatedSilo.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Streams;

namespace BudgetEngine.SimulatedSilo.Hosting;

/// <summary>A silo in this process. A test or a simulation makes as many as it likes.</summary>
public sealed partial class InProcessSilo : IGrainFactory, IAsyncDisposable
{
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), Target> _targets = new();
    private readonly Dictionary<GrainType, GrainTable> _byType;
    private readonly SimulatedRuntime _runtime;
    private readonly Dictionary<GrainClass, GrainTable> _tables;
    private readonly Dictionary<string, MemoryStreamProvider> _streams;
    private readonly IdleCollector _collector;
    private volatile bool _stopping;

    /// <summary>Starts a silo; it needs no further start.</summary>
    /// <param name="services">Where grain constructors get their parameters from.</param>
    /// <param name="options">Settings and grain classes.</param>
    /// <param name="scheduler">Threads by default; a <see cref="SimulationScheduler"/> may serve several silos.</param>
    /// <param name="time">The clock of timers, time-outs and idle collection; the scheduler's own by default.</param>
    public InProcessSilo(IServiceProvider services, SimulatedSiloOptions options, SiloScheduler scheduler, TimeProvider? time = null)
    {
        Services = services;
        Options = options;
        Scheduler = scheduler;
        Time = time ?? Scheduler.Time;
        Copier = options.Copier ?? MessageCopier.Serializes;
        _runtime = new(this);
        Log = new((services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("BudgetEngine.SimulatedSilo"));
        Pending = new(Time, options.ResponseTimeout);
        _collector = new(this);
        _tables = options.Grains.Select(g => GrainClass.Of(g.Class)).Distinct().ToDictionary(c => c, c => new GrainTable(this, c));
        _byType = _tables.Values.ToDictionary(t => t.GrainType);
        _streams = options.StreamProviders.ToDictionary(name => name, name => new MemoryStreamProvider(this, name, _tables.Values));
    }

    /// <summary>The clock of timers, time-outs and idle collection.</summary>
    public TimeProvider Time { get; }

    /// <summary>Where the turns run.</summary>
    public SiloScheduler Scheduler { get; }

    /// <summary>How many activations there are.</summary>
    public int ActivationCount => _collector.Count;

    internal IServiceProvider Services { get; }

    internal SimulatedSiloOptions Options { get; }

    internal SiloLog Log { get; }

    internal PendingCalls Pending { get; }

    internal MessageCopier Copier { get; }

    internal IServiceProvider ActivationServices => _runtime;

    internal SiloAddress Address { get; } = SiloAddress.New(System.Net.IPAddress.Loopback, 1, 1);

    internal bool IsStopping => _stopping;

    internal int Age => _collector.Age;

    internal IEnumerable<Activation> Activations => _tables.Values.SelectMany(table => table.All);

    /// <inheritdoc/>
    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        var target = _targets.GetOrAdd((typeof(TGrainInterface), grainClassNamePrefix), static (t, silo) => silo.Resolve(t.Interface, t.Prefix), this);
        return (TGrainInterface)target.Make(IdSpan.Create(primaryKey));
    }

    /// <inheritdoc/>
    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) =>
        (IGrain)_targets.GetOrAdd((grainInterfaceType, null), static (t, silo) => silo.Resolve(t.Interface, t.Prefix), this).Make(IdSpan.Create(grainPrimaryKey));

    /// <inheritdoc/>
    public IAddressable GetGrain(GrainId grainId) => ReferenceTo(TableOf(grainId.Type), grainId.Key.ToString()!);

    /// <inheritdoc/>
    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => GetGrain(grainId);

    internal GrainReference ReferenceTo(GrainTable table, string key) => (GrainReference)(object)GetGrain(table.GrainClass.Interfaces[0], key);

    internal GrainTable TableOf(GrainType type) => _byType[type];

    /// <summary>The stream provider that was registered under this name.</summary>
    public IStreamProvider Streams(string name) =>
        _streams.TryGetValue(name, out var provider) ? provider : throw new KeyNotFoundException($"There is no stream provider '{name}'.");

    /// <summary>Ends the activation of a grain as a crash does: without OnDeactivateAsync, and calls that it has are lost.</summary>
    public void Kill(IAddressable grain)
    {
        if (TableOf(grain.GetGrainId().Type).Find(grain.GetPrimaryKeyString()) is { } activation) Kill([activation]);
    }

    /// <summary>Ends the activation of a grain in good order; calls go to the next one from here on.</summary>
    public Task DeactivateAsync(IAddressable grain)
    {
        if (TableOf(grain.GetGrainId().Type).Find(grain.GetPrimaryKeyString()) is not { } activation) return Task.CompletedTask;
        activation.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "A test asked for it."));
        return activation.Deactivated;
    }

    /// <summary>Ends all activations as a crash does, and loses the events of all streams. The next call finds a new activation.</summary>
    public void KillAll()
    {
        foreach (var provider in _streams.Values) provider.Clear();
        Kill(Activations);
    }

    /// <summary>Ends all activations in good order; from here on there are no new ones.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        _stopping = true;
        try
        {
            while (ActivationCount > 0)
            {
                var left = new ConcurrentQueue<Activation>(Activations);
                await Task.WhenAll(Enumerable.Range(0, Options.ShutdownConcurrency).Select(_ => EndEach(left))).WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Pending.Fail(static _ => true, static () => new SiloUnavailableException("The silo has stopped."));
            _collector.Dispose();
            Pending.Dispose();
            Log.Stopped(ActivationCount);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping) await StopAsync();
    }

    internal GrainTable TableOf(GrainClass grainClass) =>
        _tables.TryGetValue(grainClass, out var table) ? table : throw new ArgumentException($"The silo does not know the grain class {grainClass.Name}.");

    internal void OnAdded() => _collector.OnAdded();

    internal void OnRemoved() => _collector.OnRemoved();

    internal void Kill(IEnumerable<Activation> activations)
    {
        foreach (var activation in activations) activation.Kill();
        Pending.Fail(static reply => reply.Taker is { IsDead: true }, static () => new SiloUnavailableException("The activation was killed."));
    }

    private static async Task EndEach(ConcurrentQueue<Activation> left)
    {
        while (left.TryDequeue(out var activation))
        {
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "This process is terminating."));
            await activation.Deactivated;
        }
    }

    private Target Resolve(Type type, string? prefix)
    {
        var classes = Options.Grains.Where(g => g.Interface == type && (prefix is null || g.Class.FullName!.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(g => g.Class).Distinct().ToList();
        return classes switch
        {
            [var only] => Target.Of(type, TableOf(GrainClass.Of(only)), _runtime),
            [] => throw new ArgumentException($"Could not find an implementation for interface {type}."),
            _ => throw new ArgumentException($"{type} has several implementations: {string.Join(", ", classes)}."),
        };
    }
}
