using System.Globalization;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.GatewayLoad;

/// <summary>The gateway beside the same YARP without us and no proxy at all, in turns; then its memory over many calls. Prints tables in Markdown.</summary>
internal static class Comparison
{
    private const int MemorySteps = 10;
    private const int MemoryConnections = 16;

    private static readonly (int Connections, bool Stream)[] _loads = [(1, false), (16, false), (1, true), (16, true)];

    public static async Task<int> RunAsync(LoadOptions options)
    {
        using var upstream = await OwnProcess.StartAsync(FixedUpstream.Verb);
        using var bare = await OwnProcess.StartAsync(BareProxy.Verb, upstream.Address.ToString());
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store, "--Gateway:Enabled=true", $"--Gateway:Upstreams:openai:BaseUrl={upstream.Address}v1", "--Gateway:Upstreams:openai:ApiKey=none", "--Usage:MaxRecordsPerMinute=100000000");
        (await engine.Caller.PutAsync("/v1/prices/bench", new { input = 2, output = 8 })).Is(201);
        await engine.Caller.SetBudgetAsync("acme", new { daily = 1_000_000 });
        (string Name, Uri Address, int Process)[] ways = [("no proxy", upstream.Address, upstream.Id), ("YARP", bare.Address, bare.Id), ("gateway", engine.Address, engine.Id)];

        Console.WriteLine(Invariant($"Rounds: {options.Rounds}, windows of {options.Window.TotalSeconds} s after 1 s of warm-up, in turns; medians. The upstream answers at once.\n"));
        Console.WriteLine("| answer | connections | way | calls/s | p50 ms | p90 ms | p99 ms | its processor time us/call |\n|---|--:|---|--:|--:|--:|--:|--:|");
        foreach (var (connections, stream) in _loads)
        {
            var rounds = ways.ToDictionary(w => w.Name, _ => new List<Figures>());
            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var (name, address, process) in ways)
                {
                    using var calls = new Calls(address, stream);
                    rounds[name].Add(await calls.RunAsync(connections, options.Window, process));
                }
            }

            foreach (var (name, _, _) in ways)
            {
                var f = Figures.MedianOf(rounds[name]);
                Console.WriteLine(Invariant($"| {(stream ? "stream of 20 words" : "whole")} | {connections} | {name} | {f.PerSecond:N0} | {f.P50:0.00} | {f.P90:0.00} | {f.P99:0.00} | {f.CpuMicros:N0} |"));
            }
        }

        if (options.MemoryCalls > 0) await MemoryAsync(engine, options.MemoryCalls);
        return 0;
    }

    private static async Task MemoryAsync(EngineProcess engine, int all)
    {
        Console.WriteLine("\n| calls | resident MB |\n|--:|--:|");
        using var calls = new Calls(engine.Address, stream: true);
        for (var step = 0; step <= MemorySteps; step++)
        {
            if (step > 0) await calls.RunAsync(MemoryConnections, all / MemorySteps);
            using var process = System.Diagnostics.Process.GetProcessById(engine.Id);
            Console.WriteLine(Invariant($"| {step * (all / MemorySteps):N0} | {process.WorkingSet64 / 1_048_576.0:0} |"));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
