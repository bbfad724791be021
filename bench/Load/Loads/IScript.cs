using BudgetEngine.Load.Http;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Loads;

/// <summary>What one connection does over and over.</summary>
internal interface IScript
{
    /// <summary>Does it once, and tells the meter of each step (from 1) how long it took.</summary>
    /// <returns>Null, or which answer was not as it should be.</returns>
    ValueTask<string?> RunAsync(Connection connection, Meter meter);
}

/// <summary>A kind of load.</summary>
/// <param name="Steps">One request each.</param>
/// <param name="Records">Usage records of one operation that are durable when it has ended.</param>
/// <param name="Script">Made for each connection, by its number.</param>
internal sealed record LoadPlan(string Name, Leaves Leaves, int Connections, string[] Steps, int Records, Func<int, IScript> Script);
