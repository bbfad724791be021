using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Memory;

/// <summary>Bytes that a server allocates for one request.</summary>
/// <param name="Requests">Of one operation of the load.</param>
internal sealed record AllocationFigures(string Store, LoadKind Kind, string Load, int Requests, double BytesPerRequest, double BytesOfEcho)
{
    /// <summary>Of a whole operation: a check, a pair, a post.</summary>
    public double BytesAboveEcho => (BytesPerRequest - BytesOfEcho) * Requests;
}

/// <summary>How much the engine allocates for a request, by the collector's own counter; echo's share of it is what HTTP and JSON need anyway.</summary>
internal sealed class AllocationProbe(LoadOptions options, Workspace workspace, Faults faults)
{
    private static readonly string Self = typeof(AllocationProbe).Assembly.GetName().Name + ".dll";

    public async Task<IReadOnlyList<AllocationFigures>> RunAsync(string store, CancellationToken cancellationToken)
    {
        await using var engine = await workspace.StartEngineAsync(store, "allocation", cancellationToken, environment: CounterHook.Environment(workspace.FileOf("engine.sock")));
        await SetUp.RunAsync(engine.Server, cancellationToken);
        var answer = await SetUp.SampleAsync(engine.Server, cancellationToken);
        var file = workspace.FileOf("allocation.json");
        await File.WriteAllBytesAsync(file, answer, cancellationToken);
        await using var echo = await ChildServer.StartAsync(
            Self, port => [EchoServer.Verb, port, file], cancellationToken, CounterHook.Environment(workspace.FileOf("echo.sock")));
        var ofEcho = await MeasureAsync(LoadCatalog.EchoOn(Sizes.SetUpConnections, answer), echo, "echo.sock", cancellationToken);
        var figures = new List<AllocationFigures>();
        foreach (var kind in new[] { LoadKind.Lapse, LoadKind.Release, LoadKind.Deny, LoadKind.Settle, LoadKind.Post })
        {
            var load = LoadCatalog.Of(kind, Leaves.Uniform, Sizes.SetUpConnections);
            var bytes = await MeasureAsync(load, engine.Server, "engine.sock", cancellationToken);
            figures.Add(new AllocationFigures(store, kind, load.Name, load.Steps.Length, bytes, ofEcho));
        }

        return figures;
    }

    /// <summary>The second of two runs: in the first, code is compiled and buffers grow.</summary>
    private async Task<double> MeasureAsync(LoadPlan load, ChildServer server, string socket, CancellationToken cancellationToken)
    {
        var counted = options with { WarmUp = TimeSpan.FromMilliseconds(1), Length = options.WarmUp + options.Length };
        var run = new LoadRun(counted, faults);
        await run.RunAsync(load, server, cancellationToken);
        var before = await CounterHook.ReadAsync(workspace.FileOf(socket), cancellationToken);
        var window = await run.RunAsync(load, server, cancellationToken);
        var after = await CounterHook.ReadAsync(workspace.FileOf(socket), cancellationToken);
        // What ended in the millisecond of warm-up, or after the window, is in the bytes and not in the count: a few in tens of thousands.
        return (after.AllocatedBytes - before.AllocatedBytes) / (window.Rate * counted.Length.TotalSeconds * load.Steps.Length);
    }
}
