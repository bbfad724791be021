using BudgetEngine.SimulatedSilo.Scheduling;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

public sealed class SimulationTests
{
    [Fact]
    public void Run_WithTheSameSeed_IsTheSameRun()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var first = RaceOf(seed);
            var second = RaceOf(seed);

            Assert.Equal(first.Entries, second.Entries);
            Assert.Equal(first.Trace, second.Trace);
            Assert.Equal(first.Hash, second.Hash);
        }
    }

    [Fact]
    public void Run_WithOtherSeeds_ReachesOtherInterleavings()
    {
        var orders = Enumerable.Range(0, 200).Select(seed => RaceOf((ulong)seed).Entries).Distinct().Count();

        // Four entries can come in 24 orders.
        Assert.Equal(24, orders);
    }

    [Fact]
    public void Run_WithEnoughSeeds_FindsALostUpdate()
    {
        var counts = Enumerable.Range(0, 50).Select(seed =>
        {
            var simulation = new SimulationScheduler((ulong)seed);
            var silo = Silos.In(simulation);
            return simulation.Run(async () =>
            {
                await Task.WhenAll(silo.Worker("w").CountCarelessly(), silo.Worker("w").CountCarelessly());
                return await silo.Worker("w").Count();
            });
        });

        Assert.Equal([2, 3], counts.Distinct().Order());
    }

    [Fact]
    public void Time_WhenNothingIsRunnable_JumpsToTheNextTimer()
    {
        var simulation = new SimulationScheduler(1);
        var silo = Silos.In(simulation, options => options.ResponseTimeout = TimeSpan.FromDays(2));
        var start = simulation.Time.GetUtcNow();

        simulation.Run(() => Task.WhenAll(silo.Worker("a").Delay(TimeSpan.FromHours(1)), silo.Worker("b").Delay(TimeSpan.FromDays(1))));

        Assert.Equal(TimeSpan.FromDays(1), simulation.Time.GetUtcNow() - start);
    }

    [Fact]
    public void Call_ThatTakesTooLong_TimesOutAtTheVirtualInstant()
    {
        var simulation = new SimulationScheduler(1);
        var silo = Silos.In(simulation);
        var start = simulation.Time.GetUtcNow();

        Assert.Throws<TimeoutException>(() => simulation.Run(() => silo.Worker("a").Delay(TimeSpan.FromHours(1))));

        Assert.Equal(TimeSpan.FromSeconds(10), simulation.Time.GetUtcNow() - start);
    }

    [Fact]
    public void Run_OfAnEndlessWait_SaysSo()
    {
        var simulation = new SimulationScheduler(7);
        var silo = Silos.In(simulation);

        var thrown = Assert.Throws<InvalidOperationException>(() => simulation.Run(async () =>
        {
            await silo.Worker("a").Count();
            await new TaskCompletionSource().Task;
        }));

        Assert.Contains("waits for what will never come", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("seed 7", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfAnEndlessWaitBesideATimer_EndsAtTheTimeLimit()
    {
        var simulation = new SimulationScheduler(7) { TimeLimit = TimeSpan.FromHours(1) };
        var silo = Silos.In(simulation);

        var thrown = Assert.Throws<InvalidOperationException>(() => simulation.Run(async () =>
        {
            await silo.Worker("a").Tick(TimeSpan.FromSeconds(1), keepAlive: true);
            await new TaskCompletionSource().Task;
        }));

        Assert.Contains("has not ended within 01:00:00", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfWhatThrows_ThrowsIt()
    {
        Assert.Throws<FormatException>(() => new SimulationScheduler(1).Run(() => throw new FormatException()));
    }

    [Fact]
    public void Turn_FromAnotherThread_IsCaught()
    {
        var simulation = new SimulationScheduler(1);

        var thrown = Assert.Throws<InvalidOperationException>(() => simulation.Run(async () =>
        {
            var source = new TaskCompletionSource();
            var thread = new Thread(source.SetResult);
            var waits = Wait(source.Task);
            thread.Start();
            thread.Join();
            await waits;
        }));

        static async Task Wait(Task task) => await task;

        Assert.Contains("from another thread", thrown.Message, StringComparison.Ordinal);
    }

    private static (string Entries, string Trace, ulong Hash) RaceOf(ulong seed)
    {
        var trace = new List<string>();
        var simulation = new SimulationScheduler(seed) { Trace = trace.Add };
        var silo = Silos.In(simulation);
        var entries = simulation.Run(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(i => silo.Worker("w").Append($"{i}")));
            var entries = await silo.Worker("w").Entries();
            await silo.StopAsync();
            return entries;
        });
        return (entries, string.Join("\n", trace), simulation.TraceHash);
    }
}
