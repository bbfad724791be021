using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Dashboards;

/// <summary>What open dashboards take from checks: the same load on the same engine with and without them, in turns.</summary>
internal sealed class DashboardProbe(LoadOptions options, Workspace workspace, Faults faults)
{
    public const int Count = 100;

    public async Task<DashboardFigures> RunAsync(string store, CancellationToken cancellationToken)
    {
        await using var engine = await workspace.StartEngineAsync(store, "dashboards", cancellationToken);
        await SetUp.RunAsync(engine.Server, cancellationToken);
        var load = LoadCatalog.Of(LoadKind.Release, Leaves.Uniform, options.Connections);
        var run = new LoadRun(options, faults);
        await run.PrimeAsync(load, engine.Server, cancellationToken);
        var windows = new Dictionary<string, List<LoadWindow>> { [DashboardFigures.Alone] = [], [DashboardFigures.Listening] = [], [DashboardFigures.Loading] = [] };
        var (pages, bytes) = (0L, 0L);
        for (var round = 0; round < options.Runs; round++)
        {
            // Who is first changes, so that what the machine does meanwhile meets all of them.
            foreach (var (name, taken) in round % 2 == 0 ? windows : windows.Reverse())
            {
                await using var open = name == DashboardFigures.Alone ? null : await OpenDashboards.StartAsync(engine.Server.Port, Count, name == DashboardFigures.Loading, faults, cancellationToken);
                taken.Add(await run.RunAsync(load, engine.Server, cancellationToken));
                if (name == DashboardFigures.Loading) (pages, bytes) = (pages + open!.Pages, bytes + open.EventBytes);
            }
        }

        var seconds = options.Runs * (options.WarmUp + options.Length + options.Pause).TotalSeconds;
        return new DashboardFigures(store, [.. windows.Select(w => new LoadFigures(w.Key, load, w.Value))], pages / seconds, bytes / seconds / 1024);
    }
}

/// <summary>Checks with and without open dashboards: alone first.</summary>
/// <param name="PagesPerSecond">Of all dashboards together, where they load pages. <paramref name="EventKilobytesPerSecond"/>: of their streams.</param>
internal sealed record DashboardFigures(string Store, IReadOnlyList<LoadFigures> Loads, double PagesPerSecond, double EventKilobytesPerSecond)
{
    public const string Alone = "none open";
    public const string Listening = "listening";
    public const string Loading = "listening, and each loads its page every minute";
}
