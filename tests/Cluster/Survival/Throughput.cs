using System.Diagnostics;
using System.Globalization;
using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Cluster.Survival;

/// <summary>
/// Checks and releases per second of one, two and three silos on this machine, which silos, PostgreSQL and the callers share: what a cluster costs, not what
/// it brings. And how many calls between cost centers a check makes, and how many of them leave the process.
/// </summary>
internal static class Throughput
{
    private const int Trees = 30;
    private const int LeavesOfEach = 10;
    private const int Workers = 32;
    private const int Windows = 3;

    private static readonly TimeSpan _window = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Action<string> tell, CancellationToken stop)
    {
        tell("| silos | check + release, pairs/s (median of 3, least to most) | check p50, ms | check p99, ms | grain calls per check | of them to another process | messages between processes |");
        tell("|--:|--:|--:|--:|--:|--:|--:|");
        for (var silos = 1; silos <= 3 && !stop.IsCancellationRequested; silos++) tell(await MeasureAsync(silos));
    }

    private static async Task<string> MeasureAsync(int silos)
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, silos);
        string[] leaves = [.. Enumerable.Range(0, Trees * LeavesOfEach).Select(i => $"tree{i % Trees}/team{i % 3}/leaf{i}")];
        for (var i = 0; i < Trees; i++) await cluster.Caller.SetBudgetAsync($"tree{i}", new { monthly = 1_000_000 });
        foreach (var leaf in leaves.Take(Trees)) await SiloCluster.KnownAsync(leaf, cluster.Silos);
        await WindowAsync(cluster, leaves);
        var windows = new List<(double Rate, List<double> Latencies)>();
        for (var i = 0; i < Windows; i++) windows.Add(await WindowAsync(cluster, leaves));
        var rates = windows.Select(w => w.Rate).Order().ToList();
        var latencies = windows.SelectMany(w => w.Latencies).Order().ToList();
        var holders = await cluster.HoldersAsync();
        // A leaf that no caller happened to draw is nowhere.
        var (calls, remote) = Calls([.. leaves.Where(holders.ContainsKey)], holders, [.. cluster.Silos.Select(s => s.Id)]);
        // A call to another process is a request and an answer.
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {silos} | {rates[Windows / 2]:F0} ({rates[0]:F0} to {rates[^1]:F0}) | {latencies[latencies.Count / 2]:F1} | {latencies[latencies.Count * 99 / 100]:F1} | {calls:F2} | {remote:F2} | {2 * remote:F2} |");
    }

    private static async Task<(double Rate, List<double> Latencies)> WindowAsync(SiloCluster cluster, string[] leaves)
    {
        var started = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            var random = new Random(worker);
            var latencies = new List<double>();
            while (Stopwatch.GetElapsedTime(started) < _window)
            {
                var caller = cluster.Silos[random.Next(cluster.Silos.Count)].Caller;
                var asked = Stopwatch.GetTimestamp();
                var check = await caller.CheckAsync(leaves[random.Next(leaves.Length)], 0.001m);
                latencies.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                if (!check.Allowed) throw new InvalidOperationException($"A check was not granted: {check.Text}");
                (await caller.DeleteAsync($"/v1/reservations/{check.ReservationId}")).Is(200);
            }

            return latencies;
        }));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return (all.Sum(l => l.Count) / elapsed, [.. all.SelectMany(l => l)]);
    }

    /// <summary>
    /// By where the cost centers are: the silo that was asked calls the owner, and the owner each of its ancestors. The mean over all leaves and all silos.
    /// </summary>
    private static (double Calls, double Remote) Calls(string[] leaves, Dictionary<string, int> holders, int[] silos)
    {
        var (calls, remote) = (0, 0.0);
        foreach (var leaf in leaves)
        {
            var path = Books.SelfAndAncestors(leaf).ToList();
            calls += path.Count;
            remote += silos.Count(s => s != holders[leaf]) / (double)silos.Length;
            remote += path.Skip(1).Count(node => holders[node] != holders[leaf]);
        }

        return (calls / (double)leaves.Length, remote / leaves.Length);
    }
}
