using BudgetEngine.SimulatedSilo.Tests.Semantics;
using BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

public sealed class StressTests
{
    private const int Callers = 32;
    private const int CallsOfEach = 2_000;
    private const int GrainCount = 50;

    [Fact]
    public async Task Calls_OfManyCallersOnManyGrains_AreAllCountedOnce()
    {
        await using var silo = Silos.OnThreads();

        await FromAllCallers(async (caller, i) => await silo.Worker($"{(caller + i) % GrainCount}").Count());

        var counts = await Task.WhenAll(Enumerable.Range(0, GrainCount).Select(i => silo.Worker($"{i}").Count()));
        Assert.Equal((Callers * CallsOfEach) + GrainCount, counts.Sum());
    }

    [Fact]
    public async Task Calls_WhileActivationsEnd_RunOnceOrAreRefused()
    {
        await using var silo = Silos.OnThreads();
        var (key, done, refused) = (Silos.NewKey(), 0, 0);

        await FromAllCallers(async (caller, i) =>
        {
            var grain = silo.Worker(key + (i % 7));
            try
            {
                if ((caller + i) % 50 == 0)
                {
                    await grain.End();
                    return;
                }

                await grain.Append("x");
                Interlocked.Increment(ref done);
            }
            catch (SiloUnavailableException)
            {
                // It met the end of three activations in a row.
                Interlocked.Increment(ref refused);
            }
        });

        Assert.Equal(done, Enumerable.Range(0, 7).Sum(i => Journal.Of(key + i).Entries.Count(e => e == "x")));
        Assert.InRange(refused, 0, done / 100);
    }

    [Fact]
    public async Task Turns_OfAnActivationUnderLoad_NeverOverlap()
    {
        await using var silo = Silos.OnThreads(options => options.AddGrain<ITurnGrain, TurnGrain>());
        var overlaps = 0;

        await FromAllCallers(async (_, i) => Interlocked.Add(ref overlaps, await silo.GetGrain<ITurnGrain>($"{i % 2}").Turns(3)));

        Assert.Equal(0, overlaps);
    }

    [Fact]
    public async Task Calls_ThatWaitForWorkOutside_AreAllAnswered()
    {
        await using var silo = Silos.OnThreads();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await silo.Worker($"{(caller + i) % GrainCount}").Delay(TimeSpan.FromMilliseconds(1));
        })));
    }

    private static Task FromAllCallers(Func<int, int, Task> call) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < CallsOfEach; i++) await call(caller, i);
        })));
}
