using System.Reflection;
using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Calls;

namespace BudgetEngine.SimulatedSilo.Hosting;

/// <summary>Settings and grain classes of a silo.</summary>
public sealed class SimulatedSiloOptions
{
    private readonly List<(Type Interface, Type Class)> _grains = [];

    /// <summary>
    /// How long an activation stays without a call. Default 2 minutes. Shorter saves memory and costs reloads; longer the other way round.
    /// </summary>
    public TimeSpan IdleAge { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How often idle activations are looked for; an activation leaves up to this much later than its age says. Default 30 seconds.
    /// A look visits every activation.
    /// </summary>
    public TimeSpan CollectionInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a caller waits for the reply; the call itself goes on. Default 10 seconds.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long OnActivateAsync may take. Default 30 seconds.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long OnDeactivateAsync may take. Default 30 seconds.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many activations a look for idle ones leaves at most: beyond it the longest idle go early. Busy ones stay, so it is no hard
    /// limit. Default 2 million.
    /// </summary>
    public int MaxActivations { get; set; } = 2_000_000;

    /// <summary>How many activations end at the same time when the silo stops. Default 1024. More strains the store, fewer takes longer.</summary>
    public int ShutdownConcurrency { get; set; } = 1024;

    /// <summary>For how long an event is offered again to a consumer that throws; then it is lost. Default 1 minute, as in Orleans.</summary>
    public TimeSpan StreamRetryTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause before an event is offered again. Default 1 second.</summary>
    public TimeSpan StreamRetryPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many events of one stream may wait; a publisher beyond it gets an exception. Default 10,000.</summary>
    public int StreamQueueLimit { get; set; } = 10_000;

    /// <summary>Decides about each call and reply. Default: deliver at once.</summary>
    public IMessageDelivery Delivery { get; set; } = DeliverAtOnce.Instance;

    /// <summary>Copies arguments and results. Default: through the wire format.</summary>
    public MessageCopier? Copier { get; set; }

    /// <summary>The names of the memory stream providers.</summary>
    public ISet<string> StreamProviders { get; } = new HashSet<string>(StringComparer.Ordinal);

    internal IReadOnlyList<(Type Interface, Type Class)> Grains => _grains;

    /// <summary>Adds one grain class for one interface.</summary>
    public SimulatedSiloOptions AddGrain<TInterface, TClass>()
        where TInterface : IGrainWithStringKey
        where TClass : TInterface, IGrainBase
    {
        _grains.Add((typeof(TInterface), typeof(TClass)));
        return this;
    }

    /// <summary>Adds every grain class of an assembly for all of its grain interfaces.</summary>
    public SimulatedSiloOptions AddGrains(Assembly assembly)
    {
        _grains.AddRange(assembly.GetTypes().Where(GrainClass.IsGrainClass).SelectMany(type => GrainClass.Of(type).Interfaces.Select(i => (i, type))));
        return this;
    }

    /// <summary>Adds a memory stream provider with implicit subscriptions.</summary>
    public SimulatedSiloOptions AddMemoryStreams(string name)
    {
        StreamProviders.Add(name);
        return this;
    }
}
