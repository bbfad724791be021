using System.Globalization;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using BudgetEngine.Torture.Running;

namespace BudgetEngine.Torture.Nemeses;

/// <summary>Everything that is done to the engine, its ledger, and what lies between them.</summary>
internal static class AllNemeses
{
    private const int RestartWithin = 30;

    public static readonly IReadOnlyList<Nemesis> List =
    [
        new("calm", false, false, _ => true, CalmAsync),
        new("kill", true, false, _ => true, KillAsync),
        new("kill-twice", true, false, _ => true, KillTwiceAsync),
        new("pause", false, false, _ => true, PauseAsync),
        new("stop", false, false, _ => true, StopAsync),
        new("clock-jump", false, true, a => a.Clock is not null, ClockJumpAsync),
        new("disk-full", false, false, a => a.Disk is not null, DiskFullAsync),
        new("disk-full-kill", true, false, a => a.Disk is not null, DiskFullKillAsync),
        new("postgres-kill", false, false, a => a.IsPostgres, PostgresKillAsync),
        new("postgres-restart", false, false, a => a.IsPostgres, PostgresRestartAsync),
        new("postgres-pause", false, false, a => a.IsPostgres, PostgresPauseAsync),
        new("postgres-and-engine-kill", true, false, a => a.IsPostgres, BothKillAsync),
        new("connections-cut", false, false, a => a.IsPostgres, CutAsync),
        new("connections-stall", false, false, a => a.IsPostgres, StallAsync),
        new("replies-lost", false, false, a => a.IsPostgres, LoseRepliesAsync),
        new("replies-lost-kill", true, false, a => a.IsPostgres, LoseRepliesKillAsync),
    ];

    private static long Now => Environment.TickCount64;

    private static async Task<Blow> CalmAsync(Arena arena, Random random)
    {
        await WaitAsync(random, 500, 1_500);
        return new Blow("nothing", Now, Now);
    }

    private static async Task<Blow> KillAsync(Arena arena, Random random)
    {
        var began = Now;
        await arena.Engine.KillAsync();
        await arena.Engine.RestartAsync();
        return new Blow("kill -9", began, Now);
    }

    /// <summary>The second while the first start is on its way, at any point of it.</summary>
    private static async Task<Blow> KillTwiceAsync(Arena arena, Random random)
    {
        var began = Now;
        await arena.Engine.KillAsync();
        await arena.Engine.StartAndKillAsync(TimeSpan.FromMilliseconds(random.Next(50, 1_500)));
        await arena.Engine.RestartAsync();
        return new Blow("kill -9 twice, the second within the start", began, Now);
    }

    private static async Task<Blow> PauseAsync(Arena arena, Random random)
    {
        var began = Now;
        await Signals.StopAsync(arena.Engine.Id);
        var paused = await WaitAsync(random, 1_000, 15_000);
        Signals.Continue(arena.Engine.Id);
        return new Blow($"SIGSTOP for {paused} ms", began, Now);
    }

    private static async Task<Blow> StopAsync(Arena arena, Random random)
    {
        var began = Now;
        if (await arena.Engine.StopAsync() is var exit and not 0) throw new InvalidOperationException($"SIGTERM: the engine ended with {exit}: {arena.Engine.Output}");
        await arena.Engine.RestartAsync();
        return new Blow("SIGTERM and start", began, Now);
    }

    private static async Task<Blow> ClockJumpAsync(Arena arena, Random random)
    {
        int[] jumps = [-3_600, -60, -2, 2, 60, 3_600, 86_400];
        var (first, second) = (jumps[random.Next(jumps.Length)], jumps[random.Next(jumps.Length)]);
        var began = Now;
        arena.Clock!.Set(first);
        await WaitAsync(random, 1_500, 3_500);
        arena.Clock.Set(second);
        await WaitAsync(random, 1_500, 3_500);
        arena.Clock.Set(0);
        await WaitAsync(random, 1_000, 1_500);
        return new Blow(string.Create(CultureInfo.InvariantCulture, $"clock {first:+0;-0} s, {second:+0;-0} s, back"), began, Now);
    }

    private static async Task<Blow> DiskFullAsync(Arena arena, Random random)
    {
        var (began, filled) = await FillAsync(arena, random);
        arena.Disk!.Grow(TortureRun.DiskMegabytes);
        return new Blow(filled, began, Now);
    }

    private static async Task<Blow> DiskFullKillAsync(Arena arena, Random random)
    {
        var (began, filled) = await FillAsync(arena, random);
        await arena.Engine.KillAsync();
        arena.Disk!.Grow(TortureRun.DiskMegabytes);
        await arena.Engine.RestartAsync();
        return new Blow(filled + ", kill -9 while it was full", began, Now);
    }

    private static async Task<(long Began, string What)> FillAsync(Arena arena, Random random)
    {
        var left = random.Next(2_000);
        var began = Now;
        arena.Disk!.Shrink(left);
        var full = await WaitAsync(random, 1_000, 10_000);
        return (began, $"disk full but for {left} kB, for {full} ms");
    }

    private static async Task<Blow> PostgresKillAsync(Arena arena, Random random)
    {
        var began = Now;
        Signals.Kill(arena.Server!.ProcessId);
        var gone = await WaitAsync(random, 50, 9_000);
        await RestartAsync(arena);
        return new Blow($"kill -9 of the postmaster, {gone} ms without", began, Now);
    }

    private static async Task<Blow> PostgresRestartAsync(Arena arena, Random random)
    {
        var began = Now;
        arena.Server!.Kill();
        await RestartAsync(arena);
        return new Blow("PostgreSQL stopped at once and started", began, Now);
    }

    private static async Task<Blow> PostgresPauseAsync(Arena arena, Random random)
    {
        var began = Now;
        int[] all = [arena.Server!.ProcessId, .. Signals.ChildrenOf(arena.Server.ProcessId)];
        foreach (var process in all) await Signals.StopAsync(process);
        var paused = await WaitAsync(random, 500, 12_000);
        foreach (var process in all) Signals.Continue(process);
        return new Blow($"SIGSTOP of PostgreSQL for {paused} ms", began, Now);
    }

    private static async Task<Blow> BothKillAsync(Arena arena, Random random)
    {
        var began = Now;
        Signals.Kill(arena.Server!.ProcessId);
        await WaitAsync(random, 0, 1_000);
        await arena.Engine.KillAsync();
        await RestartAsync(arena);
        await arena.Engine.RestartAsync();
        return new Blow("kill -9 of the postmaster and of the engine", began, Now);
    }

    private static async Task<Blow> CutAsync(Arena arena, Random random)
    {
        var began = Now;
        var cuts = random.Next(1, 12);
        for (var i = 0; i < cuts; i++)
        {
            arena.Proxy!.Cut();
            await WaitAsync(random, 20, 400);
        }

        return new Blow($"all connections to PostgreSQL reset {cuts} times", began, Now);
    }

    private static async Task<Blow> StallAsync(Arena arena, Random random)
    {
        var began = Now;
        arena.Proxy!.Mode = ProxyMode.Stalls;
        var stalled = await WaitAsync(random, 500, 13_000);
        var cut = random.Next(2) == 0;
        if (cut) arena.Proxy.Cut();
        arena.Proxy.Mode = ProxyMode.Passes;
        return new Blow($"connections stalled for {stalled} ms{(cut ? ", then reset" : "")}", began, Now);
    }

    private static async Task<Blow> LoseRepliesAsync(Arena arena, Random random)
    {
        var began = Now;
        var times = random.Next(1, 6);
        for (var i = 0; i < times; i++) await LoseOnceAsync(arena, random);
        return new Blow($"replies of PostgreSQL lost, then reset, {times} times", began, Now);
    }

    private static async Task<Blow> LoseRepliesKillAsync(Arena arena, Random random)
    {
        var began = Now;
        arena.Proxy!.Mode = ProxyMode.LosesReplies;
        await WaitAsync(random, 20, 500);
        await arena.Engine.KillAsync();
        arena.Proxy.Cut();
        arena.Proxy.Mode = ProxyMode.Passes;
        await arena.Engine.RestartAsync();
        return new Blow("replies of PostgreSQL lost, then kill -9 of the engine", began, Now);
    }

    private static async Task LoseOnceAsync(Arena arena, Random random)
    {
        arena.Proxy!.Mode = ProxyMode.LosesReplies;
        await WaitAsync(random, 20, 600);
        arena.Proxy.Cut();
        arena.Proxy.Mode = ProxyMode.Passes;
        await WaitAsync(random, 50, 500);
    }

    /// <summary>Not before the processes of the killed server have gone: until then the new one refuses to start.</summary>
    private static Task RestartAsync(Arena arena) => Eventually.HoldsAsync(
        "PostgreSQL starts again",
        () =>
        {
            try
            {
                arena.Server!.Restart();
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        },
        RestartWithin);

    private static async Task<int> WaitAsync(Random random, int least, int most)
    {
        var milliseconds = random.Next(least, most);
        await Task.Delay(milliseconds);
        return milliseconds;
    }
}
