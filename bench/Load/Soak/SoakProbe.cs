using System.Diagnostics;
using BudgetEngine.Load.Collector;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Memory;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Soak;

/// <summary>Lets a few callers check and settle over 2,000 leaves for many minutes, and looks at what only time brings: memory of what is over, collections of old objects, checkpoints.</summary>
internal sealed class SoakProbe(LoadOptions options, Workspace workspace, Faults faults, string contestant)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public async Task<SoakFigures> RunAsync(CancellationToken cancellationToken)
    {
        var socket = workspace.FileOf($"soak{options.SuffixOf(contestant)}.sock");
        await using var engine = await workspace.StartEngineAsync(
            Contestants.StoreOf(contestant), $"soak{options.SuffixOf(contestant)}", cancellationToken, options.ProgramOf(contestant), CounterHook.Environment(socket, pauses: true));
        await SetUp.RunAsync(engine.Server, cancellationToken);
        var watch = await PauseWatch.BeginAsync(socket, cancellationToken);
        var sampling = SampleAsync(engine.Server, cancellationToken);
        var window = await new LoadRun(options with { Length = options.Soak }, faults).RunAsync(Load, engine.Server, cancellationToken);
        var pauses = await watch.EndAsync(cancellationToken);
        return new SoakFigures(contestant, options.Soak, new LoadFigures(contestant, Load, [window]), pauses, await sampling);
    }

    /// <summary>Instants at which memory is read: after 15 seconds, each minute, and at the end.</summary>
    public static IEnumerable<TimeSpan> Instants(TimeSpan length)
    {
        if (length > First) yield return First;
        for (var at = Minute; at < length; at += Minute) yield return at;
        yield return length;
    }

    /// <summary>Half of the callers below many departments, half below one: each tenant of the loads has 1,000 leaves.</summary>
    private static LoadPlan Load
    {
        get
        {
            var spread = LoadCatalog.Of(LoadKind.Settle, Leaves.Uniform, Sizes.SoakConnections);
            var wide = LoadCatalog.Of(LoadKind.Settle, Leaves.HotParent, Sizes.SoakConnections);
            return spread with { Script = i => (i % 2 == 0 ? spread : wide).Script(i) };
        }
    }

    private async Task<IReadOnlyList<SoakMemory>> SampleAsync(ChildServer server, CancellationToken cancellationToken)
    {
        var (started, samples) = (Stopwatch.GetTimestamp(), new List<SoakMemory>());
        foreach (var at in Instants(options.Soak))
        {
            var left = at - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.Zero) await Task.Delay(left, TimeProvider.System, cancellationToken);
            samples.Add(new SoakMemory(at, server.ResidentBytes));
            Console.Error.WriteLine($"bench: soak, {contestant}: {samples[^1].ResidentBytes / 1e6:N0} MB after {at:mm\\:ss}");
        }

        return samples;
    }
}
