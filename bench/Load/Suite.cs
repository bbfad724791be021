namespace BudgetEngine.Load;

/// <summary>All that a run measures, in order: store by store, echo before and after each load, what the engine is compared with right behind it.</summary>
internal sealed class Suite(LoadOptions options, Workspace workspace, Faults faults)
{
    private const string Database = "loads";
    private const string UpdateDatabase = "updates";
    private const string None = "-";

    private static readonly string Self = typeof(Suite).Assembly.GetName().Name + ".dll";

    private readonly LoadRun _run = new(options, faults);
    private readonly Results _results = new();

    public async Task<Results> RunAsync(CancellationToken cancellationToken)
    {
        var stores = options.Stores.Where(CanMeasure).ToArray();
        if (options.Parts.Any(p => p != "memory"))
        {
            await using var echo = await StartEchoAsync(cancellationToken);
            if (options.Has("echo")) _results.Loads.Add(await echo.MeasureAsync(options.Connections, options.Runs, cancellationToken));
            foreach (var store in stores) await KeepGoingAsync($"{store}, loads", MeasureStoreAsync(store, echo, cancellationToken));
        }

        if (options.Has("memory"))
        {
            foreach (var store in stores) await KeepGoingAsync($"{store}, memory", MeasureMemoryAsync(store, cancellationToken));
        }

        return _results;
    }

    /// <summary>A part that breaks off fails the run, but what the others have measured is reported.</summary>
    private async Task KeepGoingAsync(string part, Task measuring)
    {
        try
        {
            await measuring;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Progress($"{part} broke off: {fault}");
            faults.Add(part, $"broke off: {fault.Message}");
        }
    }

    private bool CanMeasure(string store)
    {
        if (Workspace.WhyNot(store) is not { } reason) return true;
        _results.Skipped.Add($"{store}: {reason}");
        return false;
    }

    /// <summary>Echo answers what a real engine has answered.</summary>
    private async Task<Echo> StartEchoAsync(CancellationToken cancellationToken)
    {
        Progress("echo: a real answer is taken as its pattern");
        await using var engine = await workspace.StartEngineAsync("sqlite", "pattern", cancellationToken);
        await SetUp.RunAsync(engine.Server, cancellationToken);
        var answer = await SetUp.SampleAsync(engine.Server, cancellationToken);
        var file = workspace.FileOf("answer.json");
        await File.WriteAllBytesAsync(file, answer, cancellationToken);
        var server = await ChildServer.StartAsync(Self, port => [EchoServer.Verb, port, file], cancellationToken);
        await _run.PrimeAsync(LoadCatalog.EchoOn(options.Connections, answer), server, cancellationToken);
        return new Echo(server, _run, answer);
    }

    private async Task MeasureStoreAsync(string store, Echo echo, CancellationToken cancellationToken)
    {
        var loads = LoadCatalog.OfEngine(options).ToArray();
        if (loads.Length == 0) return;
        Progress($"{store}: set-up");
        await using var engine = await workspace.StartEngineAsync(store, Database, cancellationToken);
        await SetUp.RunAsync(engine.Server, cancellationToken);
        echo.Forget();
        foreach (var load in loads.Where(l => l.Leaves == Leaves.Uniform)) await _run.PrimeAsync(load, engine.Server, cancellationToken);
        foreach (var load in loads)
        {
            _results.Loads.Add(await MeasureAsync(load, engine, echo, cancellationToken));
            if (load.Name == LoadCatalog.Batch && store == Workspace.Postgres) await MeasureInsertAsync(load.Leaves, cancellationToken);
        }

        if (store == Workspace.Postgres && options.Has("post")) await MeasureUpdatesAsync(cancellationToken);
    }

    private async Task<LoadFigures> MeasureAsync(Load load, Engine engine, Echo echo, CancellationToken cancellationToken)
    {
        if (load.Name == LoadCatalog.Batch)
        {
            Progress(load, engine.Store);
            echo.Forget();
            return await _run.RunAsync(load, engine.Server, engine.Store, options.Runs, cancellationToken);
        }

        var before = await echo.LatestAsync(load.Connections, cancellationToken);
        Progress(load, engine.Store);
        var figures = await _run.RunAsync(load, engine.Server, engine.Store, options.Runs, cancellationToken);
        var after = await echo.MeasureAsync(load.Connections, 1, cancellationToken);
        return figures with { Echo = (before, after) };
    }

    private async Task MeasureInsertAsync(Leaves leaves, CancellationToken cancellationToken)
    {
        Progress($"bare insert of the same rows, {leaves}");
        var database = workspace.Database(Database);
        _results.BareInserts[leaves] = await Task.Run(() => new UnnestInsert(options).Run(database, cancellationToken), cancellationToken);
    }

    private async Task MeasureUpdatesAsync(CancellationToken cancellationToken)
    {
        var database = workspace.Database(UpdateDatabase);
        await using var server = await ChildServer.StartAsync(Self, port => [UpdateServer.Verb, port, database], cancellationToken);
        var loads = LoadCatalog.OfUpdates(options).ToArray();
        await _run.PrimeAsync(loads[0], server, cancellationToken);
        foreach (var load in loads)
        {
            Progress(load, Workspace.Postgres);
            _results.Loads.Add(await _run.RunAsync(load, server, Workspace.Postgres, options.Runs, cancellationToken));
        }
    }

    private async Task MeasureMemoryAsync(string store, CancellationToken cancellationToken)
    {
        Progress($"{store}: {options.CostCenters:N0} cost centers in memory");
        _results.Memory.Add(await new MemoryProbe(options, workspace).RunAsync(store, cancellationToken));
    }

    private static void Progress(Load load, string store) => Progress($"{store}: {load.Name}, {load.Leaves}, {load.Connections} connections");

    private static void Progress(string text) => Console.Error.WriteLine($"bench: {text}");

    /// <summary>The echo server, and what it did last.</summary>
    private sealed class Echo(ChildServer server, LoadRun run, byte[] answer) : IAsyncDisposable
    {
        private LoadFigures? _latest;

        /// <summary>What comes next is too far from the latest measurement to be compared with it.</summary>
        public void Forget() => _latest = null;

        public async Task<LoadFigures> LatestAsync(int connections, CancellationToken cancellationToken) =>
            _latest is { } latest && latest.Connections == connections ? latest : await MeasureAsync(connections, 1, cancellationToken);

        public async Task<LoadFigures> MeasureAsync(int connections, int windows, CancellationToken cancellationToken)
        {
            _latest = await run.RunAsync(LoadCatalog.EchoOn(connections, answer), server, None, windows, cancellationToken);
            return _latest;
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
