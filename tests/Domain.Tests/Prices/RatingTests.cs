using System.Globalization;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>Examples computed by hand from the formula.</summary>
public sealed class RatingTests
{
    private static readonly RateCard Gpt = new(2.0m, 8.0m, 0.5m);
    private static readonly RateCard Claude = new(3m, 15m, 0.3m, 3.75m);
    private static readonly RateCard Thinking = new(1m, 2m, reasoning: 3m);

    public static TheoryData<RateCard, TokenCounts, string> Costs => new()
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
        { new RateCard(2, 8, cachedInput: 0), new(10, 10, 0, 0, 0), "0" },
        { Gpt, default, "0" },

        // Half to even, once: 0.5, 1.5 and 2.5 nano-units; the sum of 0.4 and 0.4 is rounded, not each.
        { new RateCard(0.0005m, 0), new(1, 0, 0, 0, 0), "0" },
        { new RateCard(0.0005m, 0), new(3, 0, 0, 0, 0), "0.000000002" },
        { new RateCard(0.0005m, 0), new(5, 0, 0, 0, 0), "0.000000002" },
        { new RateCard(0.0004m, 0.0004m), new(1, 0, 0, 1, 0), "0.000000001" },
        { new RateCard(0.0005m, 0.000000000000001m), new(1, 0, 0, 1, 0), "0.000000001" },

        // Per other numbers of tokens, exact also where decimal division is not: a third.
        { new RateCard(0.002m, 0.008m, per: 1_000), new(1_200, 0, 0, 800, 0), "0.0088" },
        { new RateCard(1, 0, per: 3), new(1, 0, 0, 0, 0), "0.333333333" },
        { new RateCard(1, 0, per: 3), new(2, 0, 0, 0, 0), "0.666666667" },
        { new RateCard(1, 0, per: 1), new(7, 0, 0, 0, 0), "7" },
    };

    [Theory]
    [MemberData(nameof(Costs))]
    public void Cost_OfCounts_IsTheFormulaRoundedOnce(RateCard prices, TokenCounts counts, string units) =>
        Assert.Equal(units, Resolution.Nano.ToText(Rating.Cost(Resolution.Nano, prices, counts)!.Value));

    public static TheoryData<RateCard, TokenCounts> Impossible => new()
    {
        { Gpt, new(-1, 0, 0, 0, 0) },
        { Gpt, new(1, 2, 0, 0, 0) },
        { Gpt, new(1, 1, 1, 0, 0) },
        { Gpt, new(0, 0, 0, 1, 2) },
        { Gpt, new(9_007_199_254_740_992, 0, 0, 0, 0) },
        { Gpt, new(long.MaxValue, long.MaxValue, long.MaxValue, 0, 0) },
        { new RateCard(-1, 8), new(1, 0, 0, 0, 0) },
        { new RateCard(2, 8, reasoning: -1), new(1, 0, 0, 1, 1) },
        { new RateCard(2, 8, 1_000_000_001m), new(1, 1, 0, 0, 0) },
        { new RateCard(2, 0.0000000000000000001m), new(1, 0, 0, 1, 0) },
        { new RateCard(2, decimal.MaxValue), new(1, 0, 0, 1, 0) },
        { Gpt with { Per = 0 }, new(1, 0, 0, 0, 0) },
        { Gpt with { Per = -1 }, new(1, 0, 0, 0, 0) },
        { Gpt with { Per = long.MaxValue }, new(1, 0, 0, 0, 0) },

        // More than 10^9 units, by one nano-unit.
        { new RateCard(1_000_000_000m, 0.000000001m, per: 1), new(1, 0, 0, 1, 0) },
        { new RateCard(RateCard.MaxPrice, RateCard.MaxPrice, per: 1), new(TokenCounts.MaxTokens, 0, 0, TokenCounts.MaxTokens, 0) },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Cost_OfWhatIsOutOfBounds_IsNoneAndNoException(RateCard prices, TokenCounts counts) => Assert.Null(Rating.Cost(Resolution.Nano, prices, counts));

    [Fact]
    public void Cost_OfTheLargestAmount_Fits() =>
        Assert.Equal(Money.MaxInput, Rating.Cost(Resolution.Nano, new RateCard(1_000_000_000m, 0, per: 1), new(1, 0, 0, 0, 0)));

    [Theory]
    [InlineData(1_200, 800, "0.0088")]
    [InlineData(0, 0, "0")]
    [InlineData(1, 0, "0.000002")]
    public void Estimate_OfCounts_TakesTheFullPrices(long input, long output, string units) =>
        Assert.Equal(units, Estimate(Gpt, input, output) is { } amount ? Resolution.Nano.ToText(amount) : null);

    [Fact]
    public void Estimate_WithAFractionOfANano_IsRoundedUp()
    {
        Assert.Equal(new Money(1), Estimate(new RateCard(0.000000000000000001m, 0), 1, 0));
        Assert.Equal(new Money(2), Estimate(new RateCard(0.001m, 0.000000000000001m), 1, 1));
        Assert.Equal(new Money(1), Estimate(new RateCard(0.001m, 0), 1, 0));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(4 * TokenCounts.MaxTokens + 1, 0)]
    [InlineData(0, long.MaxValue)]
    public void Estimate_OfCountsOutOfBounds_IsNone(long input, long output) => Assert.Null(Estimate(Gpt, input, output));

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
        Resolution.Nano.TryExact(decimal.Parse(available, CultureInfo.InvariantCulture), out var money);
        Assert.Equal(Math.Min(tokens, TokenCounts.MaxTokens), Affordable(Gpt, input, money));
    }

    [Fact]
    public void AffordableOutput_OfAFreeModel_IsTheCap()
    {
        var free = new RateCard(0, 0);
        Assert.Equal(TokenCounts.MaxTokens, Affordable(free, 1_000, Money.Zero));
        Assert.Equal(0, Affordable(free, 1_000, new Money(-1)));
        Assert.Equal(0, Affordable(new RateCard(1, 0), 1_000, Money.Zero));
    }

    [Fact]
    public void AffordableOutput_OfMoreThanTheLargestAmount_HasAnEstimateStill() =>
        Assert.Equal(1_000_000_000, Affordable(new RateCard(0, 1, per: 1), 0, new Money(long.MaxValue)));

    private static Money? Estimate(RateCard card, long input, long output) => Rating.Estimate(Resolution.Nano, card, new TokenCounts(input, 0, 0, output, 0), default);

    private static long Affordable(RateCard card, long input, Money available) => Rating.AffordableOutputTokens(Resolution.Nano, card, new TokenCounts(input, 0, 0, 0, 0), default, available);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(long.MaxValue, 2_305_843_009_213_693_952)]
    [InlineData(Rating.MaxCharacters, TokenCounts.MaxTokens)]
    public void Tokens_OfCharacters_AreAQuarterRoundedUp(long characters, long tokens) => Assert.Equal(tokens, Rating.EstimateTokens(characters));
}
