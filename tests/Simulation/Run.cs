using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Cluster;
using BudgetEngine.Simulation.Plans;
using BudgetEngine.Simulation.Workload;

namespace BudgetEngine.Simulation;

/// <summary>How a run ended.</summary>
internal sealed record RunResult(ulong Seed, string? Violation, IReadOnlySet<Sometimes> Reached, ulong TraceHash, long Steps, int Rows, string Plan, IReadOnlyList<string> Log);

/// <summary>One seed: a world from its start to its last check.</summary>
internal static class Run
{
    /// <param name="trace">Hears of every step of the schedule.</param>
    public static RunResult Of(ulong seed, bool logs = false, Action<string>? trace = null)
    {
        var world = new World(seed, logs);
        world.Scheduler.Trace = trace;
        string? violation = null;
        try
        {
            world.Scheduler.Run(() => PlayAsync(world));
        }
        catch (Exception broken)
        {
            violation = broken is Violation ? broken.Message : broken.ToString();
        }

        return new RunResult(seed, violation, world.Reached, world.Scheduler.TraceHash, world.Scheduler.Steps, world.Books.Rows.Count, world.Plan.ToString(), world.Lines);
    }

    private static async Task PlayAsync(World world)
    {
        var plan = world.Plan;
        world.Tree = new Tree(world.Dice, plan);
        var faults = world.Faults;
        world.Faults = null;
        for (var i = 0; i < plan.Processes; i++) await world.StartProcessAsync();
        var administrator = new Administrator(world);
        await administrator.SetUpAsync(world.Processes[0]);
        await world.DelayAsync(TimeSpan.FromSeconds(1));
        world.Faults = faults;
        var records = new Records(world);
        var callers = Enumerable.Range(1, plan.Callers).Select(n => new Caller(world, records, n)).ToList();
        var chaos = new Chaos(world);
        var breaking = chaos.RunAsync();
        var work = callers.Select(c => c.RunAsync(plan.Commands)).Append(administrator.RunAsync()).ToList();
        if (plan.CostCenterMoves) work.Add(new Mover(world, new Caller(world, records, plan.Callers + 2)).RunAsync());
        if (plan.Lies) work.Add(new Liar(world, records, new Caller(world, records, plan.Callers + 1)).RunAsync(plan.Commands * 2));
        // The first that fails ends the run: what comes after a violation is of no interest.
        while (work.Count > 0)
        {
            var done = await Task.WhenAny(work);
            work.Remove(done);
            await done;
        }

        await breaking;
        await chaos.HealAsync();
        await new EndChecks(world).RunAsync();
    }
}
