using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Retention deletes rows and never an amount: what is left per cost center and date adds up to the same balances.</summary>
public abstract class RetentionSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private static readonly DateOnly Old = Today.AddDays(-100);

    [LedgerFact]
    public async Task Retain_OldRows_LeavesOneRowWithTheirSums()
    {
        await CommitAsync(
            OldRow("1", "acme/x", 1) with { InputTokens = 10 }, OldRow("2", "acme/x", 2) with { InputTokens = 5, OutputTokens = 7 }, OldRow("3", "acme/x", 4) with { Final = false },
            OldRow("4", "acme/y", 8), Row("5", "acme/x", 16));

        Assert.Equal(4, await RetainAllAsync(limit: 3));

        var rows = await ReadAllAsync();
        Assert.Equal(["5", "retained:acme/x:2026-08-13", "retained:acme/y:2026-08-13"], rows.Select(r => r.RequestId));
        var kept = rows.Single(r => r.Kind == RowKind.Retained && r.CostCenter == "acme/x");
        Assert.Equal((7L, 2L, 15L, 7L, null), (kept.Cost.Nanos, kept.Requests, kept.InputTokens, kept.OutputTokens, kept.ReasoningTokens));
        Assert.Equal(Old, kept.BookedDate);
        await AssertConsistentAsync();
        Assert.Equal(15, (await NodeAsync("acme")).Days[0].Balance.Spent.Nanos);
    }

    [LedgerFact]
    public async Task Retain_InSeveralSteps_AddsToTheSameRow()
    {
        for (var i = 0; i < 5; i++)
        {
            await CommitAsync(OldRow($"r{i}", "acme/x", 1));
            await RetainAllAsync(limit: 1);
        }

        Assert.Equal((5L, 5L), (Assert.Single(await ReadAllAsync()).Cost.Nanos, (await ReadAllAsync())[0].Requests));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Retain_RowsOfWhichOneTimeIsYoung_Stay()
    {
        await CommitAsync(OldRow("a", "acme", 1) with { RecordedAt = Now }, OldRow("b", "acme", 1) with { Timestamp = Now });

        Assert.Equal(0, await RetainAllAsync());
        Assert.Equal(2, (await ReadAllAsync()).Count);
    }

    [LedgerFact]
    public async Task Retain_ACorrection_GoesOnlyAfterItsOriginal()
    {
        await CommitAsync(OldRow("young", "acme", 10) with { Timestamp = Now }, OldRow("old", "acme", 10));
        await CommitAsync(OldCorrection("c1", "young", -4), OldCorrection("c2", "old", -6));

        Assert.Equal(2, await RetainAllAsync());

        Assert.Equal(["c1", "young"], (await ReadAllAsync()).Where(r => r.Kind != RowKind.Retained).Select(r => r.RequestId).Order());
        Assert.Equal(4, (await ReadAllAsync()).Single(r => r.Kind == RowKind.Retained).Cost.Nanos);
        var result = await CommitAsync(Correction("c3", "acme", "young", -7), Correction("c4", "acme", "old", -1));
        Assert.Equal([RecordOutcome.CorrectionTooLarge, RecordOutcome.UnknownOriginal], result.Records.Select(r => r.Outcome));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Retain_KeepsRollUpsAndUserBalancesTrue()
    {
        await PutAsync("acme", BudgetOf(1, LimitSet.None));
        await CommitAsync(OldRow("1", "acme/x", 1), OldRow("2", "acme/x", 2), Row("3", "acme/x", 4));
        await RetainAllAsync();
        await RollUpAllAsync(100);

        Assert.Equal(3, Assert.Single(await Store.CostCenters.ReadModelsAsync("acme", Old, 10, None)).SpentMonth.Nanos);
        Assert.Equal(4, Assert.Single(await Store.CostCenters.ReadModelsAsync("acme", Today, 10, None)).SpentMonth.Nanos);
        Assert.Equal([3L, 4L], (await Store.Nodes.ReadUserAsync("acme", "u-1", DateOnly.MinValue, None)).Days.Select(d => d.Balance.Spent.Nanos));
        await CommitAsync(Row("4", "acme/x", 8, date: Old));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Retain_AnIdThatLooksLikeARetainedRow_IsNoObstacle()
    {
        await CommitAsync(Row($"retained:acme:{Old:yyyy-MM-dd}", "acme", 1), OldRow("x", "acme", 2));

        Assert.Equal(1, await RetainAllAsync());

        Assert.Equal([1L, 2L], (await ReadAllAsync()).Select(r => r.Cost.Nanos).Order());
        Assert.Equal(1, (await Store.Lookup.ReadRecordAsync("acme", $"retained:acme:{Old:yyyy-MM-dd}", None))!.Cost.Nanos);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Retain_FreesTheId()
    {
        await CommitAsync(OldRow("x", "acme", 2));
        await RetainAllAsync();

        Assert.Equal(RecordOutcome.Recorded, (await CommitAsync(Row("x", "acme", 3))).Records[0].Outcome);
        await RollUpAllAsync(100);

        Assert.Equal(3, Assert.Single(await Store.CostCenters.ReadModelsAsync("acme", Today, 10, None)).SpentMonth.Nanos);
    }

    private static UsageRow OldRow(string id, string path, long cost) =>
        Row(id, path, cost, date: Old) with { RecordedAt = Now.AddDays(-100), Timestamp = Now.AddDays(-100) };

    private static UsageRow OldCorrection(string id, string corrects, long amount) =>
        Correction(id, "acme", corrects, amount) with { RecordedAt = Now.AddDays(-100), Timestamp = Now.AddDays(-100) };

    private async Task<int> RetainAllAsync(int limit = 100)
    {
        var deleted = 0;
        while (true)
        {
            var step = await Store.Housekeeping.RetainAsync(Now.AddDays(-90), limit, None);
            Assert.InRange(step, 0, limit);
            if (step == 0) return deleted;
            deleted += step;
        }
    }

    private async Task<List<UsageRow>> ReadAllAsync()
    {
        var rows = new List<UsageRow>();
        await foreach (var row in Store.Usage.ExportUsageAsync(UsageRange.All, null, None)) rows.Add(row);
        return rows;
    }
}
