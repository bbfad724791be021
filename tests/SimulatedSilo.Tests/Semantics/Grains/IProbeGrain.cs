using Orleans.Concurrency;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

/// <summary>Does on demand what the tests look at, and writes it into the <see cref="Journal"/> of its key.</summary>
public interface IProbeGrain : IGrainWithStringKey
{
    Task Note(string note);

    /// <summary>Writes "(name) begins", waits at the gate of that name, writes "(name) ends".</summary>
    Task Hold(string name);

    [ReadOnly]
    Task Read(string name);

    [AlwaysInterleave]
    Task Interleave(string note);

    Task CallSelf();

    Task Throw(string message);

    Task<int> ThrowLater(string message);

    [OneWay]
    Task Fire(string name);

    [OneWay]
    Task FireAndThrow();

    Task HoldUntilCancelled(CancellationToken cancellationToken);

    /// <summary>Asks for its end, then holds.</summary>
    Task EndThenHold(string name);

    Task End();

    Task<string> Key();

    /// <summary>The ids of the task schedulers before and after an await.</summary>
    Task<(int Before, int After, int Default)> Schedulers();
}

/// <summary>The same, reentrant.</summary>
public interface IReentrantProbeGrain : IProbeGrain;
