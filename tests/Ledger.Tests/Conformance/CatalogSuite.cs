using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Prices, and tenants with inherited settings: whole catalogs with a version each.</summary>
public abstract class CatalogSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    [LedgerFact]
    public async Task Prices_ComeBackExactlyInOrderOfEntry()
    {
        var first = new PriceVersion(
            "openai/gpt-4.1", Now.AddTicks(10), new RateCard(0.000000000000001m, 8m, 0.5m, null, 123456789.000000000000001m, 1), 32768, ["gpt", "g/4"], Now);
        var second = first with { Prices = null, MaxOutputTokens = null, Aliases = [], EffectiveFrom = DateTimeOffset.MinValue };
        await Store.Prices.PutPricesAsync([second, first], Admin, None);
        await Store.Prices.PutPricesAsync([first with { Model = "b" }], Admin, None);
        await Store.Prices.PutPricesAsync([], Admin, None);

        var prices = await Store.Catalogs.ReadPricesAsync(None);

        Assert.Equal(["openai/gpt-4.1", "openai/gpt-4.1", "b"], prices.Select(p => p.Model));
        Assert.Equal(prices.Select(p => p.Entry).Order().Distinct(), prices.Select(p => p.Entry));
        Assert.Equal(first.Prices, prices[1].Prices);
        Assert.Equal(first.Aliases.AsEnumerable(), prices[1].Aliases);
        Assert.Equal((first.EffectiveFrom, first.MaxOutputTokens, first.EnteredAt), (prices[1].EffectiveFrom, prices[1].MaxOutputTokens, prices[1].EnteredAt));
        Assert.Equal((DateTimeOffset.MinValue, null, null), (prices[0].EffectiveFrom, prices[0].MaxOutputTokens, prices[0].Prices));
        Assert.Equal(3, (await Store.Audit.ReadAuditAsync(new AuditFilter(), null, 10, None)).Count);
    }

    [LedgerFact]
    public async Task Price_WithEveryLayer_ComesBackAsEntered()
    {
        var rates = new Rates(
            [.. Enumerable.Range(0, TokenMeters.Count).Select(m => new TokenRate((TokenMeter)m, 0.000000000000000001m * (m + 1)))], [new("web_search", 0), new("second", 27.5m)]);
        ContextTier[] tiers = [new(128_000, new Rates([new(TokenMeter.Input, 0)], [])), new(200_000, rates)];
        var card = new RateCard(rates, 1_000)
        {
            ContextTiers = [.. tiers], ServiceTiers = [new("batch", Rates.None, []), new("flex", rates, [.. tiers])], Multipliers = [new("eu", 1.1m), new("us", 0)],
        };
        var onlyUnits = new RateCard(new Rates([], [new("page", 0.003m)]));
        await Store.Prices.PutPricesAsync([new("m", Now, card, null, [], Now) { Imported = true }, new("n", Now, onlyUnits, null, [], Now)], Admin, None);

        var prices = await Store.Catalogs.ReadPricesAsync(None);

        Assert.Equal([card, onlyUnits], prices.Select(p => p.Prices));
        Assert.Equal([true, false], prices.Select(p => p.Imported));
    }

    [LedgerFact]
    public async Task Price_TakenBack_IsAsIfItHadNeverBeenEntered()
    {
        PriceVersion Of(decimal input, int day) => new("m", Now.AddDays(day), new RateCard(input, 1), null, [], Now);
        await Store.Prices.PutPricesAsync([Of(1, 0), Of(2, 5), Of(3, 5), new("n", Now.AddDays(5), new RateCard(9, 9), null, [], Now)], Admin, None);
        var at = await Store.Catalogs.ReadCatalogVersionsAsync(None);

        Assert.True(await Store.Prices.TakeBackPriceAsync("m", Now.AddDays(5), Admin, None));
        await AssertGrewAsync(at, prices: true);
        Assert.Equal([1m, 2m, 9m], (await Store.Catalogs.ReadPricesAsync(None)).Select(p => p.Prices!.Input!.Value));
        Assert.True(await Store.Prices.TakeBackPriceAsync("m", Now.AddDays(5), Admin, None));
        Assert.False(await Store.Prices.TakeBackPriceAsync("m", Now.AddDays(5), Admin, None));
        Assert.False(await Store.Prices.TakeBackPriceAsync("m", Now.AddDays(1), Admin, None));
        Assert.Equal([1m, 9m], (await Store.Catalogs.ReadPricesAsync(None)).Select(p => p.Prices!.Input!.Value));
        await Store.Prices.PutPricesAsync([Of(4, 5)], Admin, None);
        Assert.Equal([1m, 9m, 4m], (await Store.Catalogs.ReadPricesAsync(None)).Select(p => p.Prices!.Input!.Value));
        Assert.Equal(2, (await Store.Audit.ReadAuditAsync(new AuditFilter(), null, 20, None)).Count(e => e.Action == "price.take_back" && e.Before is not null && e.After is null));
    }

    [LedgerFact]
    public async Task Audit_OfAPrice_HasTheVersionThatItTakesThePlaceOf()
    {
        PriceVersion Of(decimal input, int day) => new("m", Now.AddDays(day), new RateCard(input, 1), null, [], Now);
        await Store.Prices.PutPricesAsync([Of(1, 0)], Admin, None);
        await Store.Prices.PutPricesAsync([Of(2, 5)], Admin, None);
        await Store.Prices.PutPricesAsync([Of(3, 2)], Admin, None);

        var entries = await Store.Audit.ReadAuditAsync(new AuditFilter(Action: "price.put"), null, 10, None);

        Assert.Equal([1m, 1m, null], entries.Select(e => InputOf(e.Before)));
        Assert.Equal([3m, 2m, 1m], entries.Select(e => InputOf(e.After)));

        static decimal? InputOf(string? json) => json is null ? null : System.Text.Json.JsonDocument.Parse(json).RootElement.GetProperty("prices").GetProperty("input").GetDecimal();
    }

    [LedgerFact]
    public async Task Tenant_Fields_AreSetWithItsBudgetAndKeptWithout()
    {
        var calendar = new TenantCalendar(Zones(
            new ZoneChange(DateTimeOffset.MinValue, DateOnly.MinValue, "UTC"), new ZoneChange(Now, Today.AddDays(1), "Asia/Ho_Chi_Minh")));
        var settings = new TenantSettings("acme", calendar, true, true, new Money(5));
        await PutAsync("acme", BudgetOf(1), tenant: settings);
        await PutAsync("acme", BudgetOf(2));
        await Store.Tenants.CreateTenantAsync("acme", Admin, None);
        await Store.Tenants.CreateTenantAsync("beta", Admin, None);

        var tenants = (await Store.Catalogs.ReadPoliciesAsync(None)).Tenants;

        Assert.Equal(["acme", "beta"], tenants.Select(t => t.Tenant));
        Assert.Equal(calendar.History.AsEnumerable(), tenants[0].Calendar.History);
        Assert.Equal((true, true, new Money(5)), (tenants[0].DenyNewCostCenters, tenants[0].RequireLimit, tenants[0].MaxRecordCost));
    }

    [LedgerFact]
    public async Task Policies_AreTheInheritedSettingsOfCostCentersThatSetAny()
    {
        var inherited = new InheritedSettings(UnknownModelRule.DefaultPrice, new RateCard(1m, 2m), OutageRule.Allow, new Money(9), InheritedSettings.ModelMaximum,
            new ModelRules(["gpt-*"], [new OutputLimit("*", 4_096)]));
        await PutAsync("acme", BudgetOf(1));
        await PutAsync("acme/x", BudgetOf(1) with { Inherited = inherited });
        await PutAsync("acme/y", BudgetOf(1) with { Inherited = inherited }, "amy");

        Assert.Equal([("acme/x", inherited)], (await Store.Catalogs.ReadPoliciesAsync(None)).Inherited);
        await PutAsync("acme/x", BudgetOf(1));
        Assert.Empty((await Store.Catalogs.ReadPoliciesAsync(None)).Inherited);
    }

    [LedgerFact]
    public async Task CatalogVersions_GrowWithTheirOwnCatalogOnly()
    {
        var price = new PriceVersion("m", Now, null, null, [], Now);
        var at = await Store.Catalogs.ReadCatalogVersionsAsync(None);
        await Store.Prices.PutPricesAsync([price, price], Admin, None);
        at = await AssertGrewAsync(at, prices: true);
        await Store.Tenants.CreateTenantAsync("acme", Admin, None);
        at = await AssertGrewAsync(at, policies: true);
        await PutAsync("acme", BudgetOf(1));
        at = await AssertGrewAsync(at);
        await PutAsync("acme", BudgetOf(1) with { Inherited = new(UnknownModelRule.Reject, null, OutageRule.NotSet, null, null) });
        at = await AssertGrewAsync(at, policies: true);
        await Store.Budgets.DeleteBudgetAsync("acme", null, BudgetPrecondition.None, Admin, None);
        await AssertGrewAsync(at, policies: true);
    }

    [LedgerFact]
    public async Task Lease_Renewed_TellsTheLedgersClock()
    {
        var first = await Store.Leases.RenewLeaseAsync(Renewal("p1"), None);
        var second = await Store.Leases.RenewLeaseAsync(Renewal("p1"), None);

        Assert.True(second.RenewedAt >= first.RenewedAt);
        Assert.InRange(first.RenewedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    private async Task<CatalogVersions> AssertGrewAsync(CatalogVersions from, bool prices = false, bool policies = false)
    {
        var to = await Store.Catalogs.ReadCatalogVersionsAsync(None);
        Assert.Equal((prices, policies, false), (to.Prices > from.Prices, to.Policies > from.Policies, to.Keys > from.Keys));
        return to;
    }
}
