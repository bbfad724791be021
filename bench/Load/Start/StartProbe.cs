using System.Diagnostics;
using System.Text;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Start;

/// <summary>Fills a ledger with many rows of one cost center, then starts fresh engines on it, one per round.</summary>
internal sealed class StartProbe(LoadOptions options, Workspace workspace)
{
    private const string Database = "start";
    private const string Tenant = "deep";
    private const string Other = "warm";
    private const string Cold = "cold";
    private const string Full = $"{Tenant}/dept-00/leaf-000";

    /// <summary>Checks of other cost centers before the cold one: code is compiled, connections are open.</summary>
    private const int WarmChecks = 500;

    private static readonly byte[] Allowed = Encoding.UTF8.GetBytes("\"decision\":\"allow\"");
    private static readonly byte[] Recorded = Encoding.UTF8.GetBytes("\"duplicates\":0,\"rejected\":0,");

    private static string WarmLeaf(int number) => $"{Other}/dept-00/leaf-{number:000}";

    private static IEnumerable<string> ColdLeaves() =>
        Enumerable.Range(0, Sizes.ColdLeaves).Select(i => $"{ColdDepartment(i / Sizes.ResidentLeavesPerDepartment)}/leaf-{i % Sizes.ResidentLeavesPerDepartment:000}");

    private static string ColdDepartment(int number) => $"{Cold}/dept-{number:00}";

    public async Task<StartFigures> RunAsync(string store, CancellationToken cancellationToken)
    {
        await using (var filled = await workspace.StartEngineAsync(store, Database, cancellationToken))
        {
            await FillAsync(filled.Server, cancellationToken);
            await filled.Server.StopAsync(cancellationToken);
        }

        var (starts, cold, nearlyEmpty, manyCold) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < options.Runs; round++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var engine = await workspace.StartEngineAsync(store, Database, cancellationToken);
            await CheckAsync(engine.Server, WarmLeaf(0), cancellationToken);
            starts.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await SetUp.SendAsync(engine.Server, Enumerable.Range(0, WarmChecks).Select(i => Check(WarmLeaf(i))), cancellationToken, 1, Allowed);
            nearlyEmpty.Add(await CheckAsync(engine.Server, WarmLeaf(WarmChecks), cancellationToken));
            cold.Add(await CheckAsync(engine.Server, Full, cancellationToken));
            manyCold.Add((await CheckManyAsync(engine.Server, cancellationToken)).Percentile(0.99).TotalMilliseconds);
            await engine.Server.StopAsync(cancellationToken);
        }

        return new StartFigures(store, options.RowsBehind, Spread.Of(starts), Spread.Of(cold), Spread.Of(nearlyEmpty), Spread.Of(manyCold));
    }

    private async Task FillAsync(ChildServer engine, CancellationToken cancellationToken)
    {
        await SetUp.SendAsync(engine, [WireRequest.Of("PUT", $"/v1/prices/{Bodies.Model}", Bodies.Price)], cancellationToken);
        await SetUp.SendAsync(engine, SetUp.Limits([Tenant, Other, Cold]), cancellationToken);
        await SetUp.SendAsync(engine, SetUp.Limits([Full, .. Enumerable.Range(0, WarmChecks + 1).Select(WarmLeaf)]), cancellationToken);
        await SetUp.SendAsync(engine, SetUp.Limits(Enumerable.Range(0, Sizes.ColdLeaves / Sizes.ResidentLeavesPerDepartment).Select(ColdDepartment)), cancellationToken);
        await Task.Delay(Sizes.SettlePause, TimeProvider.System, cancellationToken);
        var leaves = Enumerable.Repeat(Full, options.RowsBehind).Concat(Enumerable.Range(0, WarmChecks + 1).Select(WarmLeaf)).Concat(ColdLeaves());
        var bodies = leaves.Chunk(Sizes.BatchRecords).Select(chunk => WireRequest.Of("POST", "/v1/usage", Lines(chunk), WireRequest.NdJson));
        await SetUp.SendAsync(engine, bodies, cancellationToken, Sizes.BatchConnections, Recorded);
    }

    private static string Lines(IEnumerable<string> leaves) => string.Concat(leaves.Select(leaf => Bodies.Usage(leaf, $"{UniqueIds.Next():x16}") + "\n"));

    private static WireRequest Check(string costCenter) => WireRequest.Of("POST", "/v1/check", Bodies.Check(costCenter, dryRun: true));

    /// <summary>Every cold leaf once, by several callers at once.</summary>
    private static async Task<Histogram> CheckManyAsync(ChildServer server, CancellationToken cancellationToken)
    {
        var (leaves, times) = (ColdLeaves().ToArray(), new Histogram());
        var callers = Enumerable.Range(0, Sizes.ColdCallers).Select(async caller =>
        {
            using var connection = await Connection.OpenAsync(server.Port, cancellationToken);
            for (var i = caller; i < leaves.Length; i += Sizes.ColdCallers)
            {
                var request = Check(leaves[i]);
                var started = Stopwatch.GetTimestamp();
                var answer = await connection.ExchangeAsync(request.Bytes);
                times.Add(Stopwatch.GetElapsedTime(started));
                if (!answer.Has(Allowed)) throw new InvalidOperationException(answer.Describe("a first check"));
            }
        });
        await Task.WhenAll(callers.ToArray());
        await Task.Yield();
        return times;
    }

    /// <returns>Milliseconds.</returns>
    private static async Task<double> CheckAsync(ChildServer server, string costCenter, CancellationToken cancellationToken)
    {
        using var connection = await Connection.OpenAsync(server.Port, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var answer = await connection.ExchangeAsync(Check(costCenter).Bytes);
        var taken = Stopwatch.GetElapsedTime(started);
        if (!answer.Has(Allowed)) throw new InvalidOperationException(answer.Describe("a first check"));
        await Task.Yield();
        return taken.TotalMilliseconds;
    }
}
