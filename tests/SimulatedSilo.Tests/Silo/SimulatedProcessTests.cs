using BudgetEngine.SimulatedSilo.Hosting;
using BudgetEngine.SimulatedSilo.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

/// <summary>Several processes in one simulation: each stops and dies with all that runs in it, and with nothing else.</summary>
public sealed class SimulatedProcessTests
{
    private readonly SimulationScheduler _simulation = new(1);
    private readonly SimulatedProcess _process;
    private readonly InProcessSilo _silo;

    public SimulatedProcessTests()
    {
        _process = new SimulatedProcess(_simulation, "p");
        _silo = new InProcessSilo(new ServiceCollection().BuildServiceProvider(), new SimulatedSiloOptions().AddGrain<IWorkerGrain, WorkerGrain>(), _process);
    }

    [Fact]
    public void Pause_OfAProcess_HoldsItsGrainsUntilItGoesOn()
    {
        var start = _simulation.Time.GetUtcNow();

        var (count, answeredAt) = _simulation.Run(async () =>
        {
            _process.Pause();
            var counted = _silo.Worker("w").Count();
            await Task.Delay(TimeSpan.FromSeconds(5), _simulation.Time);
            Assert.False(counted.IsCompleted);
            _process.Resume();
            return (await counted, _simulation.Time.GetUtcNow());
        });

        Assert.Equal((1, start.AddSeconds(5)), (count, answeredAt));
    }

    [Fact]
    public void Pause_OfAProcess_MakesItsTimersDueOnceAfterwards()
    {
        var rings = 0;
        _simulation.Run(async () =>
        {
            await using var timer = _process.Time.CreateTimer(_ => rings++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            _process.Pause();
            await Task.Delay(TimeSpan.FromSeconds(10.5), _simulation.Time);
            Assert.Equal(0, rings);
            _process.Resume();
            Assert.Equal(1, rings);
            await Task.Delay(TimeSpan.FromSeconds(2.5), _simulation.Time);
        });

        Assert.Equal(3, rings);
    }

    [Fact]
    public void Kill_OfAProcess_EndsWhatRunsInItAndNothingElse()
    {
        var (inside, outside) = (0, 0);
        _simulation.Run(async () =>
        {
            _ = Task.Factory.StartNew(() => CountAsync(() => inside++, _process.Time), CancellationToken.None, TaskCreationOptions.None, _process.Tasks);
            _ = CountAsync(() => outside++, _simulation.Time);
            await Task.Delay(TimeSpan.FromSeconds(3.5), _simulation.Time);
            _process.Kill();
            await Task.Delay(TimeSpan.FromSeconds(3), _simulation.Time);
        });

        Assert.Equal((3, 6), (inside, outside));
    }

    [Fact]
    public void Clock_Stepped_MovesTheWallClockOnly()
    {
        var before = (_process.Time.GetUtcNow(), _process.Time.GetTimestamp());

        _process.StepClock(TimeSpan.FromHours(1));

        Assert.Equal((before.Item1.AddHours(1), before.Item2), (_process.Time.GetUtcNow(), _process.Time.GetTimestamp()));
    }

    private static async Task CountAsync(Action count, TimeProvider time)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time);
            count();
        }
    }
}
