using BudgetEngine.Load.Collector;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Memory;
using BudgetEngine.Load.Open;
using BudgetEngine.Load.Report;
using BudgetEngine.Load.Servers;
using BudgetEngine.Load.Silos;
using BudgetEngine.Load.Soak;
using BudgetEngine.Load.Start;

namespace BudgetEngine.Load;

/// <summary>All that a run measures, in order.</summary>
internal sealed class Suite(LoadOptions options, Workspace workspace, Faults faults)
{
    private readonly LoadRun _run = new(options, faults);
    private readonly Results _results = new();

    private string FirstEngine => options.Stores[0] == Workspace.Sqlite ? Contestants.Sqlite : Contestants.Postgres;

    public async Task<Results> RunAsync(CancellationToken cancellationToken)
    {
        NotificationSkipped();
        var matches = new MatchCatalog(options).All().Where(m => options.Has(m.Part) && m.Slots.Length > 0).ToArray();
        if (matches.Length > 0 || options.Has(LoadOptions.Open))
        {
            await using var arena = new Arena(options, workspace, _run);
            await arena.ServerAsync(Contestants.Echo, cancellationToken);
            foreach (var match in matches) await KeepGoingAsync(match.Name, () => MeasureAsync(match, arena, cancellationToken));
            if (options.Has(LoadOptions.Open)) await KeepGoingAsync("open loop", () => MeasureOpenAsync(arena, cancellationToken));
            await KeepGoingAsync("audit", async () => _results.Audit.AddRange(await new Audit(arena, faults).RunAsync(cancellationToken)));
        }

        if (options.Has(LoadOptions.Allocation)) await KeepGoingAsync("allocation", () => MeasureAllocationAsync(cancellationToken));
        if (options.Has(LoadOptions.Memory)) await MeasureMemoryAsync(cancellationToken);
        await MeasureProcessesAsync(cancellationToken);
        if (options.Has(LoadOptions.Start))
        {
            foreach (var store in options.Stores) await KeepGoingAsync($"start, {store}", () => MeasureStartAsync(store, cancellationToken));
        }

        return _results;
    }

    /// <summary>A part that breaks off fails the run, but what the others have measured is reported.</summary>
    private async Task KeepGoingAsync(string part, Func<Task> measure)
    {
        Progress(part);
        try
        {
            await measure();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Progress($"{part} broke off: {fault}");
            faults.Add(part, $"broke off: {fault.Message}");
        }
    }

    private void NotificationSkipped()
    {
        foreach (var name in Contestants.All(options))
        {
            if (Contestants.WhyNot(name, options) is { } reason) _results.Skipped.Add($"{name}: {reason}");
        }
    }

    private async Task MeasureAsync(Match match, Arena arena, CancellationToken cancellationToken)
    {
        var windows = match.Slots.Select(_ => new List<LoadWindow>()).ToArray();
        for (var round = 0; round < options.Runs; round++)
        {
            for (var i = 0; i < windows.Length; i++) windows[i].Add(await arena.RunAsync(match.Slots[i], cancellationToken));
        }

        var loads = match.Slots.Select((slot, i) => new LoadFigures(slot.Contestant, arena.LoadOf(slot), windows[i]));
        _results.Matches.Add(new MatchFigures(match.Name, [.. loads]));
    }

    private async Task MeasureOpenAsync(Arena arena, CancellationToken cancellationToken)
    {
        var closed = _results.Match(MatchCatalog.Check, options.Connections)?.Find(FirstEngine, Leaves.Uniform);
        var slot = new Slot(FirstEngine, LoadKind.Release, Leaves.Uniform, options.Connections);
        closed ??= new LoadFigures(FirstEngine, arena.LoadOf(slot), [await arena.RunAsync(slot, cancellationToken)]);
        _results.Open.AddRange(await new OpenMatch(options, arena, faults).RunAsync(FirstEngine, closed.RequestsPerSecond, cancellationToken));
    }

    private async Task MeasureAllocationAsync(CancellationToken cancellationToken) =>
        _results.Allocations.AddRange(await new AllocationProbe(options, workspace, faults).RunAsync(options.Stores[0], cancellationToken));

    private async Task MeasureMemoryAsync(CancellationToken cancellationToken)
    {
        foreach (var contestant in Contestants.All(options).Where(c => Contestants.IsEngine(c) && Contestants.WhyNot(c, options) is null))
        {
            foreach (var leaves in options.Resident.Where(leaves => leaves <= MostLeaves(contestant)))
            {
                await KeepGoingAsync(
                    $"{contestant}: {leaves:N0} cost centers in memory",
                    async () => _results.Memory.Add(await new MemoryProbe(options, workspace, contestant, leaves).RunAsync(cancellationToken)));
            }
        }
    }

    /// <summary>What is seen in the process of an engine, each part on a store of its own.</summary>
    private async Task MeasureProcessesAsync(CancellationToken cancellationToken)
    {
        foreach (var engine in EnginesOn(options.Stores[0]))
        {
            await PartAsync(LoadOptions.Ended, engine, async () => _results.Ended.Add(await new EndedProbe(options, workspace, faults, engine).RunAsync(cancellationToken)));
            await PartAsync(LoadOptions.Collector, engine, async () => _results.Collector.AddRange(await new CollectorProbe(options, workspace, faults, engine).RunAsync(cancellationToken)));
            await PartAsync(LoadOptions.SoakPart, engine, async () => _results.Soaks.Add(await new SoakProbe(options, workspace, faults, engine).RunAsync(cancellationToken)));
        }

        foreach (var engine in EnginesOn(Workspace.Postgres))
        {
            await PartAsync(LoadOptions.Silos, engine, async () => _results.Silos.Add(await new SilosProbe(options, workspace, faults, engine).RunAsync(cancellationToken)));
        }
    }

    private Task PartAsync(string part, string engine, Func<Task> measure) => options.Has(part) ? KeepGoingAsync($"{part}, {engine}", measure) : Task.CompletedTask;

    private IEnumerable<string> EnginesOn(string store) =>
        Contestants.All(options).Where(c => Contestants.IsEngine(c) && Contestants.StoreOf(c) == store && Contestants.WhyNot(c, options) is null);

    /// <summary>What a store adds to the memory of a cost center is seen with fewer; a million are brought in once.</summary>
    private int MostLeaves(string contestant) => contestant == FirstEngine ? int.MaxValue : Sizes.ResidentCostCenters[1];

    private async Task MeasureStartAsync(string store, CancellationToken cancellationToken) =>
        _results.Starts.Add(await new StartProbe(options, workspace).RunAsync(store, cancellationToken));

    private static void Progress(string text) => Console.Error.WriteLine($"bench: {TimeProvider.System.GetLocalNow():HH:mm:ss} {text}");
}
