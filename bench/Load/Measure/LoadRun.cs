using System.Diagnostics;
using System.Net.Sockets;

namespace BudgetEngine.Load;

/// <summary>Puts a load on a server: a closed loop on every connection, one warm-up, then window after window without a break.</summary>
internal sealed class LoadRun(LoadOptions options, Faults faults)
{
    /// <summary>Before anything is measured on a server: its code is to be compiled for good.</summary>
    public async Task PrimeAsync(Load load, ChildServer server, CancellationToken cancellationToken)
    {
        var longer = options with { Length = options.WarmUp * Sizes.PrimeWarmUps };
        await new LoadRun(longer, faults).RunAsync(load, server, "", 1, cancellationToken);
    }

    public async Task<LoadFigures> RunAsync(Load load, ChildServer server, string store, int windows, CancellationToken cancellationToken)
    {
        await Task.Delay(Sizes.Pause, TimeProvider.System, cancellationToken);
        var connections = new List<Connection>();
        try
        {
            for (var i = 0; i < load.Connections; i++) connections.Add(await Connection.OpenAsync(server.Port, cancellationToken));
            await Task.Yield();
            var from = Stopwatch.GetTimestamp() + (long)(options.WarmUp.TotalSeconds * Stopwatch.Frequency);
            var meter = new Meter(from, options.Length, windows, load.Steps.Length);
            var loops = connections.Select((connection, i) => LoopAsync(load, load.Script(i), connection, meter, cancellationToken)).ToArray();
            var cores = await CoresAsync(meter, windows, server, cancellationToken);
            await Task.WhenAll(loops);
            // Off the thread that polls the sockets, where the last loop ended.
            await Task.Yield();
            return FiguresOf(load, store, meter, cores);
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private async Task LoopAsync(Load load, IScript script, Connection connection, Meter meter, CancellationToken cancellationToken)
    {
        var failed = 0;
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

                meter.Add(Meter.Whole, started);
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException or InvalidDataException)
        {
            faults.Add(load.Name, fault.Message);
        }
    }

    /// <summary>Waits until the windows are over; returns the processor time within them.</summary>
    private static async Task<Cores> CoresAsync(Meter meter, int windows, ChildServer server, CancellationToken cancellationToken)
    {
        await UntilAsync(meter.BeginOf(0), cancellationToken);
        var (started, before) = (Stopwatch.GetTimestamp(), CoresReading.Of(server));
        await UntilAsync(meter.BeginOf(windows), cancellationToken);
        return CoresReading.Of(server).Since(before, Stopwatch.GetElapsedTime(started));
    }

    private static Task UntilAsync(long timestamp, CancellationToken cancellationToken)
    {
        var left = TimeSpan.FromSeconds((double)(timestamp - Stopwatch.GetTimestamp()) / Stopwatch.Frequency);
        return left > TimeSpan.Zero ? Task.Delay(left, TimeProvider.System, cancellationToken) : Task.CompletedTask;
    }

    private LoadFigures FiguresOf(Load load, string store, Meter meter, Cores cores)
    {
        double[] rates = [.. meter.Windows.Select(w => w[Meter.Whole].Count / options.Length.TotalSeconds)];
        var steps = load.Steps.Select((name, i) => (name, Latencies.Of(Merge(meter, i + 1)))).ToArray();
        return new LoadFigures(load.Name, store, load.Leaves, load.Connections, load.Records, rates, Latencies.Of(Merge(meter, Meter.Whole)), steps, cores);
    }

    private static Histogram Merge(Meter meter, int step)
    {
        var merged = new Histogram();
        foreach (var window in meter.Windows) merged.Add(window[step]);
        return merged;
    }
}
