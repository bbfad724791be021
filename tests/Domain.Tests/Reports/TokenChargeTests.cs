using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Domain.Tests.Reports;

public class TokenChargeTests
{
    private static readonly UsageSum Usage = UsageSum.Zero with { Spent = new Money(1_001), Requests = 3, InputTokens = 1_000, CachedInputTokens = 200, OutputTokens = 300, ReasoningTokens = 100 };

    [Fact]
    public void Parts_OfAPricedModel_GoByRates_AndComeToTheWhole()
    {
        var charges = TokenCharge.Split(Usage, new RateCard(2m, 8m, cachedInput: 0.5m));
        // 800 x 2, 200 x 0.5, 200 x 8, 100 x 8 of 4,100.
        Assert.Equal(
            [(TokenMeter.Input, 800L, 390L), (TokenMeter.CachedInput, 200, 24), (TokenMeter.Output, 200, 390), (TokenMeter.Reasoning, 100, 197)],
            charges.Select(c => (c.Meter!.Value, c.Quantity, c.Cost.Nanos)));
        Assert.Equal(1_001, charges.Sum(c => c.Cost.Nanos));
    }

    [Fact]
    public void Parts_WithoutAPrice_GoByTokens_AndWithoutTokens_ByRequest()
    {
        Assert.Equal(1_001, TokenCharge.Split(Usage, null).Sum(c => c.Cost.Nanos));
        var charge = Assert.Single(TokenCharge.Split(UsageSum.Zero with { Spent = new Money(-7), Requests = 2 }, null));
        Assert.Equal((null, 2L, -7L), (charge.Meter, charge.Quantity, charge.Cost.Nanos));
    }

    [Fact]
    public void Parts_OfAnyUsage_ComeToTheWhole()
    {
        var random = new Random(11);
        for (var i = 0; i < 500; i++)
        {
            var usage = UsageSum.Zero with
            {
                Spent = new Money(random.NextInt64(-1_000_000, 1_000_000_000_000_000_000)), Requests = random.Next(9), InputTokens = random.NextInt64(1_000_000_000_000), CachedInputTokens = random.Next(1_000),
                CacheWriteTokens = random.Next(1_000), OutputTokens = random.Next(1_000_000), ReasoningTokens = random.Next(2_000_000),
            };
            var card = random.Next(3) == 0 ? null : new RateCard(random.Next(3), random.Next(5), random.Next(2) == 0 ? null : 0.1234567m);
            Assert.Equal(usage.Spent.Nanos, TokenCharge.Split(usage, card).Sum(c => c.Cost.Nanos));
        }
    }
}
