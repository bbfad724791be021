using System.Diagnostics;
using System.Net.Sockets;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Measure;

/// <summary>Puts a load on a server: a closed loop on every connection, a warm-up, then one window.</summary>
internal sealed class LoadRun(LoadOptions options, Faults faults)
{
    /// <summary>Before anything is measured on a server: its code is to be compiled for good.</summary>
    public Task PrimeAsync(LoadPlan load, ChildServer server, CancellationToken cancellationToken) => PrimeAsync(load, [server], cancellationToken);

    /// <param name="servers">The connections go to one after the other.</param>
    public async Task PrimeAsync(LoadPlan load, IReadOnlyList<ChildServer> servers, CancellationToken cancellationToken)
    {
        var longer = options with { Length = options.Prime };
        await new LoadRun(longer, faults).RunAsync(load, servers, cancellationToken);
    }

    public Task<LoadWindow> RunAsync(LoadPlan load, ChildServer server, CancellationToken cancellationToken) => RunAsync(load, [server], cancellationToken);

    /// <param name="servers">The connections go to one after the other.</param>
    public async Task<LoadWindow> RunAsync(LoadPlan load, IReadOnlyList<ChildServer> servers, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Pause, TimeProvider.System, cancellationToken);
        var connections = new List<Connection>();
        try
        {
            for (var i = 0; i < load.Connections; i++) connections.Add(await Connection.OpenAsync(servers[i % servers.Count].Port, cancellationToken));
            await Task.Yield();
            var meter = Meter.After(options.WarmUp, options.Length, load.Steps.Length);
            var loops = connections.Select((connection, i) => LoopAsync(load, load.Script(i), connection, meter, servers[i % servers.Count], cancellationToken)).ToArray();
            var cores = await CoresReading.BetweenAsync(meter.From, meter.Until, servers, cancellationToken);
            await Task.WhenAll(loops);
            // Off the thread that polls the sockets, where the last loop ended.
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            if (meter.Steps[Meter.Whole].Count == 0) faults.Add(load.Name, "nothing ended within the window");
            return new LoadWindow(meter.Steps[Meter.Whole].Count / options.Length.TotalSeconds, meter.Steps, cores);
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private async Task LoopAsync(LoadPlan load, IScript script, Connection connection, Meter meter, ChildServer server, CancellationToken cancellationToken)
    {
        var (done, failed) = (0L, 0);
        try
        {
            while (!meter.IsOver && failed <= Sizes.MaxFaultsPerConnection && !cancellationToken.IsCancellationRequested)
            {
                var started = Stopwatch.GetTimestamp();
                if (await script.RunAsync(connection, meter) is { } fault)
                {
                    failed++;
                    faults.Add(load.Name, fault);
                    continue;
                }

                done++;
                meter.Add(Meter.Whole, started);
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException or InvalidDataException)
        {
            faults.Add(load.Name, fault.Message);
        }

        server.AddRecorded(done * load.Records);
    }
}
