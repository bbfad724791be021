using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Cluster.Survival;

/// <summary>
/// Silos that do not reach each other, while each of them reaches PostgreSQL and is reached by its callers. Packets are lost without a word, as between machines: nobody is told that the
/// other is gone. Silos that end meanwhile, because others have voted them dead, are started again at once, as Kubernetes does.
/// </summary>
internal static class SplitNemeses
{
    private const int Least = 6_000;
    private const int Most = 30_000;
    private const int HealWithin = 120;

    public static readonly IReadOnlyList<ClusterNemesis> List =
    [
        new("split", true, (arena, random) => StrikeAsync(arena, random, "no silo reached another", () => Whole(arena)), Network: true),
        new("split-one", true, (arena, random) => StrikeAsync(arena, random, "one silo and the others did not reach each other", () => One(arena, Any(arena, random))), Network: true),
        new("split-one-way", true, (arena, random) => StrikeAsync(arena, random, "one silo could not connect to the others, they could to it", () => OneWay(arena, Any(arena, random))), Network: true),
    ];

    private static readonly TimeSpan _lookEvery = TimeSpan.FromMilliseconds(250);

    private static long Now => Environment.TickCount64;

    /// <summary>Every silo is alone.</summary>
    public static void Whole(ClusterArena arena)
    {
        foreach (var from in arena.Silos) CutOff(arena, from, both: false);
    }

    /// <summary>Nothing passes between one and all others.</summary>
    public static void One(ClusterArena arena, EngineProcess silo) => CutOff(arena, silo, both: true);

    /// <summary>Connections that one has opened to others, or tries to open, are dead; those that the others open to it are not.</summary>
    public static void OneWay(ClusterArena arena, EngineProcess silo)
    {
        foreach (var other in arena.Silos.Where(s => s != silo)) arena.Network.CutConnections(arena.HostOf(silo), arena.HostOf(other), Harness.SiloCluster.SiloPort);
    }

    /// <summary>Waits so long, and starts again what ends.</summary>
    /// <returns>How many silos have ended.</returns>
    public static async Task<int> LastAsync(ClusterArena arena, TimeSpan time)
    {
        var (until, ended) = (Now + (long)time.TotalMilliseconds, 0);
        while (Now < until)
        {
            ended += arena.StartAgain();
            await Task.Delay(_lookEvery);
        }

        return ended;
    }

    /// <summary>After healing: waits until every silo is there and ready, by itself but for what Kubernetes does.</summary>
    /// <returns>How many silos have ended.</returns>
    public static async Task<int> MendAsync(ClusterArena arena)
    {
        var ended = 0;
        arena.Network.Heal();
        await Eventually.HoldsAsync("all silos are ready after a split", async () =>
        {
            ended += arena.StartAgain();
            if ((await arena.Cluster.ActiveAsync()).Count != arena.Silos.Count) return false;
            foreach (var silo in arena.Silos)
            {
                if (silo.HasExited || !await AllClusterNemeses.IsReadyAsync(silo)) return false;
            }

            return true;
        }, HealWithin);
        return ended;
    }

    /// <summary>How often each cost center has been taken into memory, as the ledger has it.</summary>
    public static async Task<Dictionary<string, long>> EpochsAsync(ClusterArena arena) =>
        new(await arena.Store.QueryAsync("select cost_center, epoch from node_epochs", r => KeyValuePair.Create(r.GetString(0), r.GetInt64(1))), StringComparer.Ordinal);

    /// <summary>Cost centers that came into memory anew since then, whatever for.</summary>
    public static async Task<IReadOnlySet<string>> MovedSinceAsync(ClusterArena arena, Dictionary<string, long> epochs) =>
        (await EpochsAsync(arena)).Where(n => !epochs.TryGetValue(n.Key, out var epoch) || epoch != n.Value).Select(n => n.Key).ToHashSet(StringComparer.Ordinal);

    private static async Task<ClusterBlow> StrikeAsync(ClusterArena arena, Random random, string what, Action cut)
    {
        var epochs = await EpochsAsync(arena);
        var began = Now;
        cut();
        var time = random.Next(Least, Most);
        var ended = await LastAsync(arena, TimeSpan.FromMilliseconds(time));
        var healed = Now;
        ended += await MendAsync(arena);
        var mended = Now - healed;
        var moved = await MovedSinceAsync(arena, epochs);
        return new ClusterBlow($"{what} for {time} ms; {ended} ended and were started again, all ready {mended} ms after it; {moved.Count} cost centers came into memory anew", began, Now, moved);
    }

    private static void CutOff(ClusterArena arena, EngineProcess silo, bool both)
    {
        foreach (var other in arena.Silos.Where(s => s != silo))
        {
            arena.Network.Cut(arena.HostOf(silo), arena.HostOf(other));
            if (both) arena.Network.Cut(arena.HostOf(other), arena.HostOf(silo));
        }
    }

    private static EngineProcess Any(ClusterArena arena, Random random) => arena.Silos[random.Next(arena.Silos.Count)];
}
