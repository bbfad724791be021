using BenchmarkDotNet.Attributes;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Micro.Benchmarks;

/// <summary>Tokens to cost.</summary>
public class RatingBenchmarks
{
    private static readonly RateCard Prices = new(2.0m, 8.0m, 0.5m);
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly RatingTerms Terms = new("batch", "eu", [new UnitCount("web_search", 1)]);

    private static readonly RateCard Layered = new RateCard(2.0m, 8.0m, 0.5m) with
    {
        Base = new Rates([new(TokenMeter.Input, 2), new(TokenMeter.Output, 8), new(TokenMeter.CachedInput, 0.5m)], [new("web_search", 0.01m)]),
        ContextTiers = [new(200_000, new Rates([new(TokenMeter.Input, 4)], []))],
        ServiceTiers = [new("batch", new Rates([new(TokenMeter.Input, 1)], []), [])],
        Multipliers = [new("eu", 1.1m)],
    };

    private static readonly PriceBook Book = new(
        [.. Enumerable.Range(0, 10_000).SelectMany(m => Enumerable.Range(0, 20).Select(v => new PriceVersion($"model-{m}", Now.AddDays(v - 20), Prices, null, [], Now)))]);

    private static readonly TokenCounts Counts = new(1_180, 200, 0, 240, 40);

    /// <summary>Of a usage record with cached and reasoning tokens.</summary>
    [Benchmark(Baseline = true)]
    public Money? Cost() => Rating.Cost(Resolution.Nano, Prices, Counts);

    /// <summary>Of a check.</summary>
    [Benchmark]
    public Money? Estimate() => Rating.Estimate(Resolution.Nano, Prices, new TokenCounts(1_200, 0, 0, 800, 0), default);

    /// <summary>Of a usage record above the bound of a context tier, in a service tier, with a search and a region's multiplier.</summary>
    [Benchmark]
    public RatedCost? CostInLayers() => Rating.Rate(Resolution.Nano, Layered, new TokenCounts(300_000, 200, 0, 240, 40), Terms);

    /// <summary>The price of a model, among 10,000 of 20 versions each.</summary>
    [Benchmark]
    public ModelPrice? Find() => Book.Find("openai", "model-7777", Now);

    /// <summary>Of a model that is found by a derived name only.</summary>
    [Benchmark]
    public ModelPrice? FindDerived() => Book.Find(null, "bedrock/us.anthropic.model-7777-20250929-v1:0", Now);
}
