using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Memory;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Collector;

/// <summary>
/// How long the collector stops the engine: under fresh checks whose reservations lapse, so that all that a check leaves survives for a while; and at full rate beside many
/// reservations that stay open.
/// </summary>
internal sealed class CollectorProbe(LoadOptions options, Workspace workspace, Faults faults, string contestant)
{
    private readonly LoadRun _run = new(options, faults);

    public async Task<IReadOnlyList<CollectorFigures>> RunAsync(CancellationToken cancellationToken)
    {
        var socket = workspace.FileOf($"collector{options.SuffixOf(contestant)}.sock");
        await using var engine = await workspace.StartEngineAsync(
            Contestants.StoreOf(contestant), $"collector{options.SuffixOf(contestant)}", cancellationToken, options.ProgramOf(contestant), CounterHook.Environment(socket, pauses: true));
        await SetUp.RunAsync(engine.Server, cancellationToken);
        var fresh = LoadCatalog.Of(LoadKind.Lapse, Leaves.Uniform, Sizes.FreshConnections);
        var full = LoadCatalog.Of(LoadKind.Release, Leaves.Uniform, options.Connections);
        return
        [
            await MeasureAsync(fresh, 0, engine.Server, socket, cancellationToken),
            await MeasureAsync(full, await OpenAsync(engine.Server, cancellationToken), engine.Server, socket, cancellationToken),
        ];
    }

    private async Task<CollectorFigures> MeasureAsync(LoadPlan load, int open, ChildServer server, string socket, CancellationToken cancellationToken)
    {
        await _run.PrimeAsync(load, server, cancellationToken);
        var (windows, pauses) = (new List<LoadWindow>(), new List<PauseFigures>());
        for (var round = 0; round < options.Runs; round++)
        {
            // The warm-up is part of the time that is watched, under the same load.
            var watch = await PauseWatch.BeginAsync(socket, cancellationToken);
            windows.Add(await _run.RunAsync(load, server, cancellationToken));
            pauses.Add(await watch.EndAsync(cancellationToken));
        }

        return new CollectorFigures(contestant, open, new LoadFigures(contestant, load, windows), pauses);
    }

    /// <summary>Checks that hold for longer than the measurement takes.</summary>
    private async Task<int> OpenAsync(ChildServer server, CancellationToken cancellationToken)
    {
        string[] leaves = [.. CostCenters.AllLeaves(CostCenters.LoadTenant)];
        var checks = Enumerable.Range(0, options.OpenReservations).Select(i => WireRequest.Of("POST", "/v1/check", Bodies.Check(leaves[i % leaves.Length])));
        await SetUp.SendAsync(server, checks, cancellationToken, options.Connections, LoadCatalog.Allowed);
        return options.OpenReservations;
    }
}
