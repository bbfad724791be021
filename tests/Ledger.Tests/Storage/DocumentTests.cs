using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Ledger.Tests.Storage;

/// <summary>Stored JSON: every field survives, and a field of a later version does no harm.</summary>
public sealed class DocumentTests
{
    [Fact]
    public void Budget_WithEveryField_RoundTrips()
    {
        var set = new LimitSet(
            new Limits(new Money(1), Money.MaxInput, null, new Money(0)), [new Threshold(0.000000000000000001m, "a"), new Threshold(2m, "b")], Enforcement.Soft,
            new MinuteLimits(60, MinuteLimits.Max));
        var budget = new Budget(
            set, true,
            new InheritedSettings(UnknownModelRule.DefaultPrice, new RateCard(1.5m, 2m, 0m, null, 0.000000000000001m, 7), OutageRule.Allow, new Money(5), -1,
                new ModelRules(["gpt-4.1", "claude-*"], [new OutputLimit("*", 4_096), new OutputLimit("claude-*", 1)])),
            set with { Enforcement = Enforcement.Hard }, LimitSet.None);

        AssertSame(budget, BudgetDocument.Read(BudgetDocument.ToJson(budget, Resolution.Nano), Resolution.Nano));
        AssertSame(Budget.Empty, BudgetDocument.Read(BudgetDocument.ToJson(Budget.Empty, Resolution.Nano), Resolution.Nano));
    }

    [Fact]
    public void Budget_OfALaterVersion_IsReadWithoutItsNewFields()
    {
        var budget = BudgetDocument.Read("""{"daily":300,"of_a_later_version":{"x":[1]},"per_user":{"daily":0.000000001,"new":true},"enforcement":"soft"}""", Resolution.Nano);

        Assert.Equal(new Money(300 * Money.NanosPerUnit), budget.Own.Limits.Daily);
        Assert.Equal(Enforcement.Soft, budget.Own.Enforcement);
        Assert.Equal(new Money(1), budget.PerUser!.Limits.Daily);
        Assert.Equal(Threshold.Defaults.AsEnumerable(), budget.Own.Thresholds);
    }

    [Theory]
    [InlineData("""{"enforcement":"gentle"}""")]
    [InlineData("""{"on_outage":"maybe"}""")]
    [InlineData("""{"unknown_model":"guess"}""")]
    public void Budget_WithAnUnknownRule_IsNotReadAsAMilderOne(string json) => Assert.Throws<FormatException>(() => BudgetDocument.Read(json, Resolution.Nano));

    [Fact]
    public void Budget_AsStored_ReadsLikeTheApi()
    {
        var budget = Budget.Empty with { Own = LimitSet.None with { Limits = new Limits(new Money(12_500_000_000), null, null, null), Thresholds = [new Threshold(0.7m, "warning")] } };

        Assert.Equal("""{"daily":12.5,"thresholds":[{"at":0.7,"level":"warning"}],"enforcement":"hard","durable_holds":false}""", BudgetDocument.ToJson(budget, Resolution.Nano));
    }

    [Fact]
    public void Budget_OfDong_IsStoredInDong()
    {
        var dong = Resolution.Of("VND");
        Assert.True(dong.TryExact(4_000_000_000, out var limit));
        var budget = Budget.Empty with { Own = LimitSet.None with { Limits = new Limits(limit, null, null, null) } };

        Assert.Contains("\"daily\":4000000000,", BudgetDocument.ToJson(budget, dong));
        Assert.Equal(limit, BudgetDocument.Read(BudgetDocument.ToJson(budget, dong), dong).Own.Limits.Daily);
        Assert.Throws<FormatException>(() => BudgetDocument.Read("""{"daily":0.000001}""", dong));
    }

    private static void AssertSame(Budget expected, Budget actual)
    {
        Assert.Equal(Flat(expected), Flat(actual));
        Assert.Equal(Thresholds(expected), Thresholds(actual));
    }

    private static Budget Flat(Budget b) => b with { Own = Flat(b.Own)!, PerUser = Flat(b.PerUser), PerChild = Flat(b.PerChild) };

    private static LimitSet? Flat(LimitSet? set) => set is null ? null : set with { Thresholds = ImmutableArray<Threshold>.Empty };

    private static IEnumerable<Threshold> Thresholds(Budget b) =>
        b.Own.Thresholds.Concat(b.PerUser?.Thresholds ?? []).Concat(b.PerChild?.Thresholds ?? []);
}
