using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Memory;

/// <summary>How much memory a reservation takes that was settled: it is remembered for minutes, so that a late record finds what became of it.</summary>
internal sealed class EndedProbe(LoadOptions options, Workspace workspace, Faults faults, string contestant)
{
    public async Task<EndedFigures> RunAsync(CancellationToken cancellationToken)
    {
        var socket = workspace.FileOf($"ended{options.SuffixOf(contestant)}.sock");
        await using var engine = await workspace.StartEngineAsync(
            Contestants.StoreOf(contestant), $"ended{options.SuffixOf(contestant)}", cancellationToken, options.ProgramOf(contestant), CounterHook.Environment(socket));
        await SetUp.RunAsync(engine.Server, cancellationToken);
        var load = LoadCatalog.Of(LoadKind.Settle, Leaves.Uniform, options.Connections);
        // What grows once, code, buffers, every leaf with its windows, is there before.
        await EndAsync(load, engine.Server, options.EndedReservations / 4, cancellationToken);
        var before = await LiveBytesAsync(socket, cancellationToken);
        var ended = await EndAsync(load, engine.Server, options.EndedReservations, cancellationToken);
        return new EndedFigures(contestant, ended, before, await LiveBytesAsync(socket, cancellationToken));
    }

    /// <returns>How many were settled: at least so many.</returns>
    private async Task<long> EndAsync(LoadPlan load, ChildServer server, int atLeast, CancellationToken cancellationToken)
    {
        var (run, before) = (new LoadRun(options, faults), server.Recorded);
        while (server.Recorded - before < atLeast) await run.RunAsync(load, server, cancellationToken);
        return server.Recorded - before;
    }

    private static async Task<long> LiveBytesAsync(string socket, CancellationToken cancellationToken)
    {
        await Task.Delay(Sizes.MemoryPause, TimeProvider.System, cancellationToken);
        return (await CounterHook.CollectAsync(socket, cancellationToken)).LiveBytes;
    }
}
