using BenchmarkDotNet.Attributes;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Micro.Benchmarks;

/// <summary>Tokens to cost.</summary>
public class RatingBenchmarks
{
    private static readonly RateCard Prices = new(2.0m, 8.0m, 0.5m);
    private static readonly TokenCounts Counts = new(1_180, 200, 0, 240, 40);

    /// <summary>Of a usage record with cached and reasoning tokens.</summary>
    [Benchmark(Baseline = true)]
    public Money? Cost() => Rating.Cost(Prices, Counts);

    /// <summary>Of a check.</summary>
    [Benchmark]
    public Money? Estimate() => Rating.Estimate(Prices, 1_200, 800);
}
