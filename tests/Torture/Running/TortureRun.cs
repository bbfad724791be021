using System.Globalization;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.Torture.Nemeses;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Torture.Running;

/// <summary>Round after round on one store: load, a nemesis, and everything checked from outside.</summary>
internal sealed class TortureRun : IAsyncDisposable
{
    public const int DiskMegabytes = 8_192;

    private const int MostLines = 30;
    private const int MostOfALine = 600;

    private readonly PostgresServer? _server;
    private readonly CuttingProxy? _proxy;
    private readonly SmallDisk? _disk;
    private readonly FakeClock? _clock;
    private readonly Store _store;
    private readonly TortureReport _report;

    private TortureRun(bool postgres, int seed)
    {
        _report = new TortureReport(postgres ? "PostgreSQL" : "SQLite", seed);
        _server = postgres ? PostgresServer.Start() : null;
        _store = _server is null ? Store.NewSqlite() : Store.OnServer(_server);
        _proxy = _server is null ? null : new CuttingProxy(_server.Port);
        if (!postgres) _disk = SmallDisk.WhyNot() is { } noDisk ? Skip(noDisk) : SmallDisk.Mount(_store.Directory, DiskMegabytes);
        if (FakeClock.WhyNot() is { } noClock) Skip(noClock);
        else _clock = new FakeClock();
    }

    /// <param name="stop">Ends the run after the round that is on its way, with everything cleared away.</param>
    public static async Task<TortureReport> RunAsync(TortureOptions options, bool postgres, Action<string> tell, CancellationToken stop = default)
    {
        await using var run = new TortureRun(postgres, options.Seed);
        tell($"== torture on {(postgres ? "PostgreSQL" : "SQLite")}, seed {options.Seed}");
        await run.RunAsync(options, tell, stop);
        return run._report;
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null) await _proxy.DisposeAsync();
        _server?.Dispose();
        _disk?.Dispose();
        _clock?.Dispose();
        _store.Dispose();
    }

    private SmallDisk? Skip(string why)
    {
        _report.Skipped.Add(why);
        return null;
    }

    private async Task RunAsync(TortureOptions options, Action<string> tell, CancellationToken stop)
    {
        // The real server speaks through the proxy; what the checks read does not.
        string[] through = _proxy is null ? [] : [$"--Ledger:Postgres={_store.Postgres!.Replace($"Port={_server!.Port}", $"Port={_proxy.Port}", StringComparison.Ordinal)}"];
        await using var engine = await EngineProcess.StartAsync(_store, [.. through, "--Ledger:PostDeadline=00:00:03"]);
        var arena = new Arena(engine, _server, _proxy, _disk, _clock, _store.Directory);
        var random = new Random(options.Seed);
        var draw = new Draw(AllNemeses.List.Where(n => n.Fits(arena) && (options.Nemesis is null || n.Name == options.Nemesis)).ToList(), random);
        using var caller = new Caller(engine.Address);
        await Places.PriceAsync(caller);
        var totals = new Dictionary<string, (long Rows, long Cost)>();
        var started = TimeProvider.System.GetTimestamp();
        for (var number = 1; options.For is { } span ? TimeProvider.System.GetElapsedTime(started) < span : number <= options.Rounds; number++)
        {
            // A round's own seed: what happens in one, at the speed of this machine, changes nothing of what is drawn for the next.
            var round = new TortureRound(number, draw.Next(), arena, caller, _store, new Random(random.Next()));
            var report = await round.RunAsync(totals);
            _report.Rounds.Add(report);
            _report.Add(round.History.Counts);
            foreach (var violation in round.Violations) _report.Violations.Add(string.Create(CultureInfo.InvariantCulture, $"round {number} ({report.Nemesis}): {violation}"));
            tell(string.Create(CultureInfo.InvariantCulture, $"round {number}: {report.Blow}; {report.Operations} operations, {report.Acknowledged} acknowledged, {report.Repeated} repeated, good again after {report.Recovery} ms ({report.AfterHealing} ms after healing), {report.Violations} violations"));
            foreach (var violation in round.Violations.Take(20)) tell($"  VIOLATION {violation}");
            if (report.Violations > 0) tell($"  the engine wrote:\n{string.Join('\n', engine.Output.Split('\n').TakeLast(MostLines).Select(l => "  " + l[..Math.Min(l.Length, MostOfALine)]))}");
            if (engine.HasExited || stop.IsCancellationRequested) break;
        }
    }

    /// <summary>Every nemesis once before any comes again, each time in another order.</summary>
    private sealed class Draw(List<Nemesis> all, Random random)
    {
        private readonly Queue<Nemesis> _next = [];

        public Nemesis Next()
        {
            if (_next.Count == 0)
            {
                foreach (var nemesis in all.OrderBy(_ => random.Next()).ToList()) _next.Enqueue(nemesis);
            }

            return _next.Dequeue();
        }
    }
}
