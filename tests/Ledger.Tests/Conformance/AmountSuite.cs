using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>How finely a ledger counts is fixed with its first record; and sums that pass 64 bits are never an error that stops whoever reads or adds them.</summary>
public abstract class AmountSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private const long Huge = long.MaxValue / 2 + 1;
    private static readonly Resolution Dong = Resolution.Of("VND");

    [LedgerFact]
    public async Task Resolution_OfAnUnusedLedger_IsTheLastOneThatWasAskedFor()
    {
        await FixAsync(Resolution.Nano);
        await FixAsync(Dong);
        await FixAsync(Dong);
        await Assert.ThrowsAsync<LedgerCurrencyException>(() => FixAsync(Resolution.Nano, LedgerUse.Beside));
    }

    [LedgerFact]
    public async Task Resolution_OnceThereAreRecords_IsFixed()
    {
        await FixAsync(Dong);
        await PutAsync("acme", BudgetOf(1));
        await FixAsync(Dong);
        var refused = await Assert.ThrowsAsync<LedgerCurrencyException>(() => FixAsync(Resolution.Nano));
        Assert.Contains("first record", refused.Message);
        Assert.Contains("Currency:Decimals=5", refused.Message);
    }

    [LedgerFact]
    public async Task Resolution_OfALedgerFromBefore_IsNine()
    {
        await CommitAsync(Row("1", "acme", 5));
        await Assert.ThrowsAsync<LedgerCurrencyException>(() => FixAsync(Dong));
        await FixAsync(Resolution.Nano);
        await Assert.ThrowsAsync<LedgerCurrencyException>(() => FixAsync(Dong, LedgerUse.Alone));
    }

    [LedgerFact]
    public async Task Resolution_WhileAnotherProcessWorks_IsThatOfTheOther()
    {
        await FixAsync(Resolution.Nano, process: "a");
        await Store.Leases.RenewLeaseAsync(Renewal("a"), None);
        var refused = await Assert.ThrowsAsync<LedgerCurrencyException>(() => FixAsync(Dong, process: "b"));
        Assert.Contains("other processes", refused.Message);
        await FixAsync(Dong, process: "a");
    }

    [LedgerFact]
    public async Task TokensBeyondSixtyFourBits_StopNeitherRollUpNorAdviceNorRetention()
    {
        var old = Now.AddDays(-100);
        for (var i = 0; i < 5; i++)
        {
            var row = Row($"r{i}", "acme/x", 7, date: Today.AddDays(-100)) with { InputTokens = Huge, OutputTokens = Huge - 1, Timestamp = old, RecordedAt = old };
            await CommitAsync(row);
            if (i == 2) await RollUpAllAsync(10);
        }

        await RollUpAllAsync(10);
        var facts = await Store.Spend.ReadSpendFactsAsync("acme", Today.AddDays(-100), None);
        Assert.Equal((new Money(35), long.MaxValue, long.MaxValue), (facts.Models[0].Spent, facts.Models[0].Tokens.Input, facts.Models[0].Tokens.Output));
        for (var step = 0; step < 5; step++) await Store.Housekeeping.RetainAsync(Now.AddDays(-90), 2, None);
        await AssertConsistentAsync();
        Assert.Equal(35, (await SpentAsync("acme", Today.AddDays(-100))).Nanos);
    }

    [LedgerFact]
    public async Task SumsOfDays_BeyondSixtyFourBits_AreTheLargestAmount()
    {
        for (var month = 0; month < 3; month++)
        {
            var date = new DateOnly(2026, 9, 5).AddMonths(month);
            await CommitAsync(Row($"a{month}", "acme/x", Huge, date: date) with { Flags = Domain.Usage.RowFlags.Unpriced });
        }

        await RollUpAllAsync(10);
        Assert.Equal(Money.MaxValue, Assert.Single(await Store.Usage.ListMissingPricesAsync(null, 10, None)).Cost);
        await PutAsync("acme", BudgetOf(1, perUser: LimitSet.None));
        await AssertConsistentAsync();
        var node = await NodeAsync("acme");
        var balances = new WindowBalances();
        foreach (var month in node.Months) balances.SetMonth(month.Date, month.Balance);
        Assert.Equal(Money.MaxValue, balances.Spent(Domain.Windows.Period.Total, DateOnly.MinValue));
    }

    /// <summary>What was booked and taken back again passes 64 bits on the way, though no balance ever does.</summary>
    [LedgerFact]
    public async Task SumsThatOnlyPassSixtyFourBitsOnTheWay_AreExact()
    {
        for (var i = 0; i < 4; i++)
        {
            await CommitAsync(Row($"r{i}", "acme/x", Huge));
            await CommitAsync(Correction($"c{i}", "acme/x", $"r{i}", -Huge + 3));
        }

        await RollUpAllAsync(10);
        await AssertConsistentAsync();
        await PutAsync("acme", BudgetOf(1, perUser: LimitSet.None));
        await AssertConsistentAsync();
        Assert.Equal(12, (await SpentAsync("acme")).Nanos);
        Assert.Equal(12, (await Store.Spend.ReadSpendFactsAsync("acme", Today, None)).Models[0].Spent.Nanos);
    }

    /// <summary>The balance of one day or month holds 64 bits; what would pass them is refused alone, and nothing else with it.</summary>
    [LedgerFact]
    public async Task Balance_ThatWouldPassSixtyFourBits_RefusesTheOneRecord()
    {
        await CommitAsync(Row("1", "acme/x", Huge));
        await Assert.ThrowsAsync<LedgerDataException>(() => CommitAsync(Row("2", "acme/x", Huge)));
        var next = await CommitAsync(Row("3", "acme/x", 1));
        Assert.Equal(RecordOutcome.Recorded, next.Records[0].Outcome);
        await AssertConsistentAsync();
    }

    private Task FixAsync(Resolution resolution, LedgerUse use = LedgerUse.Shared, string process = "a") => Store.Currency.FixAsync(resolution, use, process, None);
}
