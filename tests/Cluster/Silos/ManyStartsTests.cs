using System.Diagnostics;
using System.Globalization;
using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Silos;

/// <summary>A silo that starts hundreds of times, as one does that Kubernetes starts again and again: each life leaves rows behind, and what one has granted the next one settles.</summary>
public sealed class ManyStartsTests(ITestOutputHelper output)
{
    /// <summary>Of the first and of the last starts: how many are compared.</summary>
    private const int Compared = 10;

    /// <summary>The others end in order.</summary>
    private const int KilledOneIn = 5;

    private static readonly int _starts =
        int.TryParse(Environment.GetEnvironmentVariable("BUDGET_STARTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var starts) ? starts : 100;

    [ClusterFact(IsLong = true)]
    public async Task Silo_StartedHundredsOfTimes_KeepsEverything()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 2);
        var (stays, comes) = (cluster.Silos[0], cluster.Silos[1]);
        await stays.Caller.SetBudgetAsync("acme", new { total = 100_000, durable_holds = true });
        await SiloCluster.KnownAsync("acme", cluster.Silos);
        var times = new List<TimeSpan>();
        for (var i = 0; i < _starts; i++)
        {
            // What is asked of it is granted and acknowledged by this life, and settled by the next one.
            var start = i;
            // Cost centers of a life that was killed are denied until its lease has run out.
            var check = await Eventually.GetAsync($"a check after {i} starts is allowed", async () => await comes.Caller.CheckAsync("acme/leaf", 1, $"check-{start}", ttlSeconds: 3_600) is { Allowed: true } allowed ? allowed : null);
            if (i % KilledOneIn == 0) await comes.KillAsync();
            else Assert.Equal(0, await comes.StopAsync());

            var began = Stopwatch.GetTimestamp();
            await comes.RestartAsync();
            times.Add(Stopwatch.GetElapsedTime(began));
            await cluster.AwaitActiveAsync(2);
            var settled = await comes.Caller.SettleAsync($"record-{i}", check.ReservationId, 1);
            settled.Is(200);
            Assert.Empty(settled.Flags);
        }

        var (first, last) = (Median(times.Take(Compared)), Median(times.TakeLast(Compared)));
        var rows = await store.QueryAsync("select (select count(*) from orleans.silos), (select count(*) from leases), (select count(*) from node_epochs)", r => (Silos: r.GetInt64(0), Leases: r.GetInt64(1), Epochs: r.GetInt64(2)));
        output.WriteLine($"{_starts} starts, ready after {first.TotalMilliseconds:0} ms at first, {last.TotalMilliseconds:0} ms at last; {rows[0]}");
        Assert.Equal(_starts, await cluster.Caller.AssertConsistentAsync());
        Assert.Equal((0, _starts * Nano.PerUnit), (await cluster.Caller.LimitAsync("acme", "total")) is var window ? (window.Held, window.Spent) : default);
        Assert.InRange(rows[0].Epochs, 1, 10);
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times) => times.Order().ElementAt(Compared / 2);
}
