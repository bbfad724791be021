using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Tests.Prices;

public sealed class RateCardTests
{
    [Fact]
    public void Prices_WithFaults_NameEveryOne()
    {
        var prices = new RateCard(-1, 1_000_000_000.000000001m, 0.0000000000000000001m, -0.1m, 2_000_000_000m, 0);
        Assert.Equal(
            [
                "input must not be negative", "cached_input must have at most 18 decimals", "cache_write must not be negative",
                "output must be at most 1000000000", "reasoning must be at most 1000000000", "per must be 1 to 1000000000000",
            ],
            prices.Faults().Select(f => $"{f.Field} {f.Message}"));
    }

    [Fact]
    public void Prices_AtTheirLimits_HaveNoFault()
    {
        Assert.Empty(new RateCard(0, RateCard.MaxPrice, 0.000000000000000001m, 1.0000000000000000000000000000m, null, RateCard.MaxPer).Faults());
        Assert.Empty(new RateCard(2, 8, per: 1).Faults());
    }

    [Fact]
    public void Prices_ThatCostTheSame_AreTheSameInAnyForm()
    {
        var prices = new RateCard(2, 8, 0.5m);
        Assert.True(prices.CostsTheSameAs(new RateCard(0.002m, 0.008m, 0.0005m, 0.002m, 0.008m, 1_000)));
        Assert.True(prices.CostsTheSameAs(new RateCard(2.00m, 8, 0.50m, cacheWrite: 2)));
        Assert.False(prices.CostsTheSameAs(new RateCard(2, 8)));
        Assert.False(prices.CostsTheSameAs(new RateCard(2, 8, 0.5m, per: 1_000)));
        Assert.False(prices.CostsTheSameAs(new RateCard(2, 8, 0.5m, reasoning: 9)));
    }
}
