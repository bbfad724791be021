using System.Collections.Concurrent;
using BudgetEngine.LocalSilo.Activations;
using BudgetEngine.LocalSilo.Calls;
using BudgetEngine.LocalSilo.Scheduling;
using BudgetEngine.LocalSilo.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;
using Orleans.Streams;

namespace BudgetEngine.LocalSilo.Hosting;

/// <summary>A silo in this process. A host gets one by <c>AddLocalSilo</c>; a test or a simulation makes as many as it likes.</summary>
public sealed class InProcessSilo : IGrainFactory, IAsyncDisposable
{
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), (GrainInterface Interface, GrainTable Table)> _targets = new();
    private readonly Dictionary<GrainClass, GrainTable> _tables;
    private readonly Dictionary<string, MemoryStreamProvider> _streams;
    private readonly IdleCollector _collector;
    private volatile bool _stopping;

    /// <summary>Starts a silo; it needs no further start.</summary>
    /// <param name="services">Where grain constructors get their parameters from.</param>
    /// <param name="options">Settings and grain classes.</param>
    /// <param name="scheduler">Threads by default; a <see cref="SimulationScheduler"/> may serve several silos.</param>
    /// <param name="time">The clock of timers, time-outs and idle collection; the scheduler's own by default.</param>
    public InProcessSilo(IServiceProvider services, LocalSiloOptions options, SiloScheduler? scheduler = null, TimeProvider? time = null)
    {
        Services = services;
        Options = options;
        Scheduler = scheduler ?? SiloScheduler.Threads;
        Time = time ?? Scheduler.Time;
        Copier = options.Copier ?? (Scheduler is SimulationScheduler ? JsonMessageCopier.Default : null);
        IsDirect = Scheduler.RunsInline && Copier is null && options.Delivery is DeliverAtOnce;
        Log = new((services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("BudgetEngine.LocalSilo"));
        Pending = new(Time, options.ResponseTimeout);
        _collector = new(this);
        _tables = options.Grains.Select(g => GrainClass.Of(g.Class)).Distinct().ToDictionary(c => c, c => new GrainTable(this, c));
        _streams = options.StreamProviders.ToDictionary(name => name, name => new MemoryStreamProvider(this, name, _tables.Values));
    }

    /// <summary>The clock of timers, time-outs and idle collection.</summary>
    public TimeProvider Time { get; }

    /// <summary>Where the turns run.</summary>
    public SiloScheduler Scheduler { get; }

    /// <summary>How many activations there are.</summary>
    public int ActivationCount => _collector.Count;

    internal IServiceProvider Services { get; }

    internal LocalSiloOptions Options { get; }

    internal SiloLog Log { get; }

    internal PendingCalls Pending { get; }

    internal IMessageCopier? Copier { get; }

    /// <summary>Whether calls go straight from caller to activation, with nobody to ask and nothing to copy.</summary>
    internal bool IsDirect { get; }

    internal bool IsStopping => _stopping;

    internal int Age => _collector.Age;

    internal IEnumerable<Activation> Activations => _tables.Values.SelectMany(table => table.All);

    /// <inheritdoc/>
    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        var (grainInterface, table) = _targets.GetOrAdd(
            (typeof(TGrainInterface), grainClassNamePrefix), static (t, silo) => silo.Resolve(t.Interface, t.Prefix), this);
        return (TGrainInterface)(object)grainInterface.Proxy.For(grainInterface, table, primaryKey);
    }

    /// <summary>The stream provider that was registered under this name.</summary>
    public IStreamProvider Streams(string name) =>
        _streams.TryGetValue(name, out var provider) ? provider : throw new KeyNotFoundException($"There is no stream provider '{name}'.");

    /// <summary>Ends the activation of a grain as a crash does: without OnDeactivateAsync, and calls that it has are lost.</summary>
    public void Kill(IAddressable grain)
    {
        if (grain is not GrainProxy proxy) throw new ArgumentException("Kill takes a reference to a grain.", nameof(grain));
        if (TableOf(proxy.Table.GrainClass).Find(proxy.Key) is { } activation) Kill([activation]);
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

    private (GrainInterface Interface, GrainTable Table) Resolve(Type type, string? prefix)
    {
        var classes = Options.Grains.Where(g => g.Interface == type && (prefix is null || g.Class.FullName!.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(g => g.Class).Distinct().ToList();
        return classes switch
        {
            [var only] => (GrainInterface.Of(type), TableOf(GrainClass.Of(only))),
            [] => throw new ArgumentException($"Could not find an implementation for interface {type}."),
            _ => throw new ArgumentException($"{type} has several implementations: {string.Join(", ", classes)}."),
        };
    }
}
