using System.Reflection;

namespace BudgetEngine.Api.Tests.Harness;

/// <summary>A part of the engine whose calls a test answers, holds up or passes on.</summary>
public class Intercepted<T> : DispatchProxy
    where T : class
{
    private Func<MethodInfo, object?[], Func<object?>, object?>? _answer;
    private T? _inner;

    /// <param name="answer">Of the method, its arguments, and what passes the call on.</param>
    public static T Of(T inner, Func<MethodInfo, object?[], Func<object?>, object?> answer)
    {
        var proxy = Create<T, Intercepted<T>>();
        ((Intercepted<T>)(object)proxy)._answer = answer;
        ((Intercepted<T>)(object)proxy)._inner = inner;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _answer!(targetMethod!, args!, () => targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null));
}
