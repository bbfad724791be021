using BenchmarkDotNet.Attributes;

namespace BudgetEngine.Micro.Benchmarks;

/// <summary>Calls between grains of one process, with nothing else in them: one after the other, each awaited.</summary>
public class GrainCallBenchmarks
{
    /// <summary>Calls of one measurement, so that waking the thread that measures weighs nothing.</summary>
    private const int Calls = 1_000;

    private static readonly RelayMessage Alone = new("acme/engineering/search", new Guid(1, 0, 0, new byte[8]), 8_800_000, null);
    private static readonly RelayMessage UpThePath = Alone with { Next = "acme/engineering" };

    private readonly GrainHost _host = new();
    private IRelayGrain _leaf = null!;

    [GlobalSetup]
    public void SetUp() => _leaf = _host.StartAsync().GetAwaiter().GetResult().GetGrain<IRelayGrain>("acme/engineering/search");

    [GlobalCleanup]
    public void CleanUp() => _host.StopAsync().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls)]
    public long OneGrain() => CallAsync(Alone).GetAwaiter().GetResult();

    /// <summary>A leaf that asks its parent, which asks its own: the path of a check.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public long ThreeGrains() => CallAsync(UpThePath).GetAwaiter().GetResult();

    private async Task<long> CallAsync(RelayMessage message)
    {
        var sum = 0L;
        for (var i = 0; i < Calls; i++) sum += (await _leaf.Ask(message)).Amount;
        return sum;
    }
}
