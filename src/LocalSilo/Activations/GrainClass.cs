using System.Collections.Concurrent;
using System.Reflection;
using BudgetEngine.LocalSilo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Core;
using Orleans.Runtime;

namespace BudgetEngine.LocalSilo.Activations;

/// <summary>What is known of a grain class; found out once per process, since tests make many silos.</summary>
internal sealed class GrainClass
{
    private static readonly ConcurrentDictionary<Type, GrainClass> s_all = new();

    private readonly ObjectFactory _construct;
    private readonly ParameterInfo[] _states;

    private GrainClass(Type type)
    {
        Type = type;
        Name = type.FullName ?? type.Name;
        Interfaces = [.. type.GetInterfaces().Where(i => i != typeof(IGrainWithStringKey) && i.IsAssignableTo(typeof(IGrainWithStringKey)))];
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        StreamNamespaces = [.. type.GetCustomAttributes<ImplicitStreamSubscriptionAttribute>(inherit: true).Select(a => a.Namespace)];
        _states = [.. type.GetConstructors().SelectMany(c => c.GetParameters()).Where(p => p.IsDefined(typeof(PersistentStateAttribute)))];
        _construct = ActivatorUtilities.CreateFactory(type, [.. _states.Select(p => p.ParameterType)]);
    }

    internal Type Type { get; }

    internal string Name { get; }

    internal Type[] Interfaces { get; }

    internal bool IsReentrant { get; }

    internal string[] StreamNamespaces { get; }

    internal static GrainClass Of(Type type) => s_all.GetOrAdd(type, static t => new(t));

    internal static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && type.IsAssignableTo(typeof(IGrainBase)) && type.IsAssignableTo(typeof(IGrainWithStringKey));

    /// <summary>Constructor parameters come from the silo's services; there is no scope per activation.</summary>
    internal object Construct(Activation activation, List<IStorage> states)
    {
        foreach (var parameter in _states) states.Add(StoredState.Create(activation, parameter));
        return _construct(activation.Silo.Services, [.. states]);
    }
}
