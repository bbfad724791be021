using System.Globalization;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Alerts;

public sealed class AdviceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    private static readonly PriceBook Prices = new([Price("big", 10m, 40m), Price("mid", 5m, 20m), Price("small", 1m, 4m), Price("free", 0m, 0m), Price("unused", 0.1m, 0.4m)]);

    [Fact]
    public void CheaperModel_IsTheCheapestOfThoseInUse_ForTheSameTokens()
    {
        var advice = Of(Use("big", 30m, input: 1_000_000, output: 500_000), Use("small", 1m, input: 1_000_000));

        var found = Assert.Single(advice);
        Assert.Equal((RecommendationKind.CheaperModel, "big", "small", 27m), (found.Kind, found.Subject!, found.Instead!, Resolution.Nano.ToUnits(found.Amount)));
        Assert.Equal("small instead of big would have cost 27.00 less for this month's tokens.", found.Text);
    }

    [Fact]
    public void CheaperModels_AreNoMoreThanTwo_TheLargestSavingFirst()
    {
        var advice = Of(Use("mid", 5m, input: 1_000_000), Use("big", 100m, input: 10_000_000), Use("small", 1m, input: 1_000_000), Use("free", 0m, input: 5));

        Assert.Equal([("big", "free", 100m), ("mid", "free", 5m)], advice.Select(r => (r.Subject!, r.Instead!, Resolution.Nano.ToUnits(r.Amount))));
    }

    [Theory]
    [InlineData(4.49, true)]
    [InlineData(4.51, false)]
    public void CheaperModel_ThatSavesLessThanATenth_IsNotNamed(double input, bool named)
    {
        var prices = new PriceBook([Price("dear", 5m, 5m), Price("near", (decimal)input, 5m)]);

        var advice = Advice.Of(Resolution.Nano, Facts([Use("dear", 5m, input: 1_000_000), Use("near", 1m, input: 1)]), prices, null, Now, Text);

        Assert.Equal(named, advice.Any(r => r.Kind == RecommendationKind.CheaperModel));
    }

    [Fact]
    public void ModelsWithoutTokensOrPrice_AreNotCompared() =>
        Assert.Empty(Of(Use("big", 30m), Use("small", 1m, input: 100), Use("unknown", 9m, input: 100)));

    [Fact]
    public void TopUserAndFeature_AreNamedFromAFifthOfTheMonthOn()
    {
        var facts = new SpendFacts([Use("unknown", 100m)], [Spent("amy", 20m), Spent("bob", 10m)], [Spent("chat", 19.99m)]);

        var found = Assert.Single(Advice.Of(Resolution.Nano, facts, Prices, null, Now, Text));

        Assert.Equal((RecommendationKind.TopUser, "amy", 20m, "User amy spent 20.00 this month, 20 % of it all."), (found.Kind, found.Subject!, Resolution.Nano.ToUnits(found.Amount), found.Text));
    }

    [Fact]
    public void SafeRate_IsSaidOfAWindowThatIsNotSpent()
    {
        (Money, Money, DateTimeOffset?) window = (Units(100m), Units(500m), Now.AddDays(10));

        var found = Assert.Single(Advice.Of(Resolution.Nano, SpendFacts.None, Prices, window, Now, Text));

        Assert.Equal((RecommendationKind.SafeRate, 40m, "The limit holds until the window ends at no more than 40.00 a day from now on."), (found.Kind, Resolution.Nano.ToUnits(found.Amount), found.Text));
        Assert.Empty(Advice.Of(Resolution.Nano, SpendFacts.None, Prices, (Units(500m), Units(500m), Now.AddDays(10)), Now, Text));
    }

    [Fact]
    public void SafeRate_OfAWindowThatEndsWithinADay_IsNotToldByTheDay()
    {
        (Money, Money, DateTimeOffset?) window = (Units(100m), Units(500m), Now.AddHours(3));

        var found = Assert.Single(Advice.Of(Resolution.Nano, SpendFacts.None, Prices, window, Now, Text));

        Assert.Equal("The limit holds until the window ends if no more than 400.00 is spent from now on.", found.Text);
    }

    private static IReadOnlyList<Recommendation> Of(params ModelUse[] models) => Advice.Of(Resolution.Nano, Facts(models), Prices, null, Now, Text);

    private static SpendFacts Facts(ModelUse[] models) => new([.. models.OrderByDescending(m => m.Spent)], [], []);

    private static ModelUse Use(string model, decimal spent, long input = 0, long output = 0) => new(model, Units(spent), new TokenCounts(input, 0, 0, output, 0));

    private static NamedSpend Spent(string name, decimal units) => new(name, Units(units));

    private static PriceVersion Price(string model, decimal input, decimal output) =>
        new(model, DateTimeOffset.MinValue, new RateCard(input, output), null, [], Now);

    private static Money Units(decimal units) => Resolution.Nano.TryExact(units, out var money) ? money : throw new ArgumentOutOfRangeException(nameof(units));

    private static string Text(Money amount) => Resolution.Nano.ToUnits(amount).ToString("0.00", CultureInfo.InvariantCulture);
}
