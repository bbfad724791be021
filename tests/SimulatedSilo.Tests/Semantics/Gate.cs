using System.Collections.Concurrent;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

/// <summary>Holds a grain at an await until the test says so.</summary>
public static class Gate
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> s_all = new();

    public static Task Wait(string name) => Of(name).Task;

    public static void Open(string name) => Of(name).TrySetResult();

    private static TaskCompletionSource Of(string name) =>
        s_all.GetOrAdd(name, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
