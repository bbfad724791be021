using System.Numerics;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>Against the formula in unbounded integers, and against decimal where decimal is exact.</summary>
public sealed class RatingProperties(ITestOutputHelper output)
{
    private const int Runs = 20_000;

    [Fact]
    public void Cost_OfRandomPricesAndCounts_IsTheExactFormulaRoundedHalfToEven()
    {
        var random = Seed.NewRandom(output);
        var priced = 0;
        for (var run = 0; run < Runs; run++)
        {
            var (prices, counts) = (AnyPrices(random), AnyCounts(random));
            var (sum, divisor) = ExactCost(prices, counts);
            var expected = HalfToEven(sum, divisor);
            var cost = Rating.Cost(Resolution.Nano, prices, counts);
            Assert.Equal(expected <= Money.MaxInput.Nanos ? (long)expected : null, cost?.Nanos);
            if (cost is not null) priced++;
        }

        output.WriteLine($"{priced} of {Runs} fit");
        Assert.True(priced > Runs / 4);
    }

    [Fact]
    public void Cost_OfOrdinaryPricesAndCounts_IsTheSameInDecimal()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < Runs; run++)
        {
            // Up to 12 digits of price times 7 of tokens: decimal loses nothing, and divides by a power of ten.
            var p = new RateCard(Price(), Price(), Maybe(), Maybe(), Maybe(), random.Next(2) == 0 ? 1_000 : 1_000_000);
            var input = random.Next(2_000_000);
            var cached = random.Next(input + 1);
            var cacheWrite = random.Next(input - cached + 1);
            var outputTokens = random.Next(200_000);
            var c = new TokenCounts(input, cached, cacheWrite, outputTokens, random.Next(outputTokens + 1));
            Assert.True(Resolution.Nano.TryRound(SlowRating.Cost(p, c, default), out var expected));
            Assert.Equal(expected, Rating.Cost(Resolution.Nano, p, c));
        }

        decimal Price() => new decimal(random.Next(100_000), 0, 0, false, (byte)random.Next(10));
        decimal? Maybe() => random.Next(2) == 0 ? null : Price();
    }

    [Fact]
    public void Estimate_OfRandomPricesAndCounts_IsTheLeastAmountThatCovers()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < Runs; run++)
        {
            var (prices, counts) = (AnyPrices(random), AnyCounts(random));
            var dearer = Math.Max(prices.Output!.Value, prices.Base[TokenMeter.Reasoning] ?? 0);
            var (sum, divisor) = ExactCost(new RateCard(prices.Input, dearer, per: prices.Per), counts);
            var least = (sum + divisor - 1) / divisor;
            Assert.Equal(least <= Money.MaxInput.Nanos ? (long)least : null, Rating.Estimate(Resolution.Nano, prices, new TokenCounts(counts.Input, 0, 0, counts.Output, 0), default)?.Nanos);
        }
    }

    [Fact]
    public void AffordableOutput_OfRandomPricesAndAmounts_FitsAndOneMoreDoesNot()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < Runs; run++)
        {
            var prices = AnyPrices(random);
            var input = Skewed(random, TokenCounts.MaxTokens);
            var available = new Money(Skewed(random, Money.MaxInput.Nanos));
            var affordable = Rating.AffordableOutputTokens(Resolution.Nano, prices, new TokenCounts(input, 0, 0, 0, 0), default, available);
            Assert.InRange(affordable, 0, TokenCounts.MaxTokens);
            if (affordable > 0) Assert.True(Rating.Estimate(Resolution.Nano, prices, new TokenCounts(input, 0, 0, affordable, 0), default) <= available);
            if (affordable < TokenCounts.MaxTokens) Assert.False(Rating.Estimate(Resolution.Nano, prices, new TokenCounts(input, 0, 0, affordable + 1, 0), default) <= available);

            // Exact at the boundary: what an estimate costs pays for at least as many tokens, a nano-unit less for fewer.
            var asked = Skewed(random, TokenCounts.MaxTokens);
            if (Rating.Estimate(Resolution.Nano, prices, new TokenCounts(input, 0, 0, asked, 0), default) is not { } estimate) continue;
            Assert.True(Rating.AffordableOutputTokens(Resolution.Nano, prices, new TokenCounts(input, 0, 0, 0, 0), default, estimate) >= asked);
            if (asked > 0) Assert.True(Rating.AffordableOutputTokens(Resolution.Nano, prices, new TokenCounts(input, 0, 0, 0, 0), default, estimate - new Money(1)) < asked);
        }
    }

    private static (BigInteger Sum, BigInteger Divisor) ExactCost(RateCard p, TokenCounts c)
    {
        var (input, output) = (p.Input!.Value, p.Output!.Value);
        var sum = (c.Input - c.Cached - c.CacheWrite) * Scaled(input) + c.Cached * Scaled(p.Base[TokenMeter.CachedInput] ?? input)
            + c.CacheWrite * Scaled(p.Base[TokenMeter.CacheWrite] ?? input) + (c.Output - c.Reasoning) * Scaled(output)
            + c.Reasoning * Scaled(p.Base[TokenMeter.Reasoning] ?? output);
        return (sum * Money.NanosPerUnit, BigInteger.Pow(10, 28) * p.Per);
    }

    private static BigInteger Scaled(decimal price)
    {
        var bits = decimal.GetBits(price);
        var digits = ((BigInteger)(uint)bits[2] << 64) + ((BigInteger)(uint)bits[1] << 32) + (uint)bits[0];
        return digits * BigInteger.Pow(10, 28 - ((bits[3] >> 16) & 0xFF));
    }

    private static BigInteger HalfToEven(BigInteger sum, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(sum, divisor, out var rest);
        var half = (rest * 2).CompareTo(divisor);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    private static RateCard AnyPrices(Random random)
    {
        long[] pers = [1, 3, 7, 1_000, 1_000_000, 1_000_000_000, RateCard.MaxPer];
        return new RateCard(Price(), Price(), Maybe(), Maybe(), Maybe(), pers[random.Next(pers.Length)]);

        decimal? Maybe() => random.Next(2) == 0 ? null : Price();

        // Round prices make exact halves likely, long ones make large sums.
        decimal Price() => random.Next(8) == 0
            ? Math.Min(RateCard.MaxPrice, random.NextInt64() * 0.000000000000001m * random.Next(1, 200_000))
            : new decimal(random.Next(random.Next(2) == 0 ? 100 : 1_000_000), 0, 0, false, (byte)random.Next(16));
    }

    private static TokenCounts AnyCounts(Random random)
    {
        var input = Skewed(random, TokenCounts.MaxTokens);
        var cached = random.NextInt64(input + 1);
        var output = Skewed(random, TokenCounts.MaxTokens);
        return new TokenCounts(input, cached, random.NextInt64(input - cached + 1), output, random.NextInt64(output + 1));
    }

    /// <summary>Numbers of every length up to the largest.</summary>
    private static long Skewed(Random random, long max) => random.Next(50) == 0 ? max : random.NextInt64(max + 1) >> random.Next(60);
}
