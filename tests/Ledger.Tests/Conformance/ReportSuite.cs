using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Lists, export, roll-ups and the check of balances against rows.</summary>
public abstract class ReportSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private static readonly UsageFilter All = new(null, null, null, null, null, null, null, null, null, [], null, false, 0, 100);

    [LedgerFact]
    public async Task CostCenters_ArePagedWithTheBalancesOfTheTenantsDate()
    {
        await CommitAsync(Row("1", "acme/x", 1), Row("2", "acme/y", 2, date: Today.AddDays(-1)), Row("3", "beta", 4), Row("4", "acme-z", 8));
        DateOnly Of(string tenant) => tenant == "beta" ? Today.AddDays(40) : Today;

        var all = await Store.CostCenters.ListCostCentersAsync(null, null, 10, Of, None);
        Assert.Equal(
            [("acme", 1L, 3L), ("acme-z", 8, 8), ("acme/x", 1, 1), ("acme/y", 0, 2), ("beta", 0, 0)],
            all.Select(c => (c.CostCenter, c.Day.Spent.Nanos, c.Month.Spent.Nanos)));
        Assert.Equal(["acme/x"], (await Store.CostCenters.ListCostCentersAsync("acme", "acme", 1, Of, None)).Select(c => c.CostCenter));
        var (children, count) = await Store.CostCenters.ListChildrenAsync("acme", 1, None);
        Assert.Equal(["acme/x"], children);
        Assert.Equal(2, count);
    }

    [LedgerFact]
    public async Task Usage_EveryFilter_FindsItsRows()
    {
        var a = Row("a", "acme/x", 10, "amy") with { Session = "s", RequestPath = "/p", Status = UsageStatus.Error, TagsJson = """{"a.b":"1","k":"v"}""" };
        var b = Row("b", "acme/y", 30, "bob", Today.AddDays(-1)) with { Model = "m", Provider = "q", RecordedAt = Now.AddSeconds(1) };
        var c = Row("c", "beta", 20, "amy") with { TagsJson = """{"k":"w"}""", RecordedAt = Now.AddSeconds(2) };
        await CommitAsync(a, b, c);

        await AssertFindsAsync(All, "c", "b", "a");
        await AssertFindsAsync(All with { ByCost = true }, "b", "c", "a");
        await AssertFindsAsync(All with { CostCenter = "acme" }, "b", "a");
        await AssertFindsAsync(All with { From = Today }, "c", "a");
        await AssertFindsAsync(All with { To = Today }, "b");
        await AssertFindsAsync(All with { User = "amy" }, "c", "a");
        await AssertFindsAsync(All with { Session = "s" }, "a");
        await AssertFindsAsync(All with { Model = "m", Provider = "q" }, "b");
        await AssertFindsAsync(All with { Status = UsageStatus.Error }, "a");
        await AssertFindsAsync(All with { RequestPath = "/p" }, "a");
        await AssertFindsAsync(All with { MinCost = new Money(20) }, "c", "b");
        await AssertFindsAsync(All with { Tags = [new("k", "v"), new("a.b", "1")] }, "a");
        await AssertFindsAsync(All with { Tags = [new("k", "w")] }, "c");
        await AssertFindsAsync(All with { Skip = 1, Limit = 1 }, "b");
    }

    [LedgerFact]
    public async Task Usage_RowsOfOneInstant_AreOrderedByTenantAndId()
    {
        await CommitAsync(Row("2", "acme", 1), Row("10", "acme", 1), Row("1", "beta", 1));

        await AssertFindsAsync(All, "1", "2", "10");
    }

    [LedgerFact]
    public async Task Export_OfARange_IsOrderedByTenantAndId()
    {
        await CommitAsync(
            Row("b", "acme/x", 1), Row("B", "acme", 2), Row("é", "acme", 3), Row("a", "beta", 4), Row("old", "acme", 5, date: Today.AddDays(-1)),
            Row("new", "acme", 6, date: Today.AddDays(1)));

        Assert.Equal(["B", "b", "é", "a"], await ExportAsync(null));
        Assert.Equal(["b"], await ExportAsync("acme/x"));
    }

    [LedgerFact]
    public async Task Export_IsOfOneSnapshot()
    {
        for (var batch = 0; batch < 4; batch++) await CommitAsync([.. Enumerable.Range(0, 500).Select(i => Row($"r{batch}-{i:000}", "acme", 1))]);
        var seen = 0;
        await foreach (var _ in Store.Usage.ExportUsageAsync(new UsageRange(Today, Today.AddDays(1)), null, None))
        {
            if (seen++ == 0) await CommitAsync(Row("zzz", "acme", 1));
        }

        Assert.Equal(2000, seen);
    }

    [LedgerFact]
    public async Task Export_LeftEarly_FreesItsConnection()
    {
        await CommitAsync([.. Enumerable.Range(0, 300).Select(i => Row($"r{i}", "acme", 1))]);
        for (var i = 0; i < 30; i++)
        {
            await foreach (var _ in Store.Usage.ExportUsageAsync(new UsageRange(Today, Today.AddDays(1)), null, None)) break;
        }

        Assert.Equal(300, (await NodeAsync("acme")).Days[0].Balance.Requests);
    }

    [LedgerFact]
    public async Task Models_FollowTheRowsExactlyOnce()
    {
        await CommitAsync(
            Row("1", "acme/x", 1), Row("2", "acme/x", 2, date: Today.AddDays(-1)), Row("3", "acme/y", 4) with { Model = "m2" }, Row("4", "acme", 8) with { Model = null },
            Row("5", "acme/x", 16, date: Today.AddDays(-30)));
        await CommitAsync(Correction("c", "acme", "2", -1));
        var added = new List<int>();
        while (added.Count == 0 || added[^1] > 0) added.Add(await Store.Housekeeping.RollUpAsync(4, None));
        Assert.Equal([4, 2, 0], added);

        var models = await Store.CostCenters.ReadModelsAsync("acme", Today, 10, None);
        Assert.Equal(
            [("", 8L, 8L, 1L), ("m2", 4, 4, 1), ("gpt-4.1", 1, 2, 2)],
            models.Select(m => (m.Model, m.SpentToday.Nanos, m.SpentMonth.Nanos, m.RequestsMonth)));
        Assert.Equal(["gpt-4.1"], (await Store.CostCenters.ReadModelsAsync("acme/x", Today, 10, None)).Select(m => m.Model));
        Assert.Single(await Store.CostCenters.ReadModelsAsync("acme", Today, 1, None));
    }

    [LedgerFact]
    public async Task MissingPrices_AreListedNewestFirst()
    {
        await CommitAsync(
            Row("1", "acme/x", 1) with { Flags = RowFlags.Unpriced, Model = "old" },
            Row("2", "acme/x", 1) with { Flags = RowFlags.Unpriced | RowFlags.Late, Model = "new", RecordedAt = Now.AddSeconds(1) },
            Row("3", "acme/y", 1) with { Flags = RowFlags.Unpriced, Model = "new", RecordedAt = Now.AddSeconds(2) }, Row("4", "acme/x", 1));

        Assert.Equal(
            [new MissingPrice("openai", "new", 2, Now.AddSeconds(2), new Money(2)), new MissingPrice("openai", "old", 1, Now, new Money(1))], await Store.Usage.ListMissingPricesAsync(null, 10, None));
        Assert.Equal(["new"], (await Store.Usage.ListMissingPricesAsync("acme/y", 10, None)).Select(m => m.Model));
    }

    [LedgerFact]
    public async Task Consistency_OfAnHonestLedger_CountsAllAndFindsNothing()
    {
        await PutAsync("acme", BudgetOf(1, LimitSet.None));
        await CommitAsync(Row("1", "acme/x", 1), Row("2", "acme/x", 0, date: Today.AddDays(-40)), Row("3", "beta", 2));

        var report = await Store.Consistency.CheckConsistencyAsync(null, None);

        Assert.Empty(report.Differences);
        Assert.Equal(3, report.RowsChecked);
        // acme and acme/x have two days in two months each, beta one, and acme's one user as many as acme.
        Assert.Equal(4 + 4 + 2 + 4, report.BalancesChecked);
        Assert.Equal(1, (await Store.Consistency.CheckConsistencyAsync("beta", None)).RowsChecked);
    }

    [LedgerFact]
    public async Task Consistency_OfManipulatedBalances_NamesEach()
    {
        await PutAsync("acme", BudgetOf(1, LimitSet.None));
        await CommitAsync(Row("1", "acme/x", 1), Row("2", "beta", 2));
        await Host.ExecuteAsync("update balances set spent = spent + 5 where cost_center = 'acme/x' and period = 1");
        await Host.ExecuteAsync("update balances set requests = 9 where cost_center = 'acme' and period = 3 and user_name = ''");
        await Host.ExecuteAsync("delete from balances where user_name = 'u-1' and period = 1");

        var report = await Store.Consistency.CheckConsistencyAsync(null, None);

        Assert.Equal(
            [
                new BalanceDifference("day", "acme/x", null, Today, new Money(6), new Money(1), 1, 1),
                new BalanceDifference("month", "acme", null, Today.AddDays(-20), new Money(1), new Money(1), 9, 1),
                new BalanceDifference("user_day", "acme", "u-1", Today, Money.Zero, new Money(1), 0, 1),
            ],
            report.Differences);
        Assert.Single((await Store.Consistency.CheckConsistencyAsync("acme/x", None)).Differences);
        Assert.Empty((await Store.Consistency.CheckConsistencyAsync("beta", None)).Differences);
    }

    /// <summary>Of one instant are several; what is passed over and what is shown come to the whole, each once.</summary>
    [LedgerFact]
    public async Task Usage_InPages_IsNewestOrDearestFirst_EachOnce()
    {
        const int seed = 20_261_130;
        var random = new Random(seed);
        string[] places = ["acme", "acme/x", "acme/x/y", "acme/x-2", "beta/x"];
        var rows = Enumerable.Range(0, 400)
            .Select(i => Row($"r{i:000}", places[random.Next(places.Length)], random.Next(20), user: $"u-{random.Next(3)}", date: Today.AddDays(-random.Next(3))) with { RecordedAt = Now.AddSeconds(random.Next(40)) })
            .ToList();
        foreach (var chunk in rows.Chunk(50)) await CommitAsync(chunk);
        foreach (var filter in (UsageFilter[])
                 [All, All with { CostCenter = "acme/x" }, All with { CostCenter = "acme/x", User = "u-1" }, All with { CostCenter = "acme", From = Today.AddDays(-1), To = Today }])
        {
            var those = rows.Where(r => (filter.CostCenter is null || CostCenterId.IsWithin(r.CostCenter, filter.CostCenter)) && (filter.User ?? r.User) == r.User && (filter.To is null || r.BookedDate == Today.AddDays(-1)));
            foreach (var byCost in (bool[])[false, true])
            {
                var read = new List<UsageRow>();
                for (var skip = 0; skip < 420; skip += 30) read.AddRange(await Store.Usage.ReadUsageAsync(filter with { ByCost = byCost, Skip = skip, Limit = 30 }, None));
                var wanted = those.Select(r => (byCost ? r.Cost.Nanos : 0, r.RecordedAt)).OrderDescending();
                Assert.Equal(wanted, read.Select(r => (byCost ? r.Cost.Nanos : 0, r.RecordedAt)));
                Assert.Equal(those.Select(r => r.RequestId), read.Select(r => r.RequestId).Order(StringComparer.Ordinal));
            }
        }
    }

    private async Task AssertFindsAsync(UsageFilter filter, params string[] ids) =>
        Assert.Equal(ids, (await Store.Usage.ReadUsageAsync(filter, None)).Select(r => r.RequestId));

    private async Task<List<string>> ExportAsync(string? under)
    {
        var ids = new List<string>();
        await foreach (var row in Store.Usage.ExportUsageAsync(new UsageRange(Today, Today.AddDays(1)), under, None)) ids.Add(row.RequestId);
        return ids;
    }
}
