using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;

namespace BudgetEngine.LocalSilo.Calls;

/// <summary>A method of a grain interface with its compiled call.</summary>
internal sealed class GrainMethod
{
    internal GrainMethod(MethodInfo method)
    {
        Name = method.Name;
        Interface = method.DeclaringType!;
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        TokenIndex = Array.FindIndex(method.GetParameters(), p => p.ParameterType == typeof(CancellationToken));
        Parameters = [.. method.GetParameters().Select(p => p.ParameterType)];
        Result = ResultType.Of(method);
        Invoke = Compile(method);
    }

    /// <summary>A method that no interface declares: the runtime's own calls to a grain.</summary>
    internal GrainMethod(string name, Type[] parameters, Func<object, object?[], Task> invoke)
    {
        Name = name;
        Interface = typeof(GrainMethod);
        TokenIndex = -1;
        Parameters = parameters;
        Result = ResultType.None;
        Invoke = invoke;
    }

    internal string Name { get; }

    internal Type Interface { get; }

    internal bool IsOneWay { get; }

    internal bool IsReadOnly { get; }

    internal bool AlwaysInterleaves { get; }

    /// <summary>Which parameter is the cancellation token; -1 if none is.</summary>
    internal int TokenIndex { get; }

    internal Type[] Parameters { get; }

    internal ResultType Result { get; }

    internal Func<object, object?[], Task> Invoke { get; }

    public override string ToString() => $"{Interface.Name}.{Name}";

    private static Func<object, object?[], Task> Compile(MethodInfo method)
    {
        var grain = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var converted = method.GetParameters().Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType));
        var call = Expression.Call(Expression.Convert(grain, method.DeclaringType!), method, converted);
        return Expression.Lambda<Func<object, object?[], Task>>(call, grain, arguments).Compile();
    }
}
