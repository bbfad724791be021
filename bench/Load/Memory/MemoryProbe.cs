using System.Diagnostics;
using System.Text;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Memory;

/// <summary>
/// How much memory resident cost centers take: fills a ledger through the API, starts a fresh engine on it, and lets a dry run of a check bring in every leaf
/// with its ancestors. Each has balances of a day and a month; departments and the tenant have limits.
/// </summary>
internal sealed class MemoryProbe(LoadOptions options, Workspace workspace, string contestant, int leaves)
{
    private const string Tenant = "many";
    /// <summary>Leaves that are there before the measurement, asked again and again until the code is warm.</summary>
    private const int WarmLeaves = 100;

    private const int WarmUpRounds = 50;

    private static readonly byte[] Allowed = Encoding.UTF8.GetBytes("\"decision\":\"allow\"");
    private static readonly byte[] Recorded = Encoding.UTF8.GetBytes("\"duplicates\":0,\"rejected\":0,");

    private int Departments => (leaves + Sizes.ResidentLeavesPerDepartment - 1) / Sizes.ResidentLeavesPerDepartment;

    public async Task<MemoryFigures> RunAsync(CancellationToken cancellationToken)
    {
        await using (var filled = await StartAsync(cancellationToken))
        {
            await FillAsync(filled.Server, cancellationToken);
            await filled.Server.StopAsync(cancellationToken);
        }

        await using var engine = await StartAsync(cancellationToken);
        var server = engine.Server;
        for (var i = 0; i < WarmUpRounds; i++) await SetUp.SendAsync(server, Checks(Leaves().Take(WarmLeaves)), cancellationToken, options.Connections, Allowed);
        var empty = await ResidentAsync(server, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await SetUp.SendAsync(server, Checks(Leaves().Skip(WarmLeaves)), cancellationToken, options.Connections, Allowed);
        var taken = Stopwatch.GetElapsedTime(started);
        var resident = await ResidentAsync(server, cancellationToken);
        long? collected = await ForcedCollection.RunAsync(server.ProcessId, cancellationToken) ? server.ResidentBytes : null;
        var costCenters = leaves + Departments + 1;
        return new MemoryFigures(contestant, leaves, costCenters, empty, resident, collected, leaves / taken.TotalSeconds);
    }

    private Task<Engine> StartAsync(CancellationToken cancellationToken) =>
        workspace.StartEngineAsync(Contestants.StoreOf(contestant), $"memory_{leaves}{options.SuffixOf(contestant)}", cancellationToken, options.ProgramOf(contestant));

    private async Task FillAsync(ChildServer engine, CancellationToken cancellationToken)
    {
        await SetUp.SendAsync(engine, [WireRequest.Of("PUT", $"/v1/prices/{Bodies.Model}", Bodies.Price)], cancellationToken);
        await SetUp.SendAsync(engine, SetUp.Limits([Tenant]), cancellationToken);
        await SetUp.SendAsync(engine, SetUp.Limits(Enumerable.Range(0, Departments).Select(Department)), cancellationToken);
        await Task.Delay(Sizes.SettlePause, TimeProvider.System, cancellationToken);
        var bodies = Leaves().Chunk(Sizes.BatchRecords).Select(leaves => WireRequest.Of("POST", "/v1/usage", Lines(leaves), WireRequest.NdJson));
        await SetUp.SendAsync(engine, bodies, cancellationToken, Sizes.BatchConnections, Recorded);
    }

    private IEnumerable<string> Leaves() => Enumerable.Range(0, leaves)
        .Select(i => $"{Department(i / Sizes.ResidentLeavesPerDepartment)}/leaf-{i % Sizes.ResidentLeavesPerDepartment:00}");

    private static string Department(int number) => $"{Tenant}/dept-{number:000000}";

    private static string Lines(IEnumerable<string> leaves) => string.Concat(leaves.Select(leaf => Bodies.Usage(leaf, $"{UniqueIds.Next():x16}") + "\n"));

    private static IEnumerable<WireRequest> Checks(IEnumerable<string> leaves) => leaves.Select(leaf => WireRequest.Of("POST", "/v1/check", Bodies.Check(leaf, dryRun: true)));

    private static async Task<long> ResidentAsync(ChildServer server, CancellationToken cancellationToken)
    {
        await Task.Delay(Sizes.MemoryPause, TimeProvider.System, cancellationToken);
        return server.ResidentBytes;
    }
}
