using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Reports from balances and roll-ups: each comes to the balance, to the nano-unit.</summary>
public abstract class UsageReportSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private static readonly ReportRange Month = new("acme", new DateOnly(2026, 11, 1), new DateOnly(2026, 12, 1));
    private static readonly ReportRange Days = new("acme", new DateOnly(2026, 11, 18), new DateOnly(2026, 11, 22));

    [LedgerFact]
    public async Task Reports_OfRandomUsage_ComeToTheBalances()
    {
        var rows = await RandomAsync(seed: 20_261_128);
        foreach (var range in (ReportRange[])[Month, Days, Days with { CostCenter = "acme/b" }, Month with { CostCenter = null }, Days with { CostCenter = null }])
        {
            var here = rows.Where(r => (range.CostCenter is null || r.CostCenter == range.CostCenter || r.CostCenter.StartsWith(range.CostCenter + "/", StringComparison.Ordinal)) && r.BookedDate >= range.From && r.BookedDate < range.To).ToList();
            var total = here.Aggregate(0L, (sum, r) => sum + r.Cost.Nanos);
            Assert.NotEqual(0, total);
            foreach (var dimension in (UsageDimension[])[UsageDimension.All, UsageDimension.Model, UsageDimension.Provider, UsageDimension.User])
            {
                var names = await Store.Reports.ReadNamesAsync(range, dimension, null, null, 3, None);
                Assert.Equal((total, 0L), (names.Total.Spent.Nanos, names.Unattributed.Nanos));
                Assert.Equal(total, names.Items.Sum(i => i.Usage.Spent.Nanos) + names.Other.Spent.Nanos);
                Assert.Equal(names.Total.Requests, names.Items.Sum(i => i.Usage.Requests) + names.Other.Requests);
            }

            var users = here.GroupBy(r => r.User).Select(g => (Name: g.Key, Spent: g.Sum(r => r.Cost.Nanos))).OrderByDescending(u => u.Spent).ThenBy(u => u.Name, StringComparer.Ordinal).ToList();
            Assert.Equal(users.Take(4), (await Store.Reports.ReadNamesAsync(range, UsageDimension.User, null, null, 4, None)).Items.Select(i => (i.Name, i.Usage.Spent.Nanos)));
            Assert.Equal(users[^1], (await Store.Reports.ReadNamesAsync(range, UsageDimension.User, null, users[^1].Name, 4, None)).Items.Select(i => (i.Name, i.Usage.Spent.Nanos)).Single());
            var days = await Store.Reports.ReadDaysAsync(range, None);
            Assert.Equal(here.GroupBy(r => r.BookedDate).OrderBy(g => g.Key).Select(g => (g.Key, g.Sum(r => r.Cost.Nanos))), days.Select(d => (d.Date, d.Spent.Nanos)));
            Assert.All(days, d => Assert.Equal((d.Spent, d.Requests), (d.Usage.Spent, d.Usage.Requests)));
            var centers = await Store.Reports.ReadCostCentersAsync(range, 2, null, 100, None);
            Assert.Equal((total, total), (centers.Total.Spent.Nanos, centers.Total.Usage.Spent.Nanos));
            Assert.All(centers.Items, c => Assert.Equal((c.Spent, c.Requests), (c.Usage.Spent, c.Usage.Requests)));
            Assert.Equal(total, centers.Items.Sum(c => c.Spent.Nanos) + here.Where(r => !r.CostCenter.Contains('/')).Sum(r => r.Cost.Nanos));
        }
    }

    [LedgerFact]
    public async Task Names_AreDearestFirst_WithTokensFailuresAndLatencies()
    {
        await CommitAsync(
            Row("1", "acme/x", 5) with { InputTokens = 10, CachedInputTokens = 4, OutputTokens = 3, LatencyMicros = 1_000_000 },
            Row("2", "acme/x", 7) with { Model = "m2", Status = UsageStatus.Timeout, OutputTokens = 1, LatencyMicros = 3_000_000 },
            Row("3", "acme/y", 1) with { Model = "m2", Status = UsageStatus.Success, Final = false });
        await CommitAsync(Correction("c", "acme", "2", -2));
        await RollUpAllAsync(2);

        var models = await Store.Reports.ReadNamesAsync(Month, UsageDimension.Model, null, null, 10, None);

        Assert.Equal(["m2", "gpt-4.1"], models.Items.Select(i => i.Name));
        var m2 = models.Items[0].Usage;
        Assert.Equal((6L, 5L, 1L, 1L, 1L), (m2.Spent.Nanos, m2.SpentOnFailures.Nanos, m2.Requests, m2.FailedRequests, m2.OutputTokens));
        Assert.Equal((1L, 3_000_000L), (m2.Latencies, m2.LatencyMicros));
        Assert.InRange(m2.Histogram!.Percentile(95)!.Value, 2_904_000, 3_096_000);
        Assert.Equal((10L, 4L, 3L), (models.Items[1].Usage.InputTokens, models.Items[1].Usage.CachedInputTokens, models.Items[1].Usage.OutputTokens));
        Assert.Equal("m2", Assert.Single((await Store.Reports.ReadNamesAsync(Month, UsageDimension.Model, null, "m2", 10, None)).Items).Name);
    }

    [LedgerFact]
    public async Task Percentiles_OfManyDaysAndSteps_AreWithinTheirBound()
    {
        var random = new Random(7);
        var latencies = Enumerable.Range(0, 900).Select(_ => (long)Math.Exp(random.NextDouble() * 12 + 3)).ToList();
        await CommitAsync([.. latencies.Select((l, i) => Row($"r{i}", i % 2 == 0 ? "acme/x" : "acme/y", 1, date: Today.AddDays(-i % 5)) with { LatencyMicros = l })]);
        await RollUpAllAsync(70);
        latencies.Sort();

        var all = (await Store.Reports.ReadNamesAsync(Month, UsageDimension.All, null, null, 1, None)).Items[0].Usage.Histogram!;

        Assert.Equal(900, all.Count);
        foreach (var percent in (int[])[50, 95, 99])
        {
            var exact = latencies[(900 * percent + 99) / 100 - 1];
            Assert.InRange(all.Percentile(percent)!.Value, exact * 0.968, exact * 1.032);
        }
    }

    /// <summary>No balance passes 64 bits; those of many months together do, and so do tokens.</summary>
    [LedgerFact]
    public async Task Sums_BeyondSixtyFourBits_AreTheLargest()
    {
        const long huge = long.MaxValue / 2 + 1;
        var date = new DateOnly(2026, 9, 5);
        for (var month = 0; month < 3; month++) await CommitAsync(Row($"r{month}", "acme/x", huge, date: date.AddMonths(month)) with { InputTokens = huge });
        await CommitAsync(Row("more-tokens", "acme/x", 1, date: date.AddMonths(2)) with { InputTokens = huge }, Row("day-before", "acme/x", 1, date: date.AddMonths(2).AddDays(-1)));
        await RollUpAllAsync(1);

        foreach (var range in (ReportRange[])[Month with { From = new DateOnly(2026, 9, 1) }, Month with { From = new DateOnly(2026, 9, 2) }])
        {
            var models = await Store.Reports.ReadNamesAsync(range, UsageDimension.Model, null, null, 10, None);
            Assert.Equal((Money.MaxValue, Money.Zero), (models.Total.Spent, models.Unattributed));
            Assert.Equal((Money.MaxValue, long.MaxValue), (models.Items[0].Usage.Spent, models.Items[0].Usage.InputTokens));
            Assert.Equal(Money.MaxValue, Assert.Single((await Store.Reports.ReadCostCentersAsync(range, 2, null, 10, None)).Items).Spent);
        }

        Assert.Equal(long.MaxValue, (await Store.Reports.ReadDaysAsync(Month, None))[^1].Usage.InputTokens);
        Assert.Equal(date.AddMonths(2), Assert.Single(await Store.Reports.ReadSpikesAsync(Month, 2, 500, 10, None)).Date);
        Assert.Equal(4, (await Store.Charges.ReadChargesAsync(UsageRange.All, null, null, 10, None)).Count);
    }

    [LedgerFact]
    public async Task Tags_ThatAreSet_AreToldApart()
    {
        await CommitAsync(
            Row("1", "acme/x", 5) with { TagsJson = """{"feature":"a=b","other":"x"}""" }, Row("2", "acme/x", 7) with { TagsJson = """{"feature":"search"}""" }, Row("3", "acme", 1));
        await CommitAsync(Correction("c", "acme", "2", -2));
        await RollUpAllAsync(10);

        var tags = await Store.Reports.ReadNamesAsync(Month, UsageDimension.Tag, "feature", null, 10, None);
        Assert.Equal([("a=b", 5L), ("search", 5L)], tags.Items.Select(i => (i.Name, i.Usage.Spent.Nanos)));
        Assert.Equal((11L, 1L), (tags.Total.Spent.Nanos, tags.Unattributed.Nanos));
        Assert.Empty((await Store.Reports.ReadNamesAsync(Month, UsageDimension.Tag, "other", null, 10, None)).Items);
    }

    [LedgerFact]
    public async Task Names_BeyondTheirRoom_GoToTheRest_AndLoseNothing()
    {
        const int extra = 20;
        await CommitAsync([.. Enumerable.Range(0, UsageDays.MaxNames + extra).Select(i => Row($"r{i:0000}", "acme", 3, user: $"user-{i:0000}") with { LatencyMicros = 5, Model = $"model-{i:0000}" })]);
        await CommitAsync(Row("again", "acme", 4, user: "user-0000"), Row("late", "acme", 8, user: "user-0519"), Row("other-day", "acme", 16, user: "user-0519", date: Today.AddDays(-1)));
        await RollUpAllAsync(100);

        var users = await Store.Reports.ReadNamesAsync(Month, UsageDimension.User, null, null, 10_000, None);
        Assert.Equal(UsageDays.MaxNames + 1, users.Items.Count);
        Assert.Equal(7, users.Items.Single(i => i.Name == "user-0000").Usage.Spent.Nanos);
        Assert.Equal(16, users.Items.Single(i => i.Name == "user-0519").Usage.Spent.Nanos);
        Assert.Equal(extra * 3 + 8, users.Other.Spent.Nanos);
        Assert.Equal(0, users.Unattributed.Nanos);
        Assert.Equal(UsageDays.MaxNames, await Host.NumberAsync("select count(*) from usage_days where dimension = 1 and cost_center = 'acme' and name like 'model-%'"));
    }

    /// <summary>They come as lists, which are JSON on SQLite.</summary>
    [LedgerFact]
    public async Task Users_OfAllTenants_HaveTheNamesThatTheyHave()
    {
        string[] names = ["\"quoted\"", "back\\slash", "é", "😀", "a,b]", "", "a\nb", new('ü', 256)];
        await CommitAsync([.. names.SelectMany((n, i) => new[] { Row($"a{i}", "acme/x", 10 + i, user: n), Row($"b{i}", "beta", 100, user: n, date: Today.AddDays(-1)) })]);
        await RollUpAllAsync(100);

        foreach (var limit in (int[])[3, 100])
        {
            var users = await Store.Reports.ReadNamesAsync(Month with { CostCenter = null }, UsageDimension.User, null, null, limit, None);
            Assert.Equal(names.Reverse().Take(limit), users.Items.Select(i => i.Name));
            Assert.Equal(names.Select((_, i) => 110L + i).Reverse().Take(limit), users.Items.Select(i => i.Usage.Spent.Nanos));
            Assert.Equal(users.Total.Spent, users.Other.Spent + new Money(users.Items.Sum(i => i.Usage.Spent.Nanos)));
        }
    }

    [LedgerFact]
    public async Task RowsNotYetRolledUp_AreSaidToBeUnattributed()
    {
        await CommitAsync(Row("1", "acme/x", 5));
        await RollUpAllAsync(10);
        await CommitAsync(Row("2", "acme/x", 7));

        var models = await Store.Reports.ReadNamesAsync(Month, UsageDimension.Model, null, null, 10, None);
        Assert.Equal((12L, 7L, 5L), (models.Total.Spent.Nanos, models.Unattributed.Nanos, models.Items[0].Usage.Spent.Nanos));
    }

    [LedgerFact]
    public async Task Reports_AfterRetention_AreAsBefore()
    {
        await RandomAsync(seed: 5);
        var before = await Store.Reports.ReadNamesAsync(Month, UsageDimension.User, null, null, 100, None);
        while (await Store.Housekeeping.RetainAsync(Now.AddDays(1), 1_000, None) > 0)
        {
        }

        var after = await Store.Reports.ReadNamesAsync(Month, UsageDimension.User, null, null, 100, None);
        Assert.Equal(0, await Host.NumberAsync("select count(*) from usage where kind <> 2"));
        Assert.Equal((before.Total.Spent, before.Unattributed), (after.Total.Spent, after.Unattributed));
        Assert.Equal(before.Items, after.Items);
    }

    [LedgerFact]
    public async Task Spikes_AreDaysAboveTheDayBefore()
    {
        await CommitAsync(
            Row("1", "acme/x", 100, date: Today.AddDays(-2)), Row("2", "acme/x", 150, date: Today.AddDays(-1)), Row("3", "acme/x", 226), Row("4", "acme/y", 9), Row("5", "acme/z", 1, date: Today.AddDays(-3)),
            Row("6", "acme/z", 90, date: Today.AddDays(-2)));
        await RollUpAllAsync(10);

        Assert.Equal([new SpendSpike("acme/x", Today, new Money(226), new Money(150)), new SpendSpike("acme/z", Today.AddDays(-2), new Money(90), new Money(1))], await Store.Reports.ReadSpikesAsync(Days, 2, 500, 10, None));
        Assert.Equal(3, (await Store.Reports.ReadSpikesAsync(Days, 2, 499, 10, None)).Count);
        Assert.Single(await Store.Reports.ReadSpikesAsync(Days, 2, 500, 1, None));
    }

    [LedgerFact]
    public async Task CostCenters_ArePagedDearestFirst()
    {
        await CommitAsync(Row("1", "acme/a", 5), Row("2", "acme/b/x", 9), Row("3", "acme/c", 1), Row("4", "acme/d", 7, date: new DateOnly(2026, 10, 3)), Row("5", "beta/z", 50));
        await RollUpAllAsync(10);

        var first = await Store.Reports.ReadCostCentersAsync(Month, 2, null, 2, None);
        Assert.Equal([("acme/b", 9L), ("acme/a", 5)], first.Items.Select(i => (i.CostCenter, i.Spent.Nanos)));
        Assert.Equal(15, first.Total.Spent.Nanos);
        Assert.Equal(["acme/c"], (await Store.Reports.ReadCostCentersAsync(Month, 2, new SpendPosition(first.Items[1].Spent, first.Items[1].CostCenter), 2, None)).Items.Select(i => i.CostCenter));
        Assert.Equal(["beta", "acme"], (await Store.Reports.ReadCostCentersAsync(Month with { CostCenter = null }, 1, null, 5, None)).Items.Select(i => i.CostCenter));
    }

    [LedgerFact]
    public async Task Charges_InPortions_ComeToTheRows()
    {
        var rows = await RandomAsync(seed: 10);
        var (charges, last) = (new List<ChargeSum>(), (ChargeSum?)null);
        while (await Store.Charges.ReadChargesAsync(new UsageRange(Month.From, Month.To), Month.CostCenter, last, 3, None) is { Count: > 0 } page)
        {
            charges.AddRange(page);
            last = page[^1];
        }

        Assert.Equal(rows.Where(r => r.Tenant == "acme" && r.BookedDate >= Month.From).Sum(r => r.Cost.Nanos), charges.Sum(c => c.Usage.Spent.Nanos));
        Assert.Equal(charges.Count, charges.Select(c => (c.CostCenter, c.Date, c.Provider, c.Model, c.Kind)).Distinct().Count());
        Assert.Contains(charges, c => c.Kind == RowKind.Correction);
    }

    [LedgerFact]
    public async Task Warehouse_GetsTheSameBatch_UntilItIsConfirmed_AndEveryRowOnce()
    {
        await CommitAsync(Row("1", "acme/x", 1), Row("2", "acme/x", 2), Row("3", "acme/x", 3));
        var first = (await Store.Warehouse.NextAsync(2, None))!;
        await CommitAsync(Row("4", "acme/y", 4), Correction("c", "acme", "1", -1));

        var again = (await Store.Warehouse.NextAsync(50, None))!;
        Assert.Equal((1L, 1L), (first.Number, again.Number));
        Assert.Equal(first.Rows, again.Rows);
        await Store.Warehouse.ConfirmAsync(first.Number, None);
        await Store.Warehouse.ConfirmAsync(first.Number, None);
        var second = (await Store.Warehouse.NextAsync(50, None))!;
        await Store.Warehouse.ConfirmAsync(1, None);
        Assert.Equal(second.Rows, (await Store.Warehouse.NextAsync(1, None))!.Rows);
        await Store.Warehouse.ConfirmAsync(second.Number, None);
        Assert.Null(await Store.Warehouse.NextAsync(50, None));
        Assert.Equal(["1", "2", "3", "4", "c"], first.Rows.Concat(second.Rows).Select(r => r.RequestId).Order(StringComparer.Ordinal));
        Assert.Equal((2, 2L), (first.Rows.Count, second.Number));
    }

    /// <summary>Rows of many kinds on many dates, with corrections, rolled up in small steps while they come.</summary>
    private async Task<List<UsageRow>> RandomAsync(int seed)
    {
        var random = new Random(seed);
        string[] centers = ["acme", "acme/a", "acme/b", "acme/b/x", "acme/b/y", "beta", "beta/q"];
        var stored = new List<UsageRow>();
        for (var batch = 0; batch < 12; batch++)
        {
            var rows = Enumerable.Range(0, 60).Select(i => Row($"r{batch}-{i}", centers[random.Next(centers.Length)], random.Next(1, 1_000_000), $"u-{random.Next(9)}", Today.AddDays(-random.Next(28))) with
            {
                Model = random.Next(6) is var m && m == 0 ? null : $"model-{m}", Provider = random.Next(2) == 0 ? null : "openai", Status = (UsageStatus)random.Next(4), Final = random.Next(5) > 0,
                InputTokens = random.Next(1_000), OutputTokens = random.Next(100), LatencyMicros = random.Next(2) == 0 ? null : random.Next(10_000_000), Flags = RowFlags.Late,
            }).ToArray();
            await CommitAsync(rows);
            stored.AddRange(rows);
            var original = rows[random.Next(rows.Length)];
            var amount = -random.Next(1, (int)original.Cost.Nanos);
            await CommitAsync(Correction($"c{batch}", CostCenterOf(original), original.RequestId, amount));
            stored.Add(original with { RequestId = $"c{batch}", Kind = RowKind.Correction, Cost = new Money(amount) });
            if (batch % 3 == 2) await RollUpAllAsync(random.Next(1, 50));
        }

        await RollUpAllAsync(33);
        return stored;
    }

    private static string CostCenterOf(UsageRow row) => row.Tenant;
}
