using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace BudgetEngine.LocalSilo.Calls;

/// <summary>The methods of a grain interface and a proxy to clone; made once per process.</summary>
internal sealed class GrainInterface
{
    private static readonly ConcurrentDictionary<Type, GrainInterface> s_all = new();

    private readonly FrozenDictionary<MethodInfo, GrainMethod> _methods;

    private GrainInterface(Type type)
    {
        Name = type.Name;
        _methods = type.GetInterfaces().Append(type)
            .SelectMany(static i => i.GetMethods(BindingFlags.Instance | BindingFlags.Public))
            .ToFrozenDictionary(static m => m, static m => new GrainMethod(m));
        Proxy = (GrainProxy)DispatchProxy.Create(type, typeof(GrainProxy));
    }

    internal string Name { get; }

    internal GrainProxy Proxy { get; }

    internal GrainMethod this[MethodInfo method] => _methods[method];

    internal static GrainInterface Of(Type type) => s_all.GetOrAdd(type, static t => new(t));
}
