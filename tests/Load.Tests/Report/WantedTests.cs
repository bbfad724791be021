using BudgetEngine.Load.Collector;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Memory;
using BudgetEngine.Load.Open;
using BudgetEngine.Load.Report;
using BudgetEngine.Load.Silos;
using BudgetEngine.Load.Soak;
using BudgetEngine.Load.Start;
using static BudgetEngine.Load.Matches.Contestants;

namespace BudgetEngine.Load.Tests.Report;

/// <summary>A bound that is passed must be seen; where nothing was measured nothing is judged.</summary>
public sealed class WantedTests
{
    private static readonly LoadOptions Options = new();

    [Fact]
    public void Of_NothingMeasured_JudgesNothing() => Assert.Empty(Wanted.Of(new Results(), Options));

    [Theory]
    [InlineData(0.61, true)]
    [InlineData(0.59, false)]
    public void Of_SettlementAndTheLimit_IsJudgedByItsShare(double share, bool isMet)
    {
        foreach (var leaves in (Leaves[])[Leaves.Uniform, Leaves.Hot])
        {
            var results = new Results();
            results.Matches.Add(new MatchFigures(
                MatchCatalog.NameOf(MatchCatalog.Settle, Options.Connections),
                [Load(PostgresLimit, LoadKind.Settle, leaves, 1_000), Load(Postgres, LoadKind.Settle, leaves, 1_000 * share), Load(Sqlite, LoadKind.Settle, leaves, 1)]));

            var wanted = Assert.Single(Wanted.Of(results, Options));

            Assert.Equal((Postgres, isMet), (wanted.Contestant, wanted.IsMet));
            Assert.Contains(PostgresLimit, wanted.What, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0.99, true)]
    [InlineData(1.01, false)]
    public void Of_FiguresOfAProcess_AreMetUpToTheirBounds(double times, bool isMet)
    {
        var results = new Results();
        results.Allocations.Add(new AllocationFigures("sqlite", LoadKind.Lapse, "fresh checks", 1, 1_000 + 2_000 * times, 1_000));
        results.Allocations.Add(new AllocationFigures("sqlite", LoadKind.Settle, "check + settle", 2, 1_000 + 3_000 * times, 1_000));
        results.Allocations.Add(new AllocationFigures("sqlite", LoadKind.Post, "post", 1, 1_000 + 5_000 * times, 1_000));
        results.Ended.Add(new EndedFigures(Sqlite, 1_000, 0, (long)(64_000 * times)));
        results.Memory.Add(new MemoryFigures(Sqlite, 100_000, 100_000, 0, (long)(500_000_000 * times), (long)(300_000_000 * times), 1));
        var pauses = new PauseFigures(TimeSpan.FromSeconds(1_000), TimeSpan.FromSeconds(5 * times), TimeSpan.FromMilliseconds(5 * times), 1);
        results.Collector.Add(new CollectorFigures(Sqlite, Sizes.OpenReservations, Load(Sqlite, LoadKind.Release, Leaves.Uniform, 1), [pauses]));
        results.Soaks.Add(new SoakFigures(
            Sqlite, TimeSpan.FromMinutes(15), Load(Sqlite, LoadKind.Settle, Leaves.Uniform, 1, 5 * times), pauses, [new SoakMemory(TimeSpan.Zero, (long)(350_000_000 * times))]));
        results.Starts.Add(new StartFigures("sqlite", 1, One(1_500 * times), One(1), One(1), One(10 * times)));
        results.Silos.Add(new SilosFigures(
            Postgres, 3, Load(Postgres, LoadKind.Release, Leaves.Uniform, 1_000), Load(Postgres, LoadKind.Release, Leaves.Uniform, 500 / times), One(1.4 * times), 0));

        Wanted[] all = [.. Wanted.Of(results, Options)];

        Assert.Equal(14, all.Length);
        Assert.All(all, w => Assert.True(w.IsMet == isMet, w.ToString()));
    }

    [Fact]
    public void Of_FewOpenReservations_JudgesNoStop()
    {
        var results = new Results();
        results.Collector.Add(new CollectorFigures(
            Sqlite, 0, Load(Sqlite, LoadKind.Lapse, Leaves.Uniform, 1), [new PauseFigures(TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromSeconds(1), 1)]));

        Assert.Empty(Wanted.Of(results, Options));
    }

    [Fact]
    public void Of_OpenLoops_JudgesAQuarterAndAHalfOfTheRate()
    {
        var results = new Results();
        foreach (var share in OpenMatch.Shares)
        {
            results.Open.Add(new OpenFigures(Echo, share, 1, [Times(1)], 0, 0));
            results.Open.Add(new OpenFigures(Sqlite, share, 1, [Times(4)], 0, 0));
        }

        Wanted[] all = [.. Wanted.Of(results, Options)];

        // 4 times echo's, but below 5 ms.
        Assert.Equal([false, true, false, true], all.Select(w => w.IsMet));
    }

    private static Spread One(double value) => Spread.Of([value]);

    private static LoadFigures Load(string contestant, LoadKind kind, Leaves leaves, double rate, double milliseconds = 1)
    {
        var load = LoadCatalog.Of(kind, leaves, Options.Connections);
        return new LoadFigures(contestant, load, [new LoadWindow(rate, [Times(milliseconds), .. load.Steps.Select(_ => Times(milliseconds))], new Cores(1, 1, 0))]);
    }

    private static Histogram Times(double milliseconds)
    {
        var times = new Histogram();
        times.Add(TimeSpan.FromMilliseconds(milliseconds));
        return times;
    }
}
