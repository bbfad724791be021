using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>What is read beside alerts: lists, who spends, since when a limit is spent, states of grains; and what is forgotten.</summary>
public abstract class SpendSuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    [LedgerFact]
    public async Task Alerts_AreListedNewestFirst_ByCursor_SubtreeAndTime()
    {
        string[] paths = ["acme", "acme/x", "acme/x/y", "acme/x-2", "beta"];
        foreach (var (path, i) in paths.Select((p, i) => (p, i)))
        {
            await EvaluateAsync(Now.AddMinutes(i), new AlertEvaluation.Conflict(path, "r"));
        }

        Assert.Equal(paths.Reverse(), await ListAsync(null, null, null, 10));
        Assert.Equal(["acme/x/y", "acme/x"], await ListAsync("acme/x", null, null, 10));
        Assert.Equal(["beta", "acme/x-2"], await ListAsync(null, Now.AddMinutes(3), null, 10));
        var first = await Store.Alerts.ReadAlertsAsync(null, null, null, 2, None);
        Assert.Equal(["beta", "acme/x-2"], first.Select(a => a.Alert.CostCenter));
        Assert.Equal(["acme/x/y", "acme/x"], await ListAsync(null, null, first[^1].Entry, 2));
        Assert.Equal(["acme/x"], (await Store.Alerts.ReadOwnAlertsAsync("acme/x", 10, None)).Select(a => a.Alert.CostCenter));
        Assert.Equal(["acme/x"], await ListAsync("acme", Now.AddMinutes(1), (await Store.Alerts.ReadAlertsAsync("acme", null, null, 2, None))[^1].Entry, 5));
    }

    [LedgerFact]
    public async Task SpentSince_IsTheInstantAtWhichTheLimitWasReached()
    {
        await PutAsync("acme", Own(daily: 100, weekly: 1_000, total: 90) with { PerUser = Limited(daily: 10) });
        await PutAsync("acme/x", Own(monthly: 50));
        await CommitAsync(Row("1", "acme", 90), Row("2", "acme/x", 3));
        await SweepAsync(Now.AddMinutes(1));
        await CommitAsync(Row("3", "acme/x", 47));
        await SweepAsync(Now.AddMinutes(2));

        Assert.Equal(
            [
                new SpentSince("acme", null, Period.Daily, Today, Now.AddMinutes(2)), new SpentSince("acme", null, Period.Total, DateOnly.MinValue, Now.AddMinutes(1)),
                new SpentSince("acme/x", null, Period.Monthly, First, Now.AddMinutes(2)),
            ],
            (await Store.Spend.ReadSpentSinceAsync(["acme", "acme/x", "acme/y"], None)).OrderBy(s => s.CostCenter).ThenBy(s => s.Period));

        await CommitAsync(Correction("c", "acme", "1", -10));
        await SweepAsync(Now.AddMinutes(3));
        Assert.Equal([Period.Daily, Period.Total], (await Store.Spend.ReadSpentSinceAsync(["acme"], None)).Select(s => s.Period).Order());
        await CommitAsync(Correction("c2", "acme", "1", -60));
        await SweepAsync(Now.AddMinutes(4));
        Assert.Empty(await Store.Spend.ReadSpentSinceAsync(["acme"], None));
    }

    [LedgerFact]
    public async Task SpentSince_IsOfTheNewestWindows_HoweverManyWereSpentBefore()
    {
        await PutAsync("acme", Own(daily: 1, total: 1));
        await PutAsync("beta", Own(daily: 1, monthly: 1));
        var days = Enumerable.Range(0, 120).Select(i => Today.AddDays(i - 119)).ToList();
        await CommitAsync([.. days.SelectMany((d, i) => new[] { Row($"a{i}", "acme", 1, date: d), Row($"b{i}", "beta", 1, date: d) })]);
        await SweepAsync();

        Assert.Equal(
            [("acme", Period.Daily, Today), ("acme", Period.Total, DateOnly.MinValue), ("beta", Period.Daily, Today), ("beta", Period.Monthly, First)],
            (await Store.Spend.ReadSpentSinceAsync(["acme", "beta"], None)).Select(s => (s.CostCenter, s.Period, s.Window)).Order());
    }

    [LedgerFact]
    public async Task SpendFacts_NameModelsWithTokens_UsersAndFeatures_OfTheMonth()
    {
        await CommitAsync(
            Row("1", "acme/x", 50, "amy") with { Model = "big", InputTokens = 10, CachedInputTokens = 4, CacheWriteTokens = 3, OutputTokens = 7, ReasoningTokens = 2, TagsJson = """{"feature":"chat"}""" },
            Row("2", "acme/y", 30, "amy", Today.AddDays(-3)) with { Model = "big", InputTokens = 1, TagsJson = """{"feature":"search","other":"x"}""" },
            Row("3", "acme/x", 60, UsageRow.AnonymousUser) with { Model = "small", OutputTokens = 5, TagsJson = """{"feature":""}""" },
            Row("4", "acme/x", 20, "bob", new DateOnly(2026, 10, 31)) with { Model = "old" }, Row("5", "beta", 1_000, "eve"));
        await CommitAsync(Correction("c", "acme", "1", -5));
        await SweepAsync();

        var facts = await Store.Spend.ReadSpendFactsAsync("acme", Today, None);
        Assert.Equal(
            [new ModelUse("big", new Money(75), new TokenCounts(11, 4, 3, 7, 2)), new ModelUse("small", new Money(60), new TokenCounts(0, 0, 0, 5, 0))],
            facts.Models.AsEnumerable());
        Assert.Equal([new NamedSpend("amy", new Money(75))], facts.Users.AsEnumerable());
        Assert.Equal([new NamedSpend("chat", new Money(50)), new NamedSpend("search", new Money(30))], facts.Features.AsEnumerable());
        Assert.Equal(["old"], (await Store.Spend.ReadSpendFactsAsync("acme", new DateOnly(2026, 10, 2), None)).Models.Select(m => m.Model));
        Assert.Empty((await Store.Spend.ReadSpendFactsAsync("nobody", Today, None)).Models);
    }

    [LedgerFact]
    public async Task Alert_NamesTheDearestModels_AndGivesAdvice_FromItsOwnSubtree()
    {
        await Store.Prices.PutPricesAsync(
            [
                new PriceVersion("big", DateTimeOffset.MinValue, new RateCard(10m, 40m), null, [], Now), new PriceVersion("small", DateTimeOffset.MinValue, new RateCard(1m, 4m), null, [], Now),
            ],
            Admin, None);
        await PutAsync("acme/x", Own(daily: 100_000_000_000) with { PerUser = Limited(daily: 80_000_000_000) });
        await CommitAsync(
            Row("1", "acme/x", 60_000_000_000, "amy") with { Model = "big", InputTokens = 6_000_000 },
            Row("2", "acme/x", 15_000_000_000, "bob") with { Model = "small", InputTokens = 15_000_000, TagsJson = """{"feature":"chat"}""" }, Row("3", "acme/y", 900_000_000_000, "eve") with { Model = "other" });

        await SweepAsync();

        var alerts = await AlertsAsync();
        var own = Assert.Single(alerts, a => a.User is null);
        Assert.Equal([("big", 60m), ("small", 15m)], own.TopModels.Select(m => (m.Model, Resolution.Nano.ToUnits(m.Spent))));
        Assert.Equal(
            [
                (RecommendationKind.CheaperModel, "big", "small", 54m), (RecommendationKind.TopUser, "amy", null, 60m), (RecommendationKind.TopFeature, "chat", null, 15m),
                (RecommendationKind.SafeRate, null, null, 25m),
            ],
            own.Recommendations.Select(r => (r.Kind, r.Subject, r.Instead, Resolution.Nano.ToUnits(r.Amount))));
        var amy = Assert.Single(alerts, a => a.User == "amy");
        Assert.Empty(amy.TopModels);
        Assert.Equal([RecommendationKind.SafeRate], amy.Recommendations.Select(r => r.Kind));
    }

    [LedgerFact]
    public async Task Forget_DeletesOldAlertsWithTheirDeliveriesAndMarks_InSmallSteps()
    {
        await PutChannelsAsync(ChannelOf("hook"));
        await PutAsync("acme", Own(daily: 100, total: 100));
        await CommitAsync(Row("1", "acme", 92));
        await SweepAsync();
        await CommitAsync(Row("2", "acme", 75, date: Today.AddDays(60)));
        await SweepAsync(Now.AddDays(60));
        var old = await AlertsAsync();
        Assert.Equal([0, 0, 0, 0, 60, 60, 60], old.Select(a => (a.At - Now).Days));

        var deleted = new List<int>();
        while (deleted.Count == 0 || deleted[^1] > 0) deleted.Add(await Store.Housekeeping.ForgetAlertsAsync(Now.AddDays(30), 3, None));

        // Four crossings and a forecast, and two marks of the day; those of a total stay: its window never ends.
        Assert.Equal([5, 2, 0], deleted);
        Assert.Equal(old.Skip(4).Select(a => a.Id), (await AlertsAsync()).Select(a => a.Id));
        Assert.Empty(await DeliveriesAsync(old[0].Id));
        Assert.Single(await DeliveriesAsync(old[4].Id));
        await EvaluateAsync("acme", now: Now.AddDays(60), date: Today.AddDays(60));
        Assert.Equal(3, (await AlertsAsync()).Count);
    }

    [LedgerFact]
    public async Task GrainState_IsWrittenUnderItsEtagOnly()
    {
        Assert.Null(await Store.GrainStates.ReadStateAsync("g", None));
        Assert.Equal(1, await Store.GrainStates.WriteStateAsync("g", "one", 0, None));
        Assert.Null(await Store.GrainStates.WriteStateAsync("g", "other", 0, None));
        Assert.Equal(2, await Store.GrainStates.WriteStateAsync("g", "two", 1, None));
        Assert.Null(await Store.GrainStates.WriteStateAsync("g", "late", 1, None));
        Assert.Equal(new StoredState("two", 2), await Store.GrainStates.ReadStateAsync("g", None));
        Assert.Null(await Store.GrainStates.WriteStateAsync("h", "x", 5, None));
        Assert.False(await Store.GrainStates.ClearStateAsync("g", 1, None));
        Assert.True(await Store.GrainStates.ClearStateAsync("g", 2, None));
        Assert.False(await Store.GrainStates.ClearStateAsync("g", 2, None));
        Assert.Null(await Store.GrainStates.ReadStateAsync("g", None));
        Assert.Equal(1, await Store.GrainStates.WriteStateAsync("g", "again", 0, None));
    }

    private async Task<List<string>> ListAsync(string? under, DateTimeOffset? since, long? before, int limit) =>
        [.. (await Store.Alerts.ReadAlertsAsync(under, since, before, limit, None)).Select(a => a.Alert.CostCenter)];
}
