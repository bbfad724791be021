using System.Collections.Concurrent;
using System.Reflection;
using BudgetEngine.SimulatedSilo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Core;
using Orleans.Streams;

namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>What is known of a grain class; found out once per process, since tests make many silos.</summary>
internal sealed class GrainClass
{
    private static readonly ConcurrentDictionary<Type, GrainClass> s_all = new();

    private readonly ObjectFactory _construct;
    private readonly ParameterInfo[] _states;

    private GrainClass(Type type)
    {
        Type = type;
        Calls.MessageCopier.Add(type.Assembly);
        foreach (var i in type.GetInterfaces().Where(i => i.IsAssignableTo(typeof(IAddressable)))) Calls.MessageCopier.Add(i.Assembly);
        Name = type.FullName ?? type.Name;
        Interfaces = [.. type.GetInterfaces().Where(i => i != typeof(IGrainWithStringKey) && i.IsAssignableTo(typeof(IGrainWithStringKey)))];
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        Streams = [.. type.GetCustomAttributes<ImplicitStreamSubscriptionAttribute>(inherit: true).Select(a => a.Predicate)];
        _states = [.. type.GetConstructors().SelectMany(c => c.GetParameters()).Where(p => p.IsDefined(typeof(PersistentStateAttribute)))];
        _construct = ActivatorUtilities.CreateFactory(type, [typeof(IGrainContext), .. _states.Select(p => p.ParameterType)]);
    }

    internal Type Type { get; }

    internal string Name { get; }

    internal Type[] Interfaces { get; }

    internal bool IsReentrant { get; }

    internal IStreamNamespacePredicate[] Streams { get; }

    internal static GrainClass Of(Type type) => s_all.GetOrAdd(type, static t => new(t));

    internal static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && type.IsAssignableTo(typeof(IGrainBase)) && type.IsAssignableTo(typeof(IGrainWithStringKey));

    /// <summary>
    /// Constructor parameters come from the silo's services; there is no scope per activation. A grain must take its context in the constructor and pass it to
    /// <c>Grain(IGrainContext)</c>: what the other constructor looks at is internal to Orleans.
    /// </summary>
    internal object Construct(Activation activation, List<IStorage> states)
    {
        foreach (var parameter in _states) states.Add(StoredGrainState.Create(activation, parameter));
        return _construct(activation.Silo.ActivationServices, [activation, .. states]);
    }
}
