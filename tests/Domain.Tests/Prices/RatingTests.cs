using System.Globalization;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>Examples computed by hand from the formula.</summary>
public sealed class RatingTests
{
    private static readonly TokenPrices Gpt = new(2.0m, 8.0m, 0.5m);
    private static readonly TokenPrices Claude = new(3m, 15m, 0.3m, 3.75m);
    private static readonly TokenPrices Thinking = new(1m, 2m, Reasoning: 3m);

    public static TheoryData<TokenPrices, TokenCounts, string> Costs => new()
    {
        // The example of the API: 1,180 x 2 + 240 x 8 = 4,280 per million.
        { Gpt, new(1_180, 0, 0, 240, 0), "0.00428" },

        // 180 x 2 + 1,000 x 0.5 + 240 x 8.
        { Gpt, new(1_180, 1_000, 0, 240, 0), "0.00278" },

        // Cache writes without a price of their own cost what input costs.
        { Gpt, new(1_180, 0, 1_000, 240, 0), "0.00428" },

        // 100 x 3 + 800 x 0.3 + 100 x 3.75 + 50 x 15.
        { Claude, new(1_000, 800, 100, 50, 0), "0.001665" },

        // Reasoning is inside the output: 4 x 2 + 6 x 3, and at the output's price without its own.
        { Thinking, new(0, 0, 0, 10, 6), "0.000026" },
        { Gpt, new(0, 0, 0, 10, 6), "0.00008" },

        // A price of zero is a price, not a missing one.
        { new TokenPrices(2, 8, CachedInput: 0), new(10, 10, 0, 0, 0), "0" },
        { Gpt, default, "0" },

        // Half to even, once: 0.5, 1.5 and 2.5 nano-units; the sum of 0.4 and 0.4 is rounded, not each.
        { new TokenPrices(0.0005m, 0), new(1, 0, 0, 0, 0), "0" },
        { new TokenPrices(0.0005m, 0), new(3, 0, 0, 0, 0), "0.000000002" },
        { new TokenPrices(0.0005m, 0), new(5, 0, 0, 0, 0), "0.000000002" },
        { new TokenPrices(0.0004m, 0.0004m), new(1, 0, 0, 1, 0), "0.000000001" },
        { new TokenPrices(0.0005m, 0.000000000000001m), new(1, 0, 0, 1, 0), "0.000000001" },

        // Per other numbers of tokens, exact also where decimal division is not: a third.
        { new TokenPrices(0.002m, 0.008m, Per: 1_000), new(1_200, 0, 0, 800, 0), "0.0088" },
        { new TokenPrices(1, 0, Per: 3), new(1, 0, 0, 0, 0), "0.333333333" },
        { new TokenPrices(1, 0, Per: 3), new(2, 0, 0, 0, 0), "0.666666667" },
        { new TokenPrices(1, 0, Per: 1), new(7, 0, 0, 0, 0), "7" },
    };

    [Theory]
    [MemberData(nameof(Costs))]
    public void Cost_OfCounts_IsTheFormulaRoundedOnce(TokenPrices prices, TokenCounts counts, string units) =>
        Assert.Equal(units, Rating.Cost(prices, counts)?.ToString());

    public static TheoryData<TokenPrices, TokenCounts> Impossible => new()
    {
        { Gpt, new(-1, 0, 0, 0, 0) },
        { Gpt, new(1, 2, 0, 0, 0) },
        { Gpt, new(1, 1, 1, 0, 0) },
        { Gpt, new(0, 0, 0, 1, 2) },
        { Gpt, new(9_007_199_254_740_992, 0, 0, 0, 0) },
        { Gpt, new(long.MaxValue, long.MaxValue, long.MaxValue, 0, 0) },
        { Gpt with { Input = -1 }, new(1, 0, 0, 0, 0) },
        { Gpt with { Reasoning = -1 }, new(1, 0, 0, 0, 0) },
        { Gpt with { CachedInput = 1_000_000_001m }, new(1, 0, 0, 0, 0) },
        { Gpt with { Output = 0.0000000000000001m }, new(1, 0, 0, 0, 0) },
        { Gpt with { Output = decimal.MaxValue }, new(1, 0, 0, 0, 0) },
        { Gpt with { Per = 0 }, new(1, 0, 0, 0, 0) },
        { Gpt with { Per = -1 }, new(1, 0, 0, 0, 0) },
        { Gpt with { Per = long.MaxValue }, new(1, 0, 0, 0, 0) },

        // More than 10^9 units, by one nano-unit.
        { new TokenPrices(1_000_000_000m, 0.000000001m, Per: 1), new(1, 0, 0, 1, 0) },
        { new TokenPrices(TokenPrices.MaxPrice, TokenPrices.MaxPrice, Per: 1), new(TokenCounts.MaxTokens, 0, 0, TokenCounts.MaxTokens, 0) },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Cost_OfWhatIsOutOfBounds_IsNoneAndNoException(TokenPrices prices, TokenCounts counts) => Assert.Null(Rating.Cost(prices, counts));

    [Fact]
    public void Cost_OfTheLargestAmount_Fits() =>
        Assert.Equal(Money.MaxInput, Rating.Cost(new TokenPrices(1_000_000_000m, 0, Per: 1), new(1, 0, 0, 0, 0)));

    [Theory]
    [InlineData(1_200, 800, "0.0088")]
    [InlineData(0, 0, "0")]
    [InlineData(1, 0, "0.000002")]
    public void Estimate_OfCounts_TakesTheFullPrices(long input, long output, string units) =>
        Assert.Equal(units, Rating.Estimate(Gpt, input, output)?.ToString());

    [Fact]
    public void Estimate_WithAFractionOfANano_IsRoundedUp()
    {
        Assert.Equal(new Money(1), Rating.Estimate(new TokenPrices(0.000000000000001m, 0), 1, 0));
        Assert.Equal(new Money(2), Rating.Estimate(new TokenPrices(0.001m, 0.000000000000001m), 1, 1));
        Assert.Equal(new Money(1), Rating.Estimate(new TokenPrices(0.001m, 0), 1, 0));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(TokenCounts.MaxTokens + 1, 0)]
    [InlineData(0, long.MaxValue)]
    public void Estimate_OfCountsOutOfBounds_IsNone(long input, long output) => Assert.Null(Rating.Estimate(Gpt, input, output));

    [Theory]
    [InlineData(1_200, "0.0088", 800)]
    [InlineData(1_200, "0.008799999", 799)]
    [InlineData(1_200, "0.0024", 0)]
    [InlineData(1_200, "0.002399999", 0)]
    [InlineData(1_200, "0", 0)]
    [InlineData(0, "0", 0)]
    [InlineData(0, "-1", 0)]
    [InlineData(0, "0.000008", 1)]
    [InlineData(-1, "1", 0)]
    [InlineData(0, "9000000000", 125_000_000_000_000)]
    public void AffordableOutput_OfAnAmount_IsTheLargestThatFits(long input, string available, long tokens)
    {
        Money.TryExact(decimal.Parse(available, CultureInfo.InvariantCulture), out var money);
        Assert.Equal(Math.Min(tokens, TokenCounts.MaxTokens), Rating.AffordableOutputTokens(Gpt, input, money));
    }

    [Fact]
    public void AffordableOutput_OfAFreeModel_IsTheCap()
    {
        var free = new TokenPrices(0, 0);
        Assert.Equal(TokenCounts.MaxTokens, Rating.AffordableOutputTokens(free, 1_000, Money.Zero));
        Assert.Equal(0, Rating.AffordableOutputTokens(free, 1_000, new Money(-1)));
        Assert.Equal(0, Rating.AffordableOutputTokens(new TokenPrices(1, 0), 1_000, Money.Zero));
    }

    [Fact]
    public void AffordableOutput_OfMoreThanTheLargestAmount_HasAnEstimateStill() =>
        Assert.Equal(1_000_000_000, Rating.AffordableOutputTokens(new TokenPrices(0, 1, Per: 1), 0, new Money(long.MaxValue)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(long.MaxValue, 2_305_843_009_213_693_952)]
    [InlineData(Rating.MaxCharacters, TokenCounts.MaxTokens)]
    public void Tokens_OfCharacters_AreAQuarterRoundedUp(long characters, long tokens) => Assert.Equal(tokens, Rating.EstimateTokens(characters));
}
