using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Semantics, section 4: a correction is a row of its own, on its original's path, user and date, and never brings the net cost below zero.</summary>
public abstract class CorrectionSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    [LedgerFact]
    public async Task Correction_IsBookedOnItsOriginalsPathUserDateAndModel()
    {
        await PutAsync("acme/eng", BudgetOf(1, LimitSet.None));
        await CommitAsync(Row("r", "acme/eng", 100, "amy", Today.AddDays(-3)));

        var result = await CommitAsync(Correction("c", "acme/other", "r", -40) with { Model = null });

        Assert.Equal(RecordOutcome.Recorded, result.Records[0].Outcome);
        Assert.Equal(["acme", "acme/eng", "acme/eng"], result.Balances.Select(b => b.CostCenter));
        Assert.Equal([null, null, "amy"], result.Balances.Select(b => b.User));
        Assert.All(result.Balances, b => Assert.Equal(new Balance(new Money(60), 1, 2), b.Day));
        var stored = await Store.Lookup.ReadRecordAsync("acme", "c", None);
        Assert.Equal(
            ("acme/eng", "amy", Today.AddDays(-3), "gpt-4.1", "r", -40L),
            (stored!.CostCenter, stored.User, stored.BookedDate, stored.Model, stored.Corrects, stored.Cost.Nanos));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Correction_BelowZeroInAll_IsTooLarge()
    {
        await CommitAsync(Row("r", "acme", 100));
        await CommitAsync(Correction("c1", "acme", "r", -60));

        var result = await CommitAsync(Correction("c2", "acme", "r", -41), Correction("c3", "acme", "r", -40), Correction("c4", "acme", "r", -1));

        Assert.Equal(
            [RecordOutcome.CorrectionTooLarge, RecordOutcome.Recorded, RecordOutcome.CorrectionTooLarge], result.Records.Select(r => r.Outcome));
        Assert.Equal(Money.Zero, await SpentAsync("acme"));
        Assert.Null(await Store.Lookup.ReadRecordAsync("acme", "c2", None));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Correction_UpAndDownWithinABatch_CountsInItsOrder()
    {
        await CommitAsync(Row("r", "acme", 10));

        var result = await CommitAsync(Correction("z", "acme", "r", 5), Correction("a", "acme", "r", -15), Correction("b", "acme", "r", -1));

        Assert.Equal([RecordOutcome.Recorded, RecordOutcome.Recorded, RecordOutcome.CorrectionTooLarge], result.Records.Select(r => r.Outcome));
    }

    [LedgerFact]
    public async Task Correction_WithoutItsOriginal_IsUnknownAndTouchesNothingElse()
    {
        await CommitAsync(Row("r", "acme", 10), Row("r", "beta", 10));
        await CommitAsync(Correction("c", "acme", "r", -1));

        var result = await CommitAsync(
            Correction("c1", "acme", "none", 1), Correction("c2", "acme", "c", 1), Row("fine", "acme", 1), Correction("c3", "gamma", "r", 1));

        Assert.Equal(
            [RecordOutcome.UnknownOriginal, RecordOutcome.UnknownOriginal, RecordOutcome.Recorded, RecordOutcome.UnknownOriginal],
            result.Records.Select(r => r.Outcome));
        Assert.Equal(["acme"], result.Balances.Select(b => b.CostCenter));
    }

    [LedgerFact]
    public async Task Correction_OfARowOfTheSameBatch_FindsIt()
    {
        var result = await CommitAsync(Correction("c", "acme", "r", -4), Row("r", "acme", 10));

        Assert.All(result.Records, r => Assert.Equal(RecordOutcome.Recorded, r.Outcome));
        Assert.Equal(new Balance(new Money(6), 1, 1), result.Balances[0].Day);
    }

    [LedgerFact]
    public async Task Correction_SentAgain_IsDuplicateBeforeAnyOtherCheck()
    {
        await CommitAsync(Row("r", "acme", 10));
        await CommitAsync(Correction("c", "acme", "r", -10));

        var result = await CommitAsync(
            Correction("c", "acme", "r", -10), Correction("c", "acme", "r", -9), Correction("r", "acme", "r", -1), Correction("c", "acme", "r", -10));

        Assert.Equal(
            [RecordOutcome.Duplicate, RecordOutcome.Conflict, RecordOutcome.Conflict, RecordOutcome.Duplicate], result.Records.Select(r => r.Outcome));
        Assert.Equal(Money.Zero, await SpentAsync("acme"));
    }

    [LedgerFact]
    public async Task Correction_BatchSentAgain_ReportsItsOwnRowAsRecorded()
    {
        await CommitAsync(Row("r", "acme", 10));
        var batch = BatchOf(Correction("c", "acme", "r", -10), Correction("c", "acme", "r", -10));
        var first = await Store.Records.CommitAsync(batch, None);

        var second = await Store.Records.CommitAsync(batch, None);

        Assert.Equal([RecordOutcome.Recorded, RecordOutcome.Duplicate], first.Records.Select(r => r.Outcome));
        Assert.Equal(first.Records, second.Records);
        Assert.Equal(first.Balances, second.Balances);
    }

    [LedgerFact]
    public async Task Correction_AFailedOneWithTheIdOfALaterOne_DoesNotBlockIt()
    {
        await CommitAsync(Row("r", "acme", 10));

        var result = await CommitAsync(Correction("c", "acme", "r", -11), Correction("c", "acme", "r", -3));

        Assert.Equal([RecordOutcome.CorrectionTooLarge, RecordOutcome.Recorded], result.Records.Select(r => r.Outcome));
    }

    [LedgerFact]
    public async Task Correction_WithTheIdOfAUsageRowOfItsBatch_IsAConflict()
    {
        var result = await CommitAsync(Correction("x", "acme", "r", -1), Row("x", "acme", 2), Row("r", "acme", 3));

        Assert.Equal([RecordOutcome.Conflict, RecordOutcome.Recorded, RecordOutcome.Recorded], result.Records.Select(r => r.Outcome));
        await AssertConsistentAsync();
    }
}
