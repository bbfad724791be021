using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Cluster.Survival;

/// <summary>Everything that is done to silos, their ledger, and what lies between them.</summary>
internal static class AllClusterNemeses
{
    /// <summary>Needs a standby.</summary>
    public const string Failover = "postgres-failover";

    private const int RestartWithin = 30;

    public static readonly IReadOnlyList<ClusterNemesis> List =
    [
        new("calm", false, CalmAsync),
        new("kill", true, KillAsync),
        new("kill-two", true, KillTwoAsync),
        new("stop", false, StopAsync),
        new("rolling-restart", false, RollingRestartAsync),
        new("pause", true, PauseAsync),
        new("tenth-of-a-core", true, TenthOfACoreAsync),
        new("scale-1-5-2", false, ScaleAsync),
        new("postgres-restart", false, PostgresRestartAsync),
        new("postgres-kill", false, PostgresKillAsync),
        new("partition", false, PartitionAsync),
        new("connections-cut", false, CutAsync),
        new("replies-lost", false, LoseRepliesAsync),
        new(Failover, false, FailoverAsync),
        .. SplitNemeses.List,
    ];

    private static long Now => Environment.TickCount64;

    public static ClusterNemesis Named(string name) => List.Single(n => n.Name == name);

    private static async Task<ClusterBlow> CalmAsync(ClusterArena arena, Random random)
    {
        await WaitAsync(random, 500, 1_500);
        return new ClusterBlow("nothing", Now, Now, ClusterBlow.Nothing);
    }

    private static async Task<ClusterBlow> KillAsync(ClusterArena arena, Random random)
    {
        var victim = Any(arena, random);
        var lost = await HeldByAsync(arena, victim);
        var began = Now;
        await victim.KillAsync();
        await arena.Cluster.AwaitActiveAsync(arena.Silos.Count - 1);
        var noticed = Now - began;
        await victim.RestartAsync();
        await arena.Cluster.AwaitActiveAsync(arena.Silos.Count);
        return new ClusterBlow($"kill -9 of a silo with {lost.Count} cost centers, noticed after {noticed} ms", began, Now, lost);
    }

    private static async Task<ClusterBlow> KillTwoAsync(ClusterArena arena, Random random)
    {
        var victims = arena.Silos.OrderBy(_ => random.Next()).Take(2).ToArray();
        var lost = await HeldByAsync(arena, victims);
        var began = Now;
        foreach (var victim in victims)
        {
            await victim.KillAsync();
            await WaitAsync(random, 0, 2_000);
        }

        foreach (var victim in victims) await victim.RestartAsync();
        await arena.Cluster.AwaitActiveAsync(arena.Silos.Count);
        return new ClusterBlow("kill -9 of two silos out of three", began, Now, lost);
    }

    private static async Task<ClusterBlow> StopAsync(ClusterArena arena, Random random)
    {
        var silo = Any(arena, random);
        var began = Now;
        await ClusterArena.StopInOrderAsync(silo);
        var stopped = Now - began;
        await silo.RestartAsync();
        await arena.Cluster.AwaitActiveAsync(arena.Silos.Count);
        return new ClusterBlow($"SIGTERM of a silo, which ended after {stopped} ms, and start", began, Now, ClusterBlow.Nothing);
    }

    private static async Task<ClusterBlow> RollingRestartAsync(ClusterArena arena, Random random)
    {
        var began = Now;
        foreach (var silo in arena.Silos.ToList())
        {
            await ClusterArena.StopInOrderAsync(silo);
            await silo.RestartAsync();
        }

        await arena.Cluster.AwaitActiveAsync(arena.Silos.Count);
        return new ClusterBlow($"{arena.Silos.Count} silos stopped and started one after the other", began, Now, ClusterBlow.Nothing);
    }

    /// <summary>Long enough that the others vote it dead; it learns so when it comes back, and ends.</summary>
    private static async Task<ClusterBlow> PauseAsync(ClusterArena arena, Random random)
    {
        var victim = Any(arena, random);
        var lost = await HeldByAsync(arena, victim);
        var began = Now;
        await Signals.StopAsync(victim.Id);
        await arena.Cluster.AwaitActiveAsync(arena.Silos.Count - 1);
        await WaitAsync(random, 0, 20_000);
        var paused = Now - began;
        Signals.Continue(victim.Id);
        await Eventually.HoldsAsync("a silo that was voted dead ends", () => victim.HasExited, RestartWithin);
        await victim.RestartAsync();
        await arena.Cluster.AwaitActiveAsync(arena.Silos.Count);
        return new ClusterBlow($"SIGSTOP of a silo for {paused} ms; it ended, and was started again", began, Now, lost);
    }

    /// <summary>
    /// One silo has 10 ms of every 100, as under Kubernetes' limit of 100m: it is late with everything that has a time, its lease and its answers to the others' probes above all. If they
    /// vote it dead it is started again, and has no more then.
    /// </summary>
    private static async Task<ClusterBlow> TenthOfACoreAsync(ClusterArena arena, Random random)
    {
        const int runs = 10;
        const int stands = 90;
        var victim = Any(arena, random);
        var epochs = await SplitNemeses.EpochsAsync(arena);
        var (began, ended) = (Now, 0);
        var until = began + random.Next(10_000, 30_000);
        while (Now < until)
        {
            await Signals.StopAsync(victim.Id);
            await Task.Delay(stands);
            Signals.Continue(victim.Id);
            await Task.Delay(runs);
            ended += arena.StartAgain();
        }

        var healed = Now;
        await Eventually.HoldsAsync("all silos are ready", async () =>
        {
            ended += arena.StartAgain();
            return (await arena.Cluster.ActiveAsync()).Count == arena.Silos.Count && await IsReadyAsync(victim);
        }, 4 * RestartWithin);
        var moved = await SplitNemeses.MovedSinceAsync(arena, epochs);
        return new ClusterBlow($"a tenth of a core for one silo, {healed - began} ms long; {ended} ended and were started again; {moved.Count} cost centers came into memory anew", began, Now, moved);
    }

    private static async Task<ClusterBlow> ScaleAsync(ClusterArena arena, Random random)
    {
        var (began, before) = (Now, arena.Silos.Count);
        while (arena.Silos.Count > 1) await arena.StopAsync(arena.Silos[^1]);
        while (arena.Silos.Count < 5) await arena.AddAsync();
        await arena.Cluster.AwaitActiveAsync(5);
        while (arena.Silos.Count > 2) await arena.StopAsync(arena.Silos[0]);
        await arena.Cluster.AwaitActiveAsync(2);
        var healed = Now;
        while (arena.Silos.Count < before) await arena.AddAsync();
        await arena.Cluster.AwaitActiveAsync(before);
        return new ClusterBlow("from 1 to 5 to 2 silos", began, healed, ClusterBlow.Nothing);
    }

    private static async Task<ClusterBlow> PostgresRestartAsync(ClusterArena arena, Random random)
    {
        var began = Now;
        arena.Server.Kill();
        await RestartAsync(arena);
        return new ClusterBlow("PostgreSQL stopped at once and started", began, Now, ClusterBlow.Nothing);
    }

    private static async Task<ClusterBlow> PostgresKillAsync(ClusterArena arena, Random random)
    {
        var began = Now;
        Signals.Kill(arena.Server.ProcessId);
        var gone = await WaitAsync(random, 50, 12_000);
        await RestartAsync(arena);
        return new ClusterBlow($"kill -9 of the postmaster, {gone} ms without", began, Now, ClusterBlow.Nothing);
    }

    /// <summary>One silo alone has lost its way to PostgreSQL; the others and it see each other.</summary>
    private static async Task<ClusterBlow> PartitionAsync(ClusterArena arena, Random random)
    {
        var silo = Any(arena, random);
        // Its own cost centers may be taken over meanwhile, by hand of Orleans: then they are lost.
        var held = await HeldByAsync(arena, silo);
        var proxies = arena.ProxiesOf(silo);
        var cut = random.Next(2) == 0;
        var began = Now;
        foreach (var proxy in proxies)
        {
            proxy.Mode = ProxyMode.Stalls;
            if (cut) proxy.Cut();
        }

        var gone = await WaitAsync(random, 6_000, 12_000);
        foreach (var proxy in proxies)
        {
            proxy.Cut();
            proxy.Mode = ProxyMode.Passes;
        }

        return new ClusterBlow($"one silo cut off from PostgreSQL for {gone} ms", began, Now, held);
    }

    private static async Task<ClusterBlow> CutAsync(ClusterArena arena, Random random)
    {
        var began = Now;
        var cuts = random.Next(3, 20);
        for (var i = 0; i < cuts; i++)
        {
            foreach (var proxy in arena.ProxiesOf(Any(arena, random))) proxy.Cut();
            await WaitAsync(random, 20, 300);
        }

        return new ClusterBlow($"all connections of a silo to PostgreSQL reset, {cuts} times", began, Now, ClusterBlow.Nothing);
    }

    private static async Task<ClusterBlow> LoseRepliesAsync(ClusterArena arena, Random random)
    {
        var began = Now;
        var times = random.Next(2, 8);
        for (var i = 0; i < times; i++)
        {
            var proxies = arena.ProxiesOf(Any(arena, random));
            foreach (var proxy in proxies) proxy.Mode = ProxyMode.LosesReplies;
            await WaitAsync(random, 20, 600);
            foreach (var proxy in proxies)
            {
                proxy.Cut();
                proxy.Mode = ProxyMode.Passes;
            }

            await WaitAsync(random, 20, 300);
        }

        return new ClusterBlow($"replies of PostgreSQL to a silo lost, then reset, {times} times", began, Now, ClusterBlow.Nothing);
    }

    private static async Task<ClusterBlow> FailoverAsync(ClusterArena arena, Random random)
    {
        await arena.AwaitFollowedAsync();
        var began = Now;
        arena.FailOver();
        var healed = Now;
        await arena.FollowAgainAsync();
        return new ClusterBlow($"the primary stopped at once, its standby promoted after {healed - began} ms", began, healed, ClusterBlow.Nothing);
    }

    /// <summary>Not before the processes of the killed server have gone: until then the new one refuses to start.</summary>
    private static Task RestartAsync(ClusterArena arena) => Eventually.HoldsAsync(
        "PostgreSQL starts again",
        () =>
        {
            try
            {
                arena.Server.Restart();
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        },
        RestartWithin);

    internal static async Task<bool> IsReadyAsync(EngineProcess silo)
    {
        try
        {
            return (await silo.Caller.GetAsync("/health/ready")).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static EngineProcess Any(ClusterArena arena, Random random) => arena.Silos[random.Next(arena.Silos.Count)];

    private static async Task<IReadOnlySet<string>> HeldByAsync(ClusterArena arena, params EngineProcess[] silos)
    {
        var ids = silos.Select(s => s.Id).ToHashSet();
        return (await arena.Cluster.HoldersAsync()).Where(n => ids.Contains(n.Value)).Select(n => n.Key).ToHashSet(StringComparer.Ordinal);
    }

    private static async Task<int> WaitAsync(Random random, int least, int most)
    {
        var milliseconds = random.Next(least, most);
        await Task.Delay(milliseconds);
        return milliseconds;
    }
}
