using BenchmarkDotNet.Attributes;

namespace BudgetEngine.Micro;

/// <summary>Calls between grains of one process, with nothing else in them.</summary>
public class GrainCallBenchmarks
{
    private static readonly RelayMessage Message = new("acme/engineering/search", new Guid(1, 0, 0, new byte[8]), 8_800_000, null);

    private readonly GrainHost _host = new();
    private IRelayGrain _leaf = null!;

    [GlobalSetup]
    public async Task SetUpAsync() => _leaf = (await _host.StartAsync()).GetGrain<IRelayGrain>("acme/engineering/search");

    [GlobalCleanup]
    public Task CleanUpAsync() => _host.StopAsync();

    [Benchmark(Baseline = true)]
    public Task<RelayMessage> OneGrain() => _leaf.Ask(Message);

    /// <summary>A leaf that asks its parent, which asks its own: the path of a check.</summary>
    [Benchmark]
    public Task<RelayMessage> ThreeGrains() => _leaf.Ask(Message with { Next = "acme/engineering" });
}
