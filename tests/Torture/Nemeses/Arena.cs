using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Torture.Nemeses;

/// <summary>What a nemesis can lay hands on. Absent parts are null, and nemeses that need them are not drawn.</summary>
internal sealed record Arena(EngineProcess Engine, PostgresServer? Server, CuttingProxy? Proxy, SmallDisk? Disk, FakeClock? Clock, string? DataDirectory)
{
    public bool IsPostgres => Server is not null;
}

/// <summary>What was done, for the report and for what the checks may expect.</summary>
/// <param name="Began">Monotonic milliseconds: the engine or its ledger was gone from here.</param>
/// <param name="Healed">From here on nothing was broken any more.</param>
internal sealed record Blow(string What, long Began, long Healed);

/// <summary>A way to hurt.</summary>
/// <param name="Kills">The engine's process ends without a word: what it held in memory may be forgotten.</param>
/// <param name="MovesTime">Deadlines by the wall clock may have passed.</param>
/// <param name="Fits">Whether it can be done here.</param>
internal sealed record Nemesis(string Name, bool Kills, bool MovesTime, Func<Arena, bool> Fits, Func<Arena, Random, Task<Blow>> StrikeAsync);
