using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Reports;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Lists of spend are what the rows come to: while they are filled in, when they follow, and when they are read from their parts.</summary>
public abstract class SpendListSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    /// <summary>More than twice what a part holds, so that parts are split in their middle and at their end.</summary>
    private const int Centers = SpendLists.MaxEntries * 5 / 2;

    private static readonly DateOnly _first = new(Today.Year, Today.Month, 1);

    private readonly List<UsageRow> _rows = [];

    [LedgerFact]
    public async Task Lists_OfManyCostCenters_AreWhatTheirRowsComeTo_HoweverTheyCame()
    {
        var random = new Random(20_261_130);
        // Some before there are lists, as in a ledger of the version before, some while they are filled in, some after.
        await AddAsync(random, 400);
        await RollUpAllAsync(1_000);
        await Host.ExecuteAsync("delete from spend_lists");
        await Host.ExecuteAsync("insert into spend_list_fills (under, after_path) values ('', '')");
        await AssertListsAsync();
        for (var i = 0; i < 3; i++) Assert.Equal(1_000, await Store.Housekeeping.RollUpAsync(1_000, None));
        await AddAsync(random, 200);
        await AssertListsAsync();
        Assert.Equal(1, await Host.NumberAsync("select count(*) from spend_list_fills where after_path > 'acme/team-0'"));
        await RollUpAllAsync(90);
        Assert.Equal(0, await Host.NumberAsync("select count(*) from spend_list_fills"));
        await AssertListsAsync();
        for (var i = 0; i < 4; i++)
        {
            await AddAsync(random, 100);
            await RollUpAllAsync(37);
            await AssertListsAsync();
        }

        Assert.InRange(await Host.NumberAsync("select count(*) from spend_lists where depth = 2 and period = 3"), 3, 12);
    }

    /// <summary>A store that is never at rest: each look of the roll-up finds new rows.</summary>
    [LedgerFact]
    public async Task Fill_WhileRowsComeWithoutEnd_ComesToItsEnd()
    {
        await AddAsync(new Random(5), 300);
        await RollUpAllAsync(1_000);
        await Host.ExecuteAsync("delete from spend_lists");
        await Host.ExecuteAsync("insert into spend_list_fills (under, after_path) values ('', '')");
        var steps = 0;
        for (; await Host.NumberAsync("select count(*) from spend_list_fills") > 0; steps++)
        {
            Assert.InRange(steps, 0, 100);
            await AddAsync(new Random(steps), 1);
            await Host.SettleAsync();
            await Store.Housekeeping.RollUpAsync(1_000, None);
        }

        Assert.True(steps > 5, $"{steps} steps");
        await RollUpAllAsync(1_000);
        await AssertListsAsync();
    }

    [LedgerFact]
    public async Task ManyPartsOfTheTree_ThatWaitForTheirLists_AreLookedUp()
    {
        await AddAsync(Row("1", "acme/x", 7), Row("2", "acme/y", 5), Row("3", "beta/z", 3));
        await RollUpAllAsync(10);
        for (var i = 0; i < 150; i++) await Host.ExecuteAsync($"insert into spend_list_fills (under, after_path) values ('acme/x{i}', '')");

        Assert.Equal([("acme/x", 7L), ("acme/y", 5)], (await Store.Reports.ReadCostCentersAsync(Whole("acme"), 2, null, 10, None)).Items.Select(c => (c.CostCenter, c.Spent.Nanos)));
    }

    [LedgerFact]
    public async Task WhatIsTakenBack_LeavesTheList_AndWhatCostNothingStays()
    {
        await RollUpAllAsync(10);
        await AddAsync(Row("1", "acme/x", 7), Row("2", "acme/y", 5), Row("3", "acme/free", 0));
        await RollUpAllAsync(10);
        var correction = Correction("c", "acme", "1", -7);
        await CommitAsync(correction);
        await RollUpAllAsync(10);

        var centers = await Store.Reports.ReadCostCentersAsync(Whole("acme"), 2, null, 10, None);

        // The request was made, so it is told, with the one that cost nothing.
        Assert.Equal([("acme/y", 5L, 1L), ("acme/free", 0, 1), ("acme/x", 0, 1)], centers.Items.Select(c => (c.CostCenter, c.Spent.Nanos, c.Requests)));
    }

    [LedgerFact]
    public async Task Pages_GoOn_WhereThePageBeforeEnded()
    {
        await AddAsync([.. Enumerable.Range(0, Centers).Select(i => Row($"r{i}", $"acme/team-{i:000}", 1 + i % 7))]);
        await RollUpAllAsync(100);
        var (read, after) = (new List<string>(), (SpendPosition?)null);
        while (await Store.Reports.ReadCostCentersAsync(Whole("acme"), 2, after, 60, None) is { Items: { Count: > 0 } items })
        {
            read.AddRange(items.Select(i => i.CostCenter));
            after = new SpendPosition(items[^1].Spent, items[^1].CostCenter);
        }

        Assert.Equal(Enumerable.Range(0, Centers).OrderByDescending(i => i % 7).ThenBy(i => i).Select(i => $"acme/team-{i:000}"), read);
    }

    private Task AddAsync(Random random, int count) => AddAsync(
    [
        .. Enumerable.Range(0, count).Select(_ =>
        {
            var path = random.Next(10) switch { 0 => $"acme/team-{random.Next(Centers):000}/deep", 1 => $"beta/team-{random.Next(5)}", _ => $"acme/team-{random.Next(Centers):000}" };
            return Row($"r{_rows.Count}-{random.Next()}", path, random.Next(1, 1_000_000), date: Today.AddDays(-random.Next(75)));
        }),
    ]);

    private async Task AddAsync(params UsageRow[] rows)
    {
        foreach (var part in rows.Chunk(100)) await CommitAsync(part);
        _rows.AddRange(rows);
    }

    private async Task AssertListsAsync()
    {
        foreach (var range in (ReportRange[])[Whole(null), Whole("acme"), Whole("acme/team-01"), new("acme", Today, Today.AddDays(1)), new("acme", Today.AddDays(-6), Today.AddDays(1)), new(null, Today.AddDays(-66), Today.AddDays(-9))])
        {
            foreach (var depth in (int[])[1, 2, 3])
            {
                var expected = Expected(range, depth, _rows.Where(r => r.BookedDate >= range.From && r.BookedDate < range.To)).Select(e => (e.Path, e.Spent)).OrderByDescending(e => e.Spent).ThenBy(e => e.Path, StringComparer.Ordinal);
                // What came since the last roll-up is in no list: but whoever is shown is shown with all that was spent.
                Assert.Equal(expected, (await Store.Reports.ReadCostCentersAsync(range, depth, null, 1_000, None)).Items.Select(c => (c.CostCenter, c.Spent.Nanos)));
                Assert.Equal(ExpectedSpikes(range, depth), await Store.Reports.ReadSpikesAsync(range, depth, 500, 30, None));
            }
        }
    }

    private static IEnumerable<(string Path, long Spent)> Expected(ReportRange range, int depth, IEnumerable<UsageRow> rows) =>
        rows.Where(r => r.CostCenter.Split('/').Length >= depth).GroupBy(r => string.Join('/', r.CostCenter.Split('/').Take(depth)))
            .Where(g => range.CostCenter is null || g.Key == range.CostCenter || g.Key.StartsWith(range.CostCenter + "/", StringComparison.Ordinal)).Select(g => (g.Key, g.Sum(r => r.Cost.Nanos)));

    private List<SpendSpike> ExpectedSpikes(ReportRange range, int depth)
    {
        var days = Enumerable.Range(-1, range.To.DayNumber - range.From.DayNumber + 1).ToDictionary(i => range.From.AddDays(i), i => Expected(range, depth, _rows.Where(r => r.BookedDate == range.From.AddDays(i))).ToDictionary(e => e.Path, e => e.Spent));
        return [.. days.Keys.Where(d => d >= range.From).SelectMany(d => days[d].Select(e => new SpendSpike(e.Key, d, new Money(e.Value), new Money(days[d.AddDays(-1)].GetValueOrDefault(e.Key)))))
            .Where(s => s.DayBefore.Nanos > 0 && (s.Spent - s.DayBefore).Nanos * 1000 > s.DayBefore.Nanos * 500)
            .OrderByDescending(s => s.Date).ThenByDescending(s => s.Spent.Nanos - s.DayBefore.Nanos).ThenBy(s => s.CostCenter, StringComparer.Ordinal).Take(30)];
    }

    private static ReportRange Whole(string? costCenter) => new(costCenter, _first.AddMonths(-3), _first.AddMonths(1));
}
