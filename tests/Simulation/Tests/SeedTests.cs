using System.Runtime.CompilerServices;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Simulation.Plans;
using BudgetEngine.Simulation.Runner;

namespace BudgetEngine.Simulation.Tests;

/// <summary>The simulation as part of the test run; <c>simulate.sh</c> runs on.</summary>
public sealed class SeedTests
{
    private const int Seeds = 800;
    private const ulong Twice = 20;

    private static readonly string _root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));

    [Fact]
    public void Run_WithTheSameSeed_IsTheSameRun()
    {
        for (ulong seed = 0; seed < Twice; seed++)
        {
            var (first, second) = (Run.Of(seed, logs: true), Run.Of(seed, logs: true));

            Assert.Equal(first.Log, second.Log);
            Assert.Equal((first.TraceHash, first.Steps, first.Violation), (second.TraceHash, second.Steps, second.Violation));
        }
    }

    [Fact]
    public void Run_WithItsLog_IsTheRunWithout()
    {
        // A failing seed is run again with its log to see why: that must not be another run.
        for (ulong seed = 0; seed < 10; seed++) Assert.Equal(Run.Of(seed).TraceHash, Run.Of(seed, logs: true, _ => { }).TraceHash);
    }

    [Fact]
    public void Seeds_OfASeries_KeepTheInvariantsAndReachAllThatHappensSometimes()
    {
        var series = new Series(0, Seeds, null, Environment.ProcessorCount);

        series.Run();

        Assert.True(series.Violations.Count == 0, string.Join('\n', series.Violations.Take(3).Select(v => $"{Program.ReplayOf(v.Seed)}\n{v.Violation}")));
        Assert.Equal(Seeds, series.Ended);
        Assert.Empty(series.Unreached);
    }

    [Fact]
    public void Plans_OfManySeeds_AreCalmInAQuarter()
    {
        var calm = Enumerable.Range(0, 1_000).Count(seed => new RunPlan(DiceOf(seed), DiceOf(-seed)).Calm);

        Assert.InRange(calm, 200, 300);
    }

    private static Dice DiceOf(int seed) => new(new SimulatedSilo.Scheduling.SimulationScheduler((ulong)seed));

    [Fact]
    public void PlantedBugs_OfBothLists_ApplyOnceEach()
    {
        List<PlantedBug> bugs = [.. PlantedBug.Load(_root), .. PlantedBug.Load(_root, PlantedBug.Open)];

        Assert.True(bugs.Count >= 25);
        Assert.Equal(bugs.Count, bugs.Select(b => b.Name).Distinct().Count());
        Assert.All(bugs, b => Assert.NotEmpty(b.Changes));
        Assert.Empty(bugs.Select(b => b.Fault(_root)).OfType<string>());
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
