using System.Diagnostics;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Silos;

/// <summary>
/// What a cluster costs: three silos on the cores of one, in turns with a single silo. Each connection asks the silo that it is connected to, whichever has the cost center.
/// </summary>
internal sealed class SilosProbe(LoadOptions options, Workspace workspace, Faults faults, string contestant)
{
    private readonly LoadRun _run = new(options, faults);

    public async Task<SilosFigures> RunAsync(CancellationToken cancellationToken)
    {
        await using var one = await StartAsync(1, cancellationToken);
        await using var several = await StartAsync(Sizes.Silos, cancellationToken);
        var pairs = LoadCatalog.Of(LoadKind.Release, Leaves.Uniform, options.Connections);
        foreach (var group in (SiloGroup[])[one, several]) await _run.PrimeAsync(pairs, group.Servers, cancellationToken);
        var (ofOne, ofSeveral) = (new List<LoadWindow>(), new List<LoadWindow>());
        for (var round = 0; round < options.Runs; round++)
        {
            ofOne.Add(await _run.RunAsync(pairs, one.Servers, cancellationToken));
            ofSeveral.Add(await _run.RunAsync(pairs, several.Servers, cancellationToken));
        }

        var idle = await IdleAsync(several, cancellationToken);
        var messages = new List<double>();
        for (var round = 0; round < options.Runs; round++) messages.Add(await MessagesPerCheckAsync(several, idle, cancellationToken));
        return new SilosFigures(
            contestant, Sizes.Silos, new LoadFigures(contestant, pairs, ofOne), new LoadFigures(contestant, pairs, ofSeveral), Spread.Of(messages), idle);
    }

    private Task<SiloGroup> StartAsync(int count, CancellationToken cancellationToken) =>
        SiloGroup.StartAsync(workspace, $"silos_{count}{options.SuffixOf(contestant)}", count, options.ProgramOf(contestant), cancellationToken);

    /// <summary>By checks alone, without warm-up: every message and every check of the time is counted.</summary>
    private async Task<double> MessagesPerCheckAsync(SiloGroup silos, double idle, CancellationToken cancellationToken)
    {
        var counted = options with { WarmUp = TimeSpan.Zero };
        var checks = LoadCatalog.Of(LoadKind.Lapse, Leaves.Uniform, options.Connections);
        var (before, started) = (await silos.MessagesAsync(cancellationToken), Stopwatch.GetTimestamp());
        var window = await new LoadRun(counted, faults).RunAsync(checks, silos.Servers, cancellationToken);
        var (sent, taken) = (await silos.MessagesAsync(cancellationToken) - before, Stopwatch.GetElapsedTime(started));
        return (sent - idle * taken.TotalSeconds) / window.Steps[Meter.Whole].Count;
    }

    private async Task<double> IdleAsync(SiloGroup silos, CancellationToken cancellationToken)
    {
        var (before, started) = (await silos.MessagesAsync(cancellationToken), Stopwatch.GetTimestamp());
        await Task.Delay(options.Length, TimeProvider.System, cancellationToken);
        return (await silos.MessagesAsync(cancellationToken) - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
