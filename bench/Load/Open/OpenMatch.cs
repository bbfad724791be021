using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Open;

/// <summary>Open loops at shares of the engine's maximal rate: the engine and echo, each at the same rates, in turns.</summary>
internal sealed class OpenMatch(LoadOptions options, Arena arena, Faults faults)
{
    /// <summary>Of the maximal rate.</summary>
    public static readonly double[] Shares = [0.1, 0.25, 0.5, 0.75, 0.9];

    /// <summary>Those with bounds.</summary>
    public static readonly double[] BoundShares = [0.25, 0.5];

    /// <param name="maximum">Requests per second of the engine's checks and releases in a closed loop.</param>
    public async Task<IReadOnlyList<OpenFigures>> RunAsync(string engine, double maximum, CancellationToken cancellationToken)
    {
        var echo = await arena.ServerAsync(Contestants.Echo, cancellationToken);
        var server = await arena.ServerAsync(engine, cancellationToken);
        var figures = new List<OpenFigures>();
        foreach (var share in Shares)
        {
            Console.Error.WriteLine($"bench: open loop at {share:P0} of {maximum:N0} requests/s");
            figures.Add(await RunAsync(Contestants.Echo, echo, share, maximum, picker => new OpenEchoScript(picker, arena.Answer), cancellationToken));
            figures.Add(await RunAsync(engine, server, share, maximum, picker => new OpenCheckScript(picker), cancellationToken));
        }

        return figures;
    }

    private async Task<OpenFigures> RunAsync(
        string contestant, ChildServer server, double share, double maximum, Func<LeafPicker, IOpenScript> script, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Pause, TimeProvider.System, cancellationToken);
        var connections = new List<(Connection Connection, IOpenScript Script)>();
        try
        {
            for (var i = 0; i < options.Connections; i++)
            {
                connections.Add((await Connection.OpenAsync(server.Port, cancellationToken), script(new LeafPicker(Leaves.Uniform, i + 1))));
            }

            var clock = new OpenClock(share * maximum, options.WarmUp, options.Length, options.Runs, Sizes.OpenGrace);
            var loop = new OpenLoop(clock, faults, connections);
            await Task.Factory.StartNew(() => loop.Dispatch(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var notSent = await loop.DrainAsync(cancellationToken);
            await loop.FinishAsync(cancellationToken);
            return new OpenFigures(contestant, share, share * maximum, clock.Windows, notSent, loop.MostWaiting);
        }
        finally
        {
            foreach (var (connection, _) in connections) connection.Dispose();
        }
    }
}
