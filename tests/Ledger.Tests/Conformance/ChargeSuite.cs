using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary><c>on_expiry: charge</c>: a charge is booked once, by whoever has the hold; what is told later takes its place in the same transaction, whoever tells it.</summary>
public abstract class ChargeSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private static readonly Guid Key = new("aaaaaaaa-0000-0000-0000-000000000002");
    private static readonly Stamp Attempt = new(7);
    private static readonly string Id = AssumedUsage.IdOf(Key, Attempt);
    private static readonly ChargedHold Charged = new(Id, "acme/a");

    [LedgerFact]
    public async Task Charge_ComingAgain_IsBookedOnce()
    {
        var batch = Of(Charge(30));
        Assert.Equal(RecordOutcome.Recorded, (await Store.Records.CommitAsync(batch, None)).Records[0].Outcome);
        Assert.Equal(RecordOutcome.Recorded, (await Store.Records.CommitAsync(batch, None)).Records[0].Outcome);
        Assert.Equal(RecordOutcome.Duplicate, (await Store.Records.CommitAsync(Of(Charge(30)), None)).Records[0].Outcome);
        await AssertSpentAsync(30);
    }

    [LedgerFact]
    public async Task Charge_OfANodeThatAnotherHas_IsRefused()
    {
        var taken = await Store.Nodes.RegisterAsync(["acme/a"], Today, Now, "p1", None);
        var epoch = taken[0].Epoch;
        Assert.Equal(RecordOutcome.Recorded, await CommitAsync(Charge(30) with { Guard = Guard with { Epoch = epoch } }));
        await Store.Nodes.RegisterAsync(["acme/a"], Today, Now, "p2", None);

        var other = new Stamp(8);
        var late = Charge(5, other) with { Guard = Guard with { Attempt = other, Epoch = epoch } };
        var result = await Store.Records.CommitAsync(Of(late, new RecordEntry(Row("beside", "acme/a", 1))), None);
        Assert.Equal([RecordOutcome.NothingHeld, RecordOutcome.Recorded], result.Records.Select(r => r.Outcome));
        await AssertSpentAsync(31);
    }

    [LedgerFact]
    public async Task Charge_OfAStoredHold_EndsItAndNeedsIt()
    {
        var hold = HoldOf(Key);
        await Store.Records.CommitAsync(new LedgerBatch(NextId(), [], [new HoldChange(Key, Attempt, hold)]), None);
        var charge = Charge(30) with { Hold = new HoldChange(Key, Attempt, null), Guard = Guard with { Stored = true } };
        var batch = Of(charge);

        Assert.Equal(RecordOutcome.Recorded, (await Store.Records.CommitAsync(batch, None)).Records[0].Outcome);
        Assert.Empty((await NodeAsync("acme")).Holds);
        // The same batch again, as after an unknown outcome.
        Assert.Equal(RecordOutcome.Recorded, (await Store.Records.CommitAsync(batch, None)).Records[0].Outcome);
        var other = new Stamp(8);
        Assert.Equal(RecordOutcome.NothingHeld, await CommitAsync(Charge(5, other) with { Guard = Guard with { Attempt = other, Stored = true } }));
        await AssertSpentAsync(30);
    }

    [LedgerFact]
    public async Task Settle_AfterTheCharge_TakesItBackOnce()
    {
        await CommitAsync(Charge(30));

        var settle = Of(Settle("s1", 25));
        var result = await Store.Records.CommitAsync(settle, None);
        Assert.Equal((RecordOutcome.Recorded, new Money(25)), (result.Records[0].Outcome, result.Records[0].Cost));
        Assert.Equal(new Money(25), result.Balances.Single(b => b.CostCenter == "acme" && b.User is null).Day.Spent);
        result = await Store.Records.CommitAsync(settle, None);
        Assert.Equal(RecordOutcome.Recorded, result.Records[0].Outcome);
        Assert.Equal(new Money(25), result.Balances.Single(b => b.CostCenter == "acme" && b.User is null).Day.Spent);
        Assert.Equal(RecordOutcome.Duplicate, await CommitAsync(Settle("s1", 25)));
        await AssertSpentAsync(25);

        // What comes after is real cost, too, and there is nothing left to take back for it.
        Assert.Equal(RecordOutcome.Recorded, await CommitAsync(Settle("s2", 4)));
        await AssertSpentAsync(29);
        var back = await Store.Lookup.ReadRecordAsync("acme", AssumedUsage.ReturnIdOf(Id), None);
        Assert.Equal((RowKind.Correction, Id, new Money(-30), RowFlags.Assumed, "settled by s1", "gpt-4.1"), (back!.Kind, back.Corrects, back.Cost, back.Flags, back.Reason, back.Model));
    }

    [LedgerFact]
    public async Task Heartbeats_AfterTheCharge_TakeBackWhatTheyTell()
    {
        await CommitAsync(Charge(30));

        await CommitAsync(Part("p1", 12));
        await AssertSpentAsync(30);
        Assert.Equal(RecordOutcome.Duplicate, await CommitAsync(Part("p1", 12)));
        await CommitAsync(Part("p2", 25));
        await AssertSpentAsync(37);
        await CommitAsync(Settle("s", 1));
        await AssertSpentAsync(38);
    }

    /// <summary>Its answer was lost, so its sender commits it once more; meanwhile another process has charged what it left.</summary>
    [LedgerFact]
    public async Task Heartbeat_OfABatchThatComesAgainAfterTheCharge_TakesNothingBack()
    {
        var batch = Of(Part("p1", 12));
        await Store.Records.CommitAsync(batch, None);
        await CommitAsync(Charge(18));

        Assert.Equal(RecordOutcome.Recorded, (await Store.Records.CommitAsync(batch, None)).Records[0].Outcome);

        await AssertSpentAsync(30);
        await CommitAsync(Settle("s", 1));
        await AssertSpentAsync(13);
    }

    /// <summary>The same where the ledger has the hold: what the heartbeat left of it is not put back, or whoever settles would take the hold for one that was never charged.</summary>
    [LedgerFact]
    public async Task Heartbeat_OfABatchThatComesAgainAfterTheCharge_BringsNoHoldBack()
    {
        var hold = HoldOf(Key);
        var end = new HoldChange(Key, Attempt, null);
        await Store.Records.CommitAsync(new LedgerBatch(NextId(), [], [new HoldChange(Key, Attempt, hold)]), None);
        var batch = Of(Part("p1", 12) with { Hold = new HoldChange(Key, Attempt, hold with { Left = new Money(18), Settled = new Money(12) }) });
        await Store.Records.CommitAsync(batch, None);
        await CommitAsync(Charge(18) with { Hold = end, Guard = Guard with { Stored = true } });

        await Store.Records.CommitAsync(batch, None);

        Assert.Empty((await NodeAsync("acme")).Holds);
        await CommitAsync(Settle("s", 1) with { Hold = end });
        await AssertSpentAsync(13);
    }

    [LedgerFact]
    public async Task Settle_ToAnotherCostCenterAndUser_TakesTheChargeBackWhereItIsBooked()
    {
        await PutAsync("acme/a", BudgetOf(1, perUser: BudgetOf(1).Own));
        await CommitAsync(Charge(30));

        var result = await Store.Records.CommitAsync(Of(new RecordEntry(Row("s", "acme/b", 10, user: "u-2"), Charged: Charged)), None);

        Assert.Equal(new Money(0), result.Balances.Single(b => b.CostCenter == "acme/a" && b.User == "u-1").Day.Spent);
        Assert.Equal((new Money(0), new Money(10), new Money(10)), (await SpentAsync("acme/a"), await SpentAsync("acme/b"), await SpentAsync("acme")));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task ChargeAndSettle_OfOneBatch_ComeToTheTrueCost()
    {
        var result = await Store.Records.CommitAsync(Of(Settle("s", 25), Charge(30)), None);
        Assert.All(result.Records, r => Assert.Equal(RecordOutcome.Recorded, r.Outcome));
        await AssertSpentAsync(25);
    }

    /// <summary>As after an outage that outlasted the cost center's stay in memory: what it had sent, and what the next activation sends for the hold that it has read, come together.</summary>
    [LedgerFact]
    public async Task ChargeAndEnd_OfAStoredHoldInOneBatch_ComeToTheTrueCost()
    {
        foreach (var settles in (bool[])[true, false])
        {
            var (key, attempt) = (HashOf("key", "", settles ? 1 : 2), Attempt);
            var (id, end) = (AssumedUsage.IdOf(key, attempt), new HoldChange(key, attempt, null));
            await Store.Records.CommitAsync(new LedgerBatch(NextId(), [], [new HoldChange(key, attempt, HoldOf(key))]), None);
            var charge = new RecordEntry(Row(id, "acme/a", 30) with { Flags = RowFlags.Assumed }, end, Guard with { Key = key, Stored = true });
            var charged = new ChargedHold(id, "acme/a");
            var told = settles ? new RecordEntry(Row("s", "acme/a", 2), end, Charged: charged) : new RecordEntry(AssumedUsage.Release("acme/a", "u-1", id, Today, Now), end, Charged: charged);

            await Store.Records.CommitAsync(Of(charge, told), None);

            await AssertSpentAsync(2);
            Assert.Empty((await NodeAsync("acme")).Holds);
        }
    }

    [LedgerFact]
    public async Task Release_AfterTheCharge_TakesAllBackOnce()
    {
        Assert.Equal(RecordOutcome.UnknownOriginal, await CommitAsync(Release()));
        await CommitAsync(Charge(30));
        await CommitAsync(Part("p", 10));

        var release = Of(Release());
        var result = await Store.Records.CommitAsync(release, None);
        Assert.Equal((RecordOutcome.Recorded, new Money(-20)), (result.Records[0].Outcome, result.Records[0].Cost));
        Assert.Equal(RecordOutcome.Recorded, (await Store.Records.CommitAsync(release, None)).Records[0].Outcome);
        Assert.Equal(RecordOutcome.Duplicate, await CommitAsync(Release()));
        await AssertSpentAsync(10);
        await CommitAsync(Settle("s", 5));
        await AssertSpentAsync(15);
    }

    [LedgerFact]
    public async Task Release_AfterTheSettle_TakesNothingBack()
    {
        await CommitAsync(Charge(30));
        await CommitAsync(Settle("s", 25));

        Assert.Equal(RecordOutcome.Conflict, await CommitAsync(Release()));
        await AssertSpentAsync(25);
    }

    [LedgerFact]
    public async Task Charge_ThatAPersonHasCorrected_IsTakenBackToNothing()
    {
        await CommitAsync(Charge(30));
        await CommitAsync(Correction("c", "acme", Id, -12));

        await CommitAsync(Settle("s", 25));
        await AssertSpentAsync(25);
    }

    [LedgerFact]
    public async Task Charge_WhoseIdIsTaken_IsNotBooked()
    {
        await CommitAsync(Row(Id, "acme/a", 1));

        Assert.Equal(RecordOutcome.Conflict, await CommitAsync(Charge(30)));
        await AssertSpentAsync(1);
    }

    [LedgerFact]
    public async Task Records_ThatTakeBackAtOnce_NeverTakeMoreThanWasCharged()
    {
        await CommitAsync(Charge(30));

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    await Store.Records.CommitAsync(new LedgerBatch(HashOf("batch", "", i), [i == 5 ? Release() : Part($"p{i}", 4)], []), None);
                    return;
                }
                catch (LedgerContentionException)
                {
                    // As the writer does: the batch again.
                }
            }
        })));

        await AssertSpentAsync(44);
    }

    private static ChargeGuard Guard => new(Key, Attempt, "acme/a", 0, Stored: false);

    /// <summary>A hold of 30 that the ledger keeps.</summary>
    private static DurableHold HoldOf(Guid key) => new(
        key, "acme/a", "u-1", "gpt", "req", HashOf("h", "", 1), Attempt, Attempt, Today, new Money(30), new Money(30), Money.Zero, TimeSpan.FromSeconds(60), Now, Now.AddSeconds(60), false,
        true, ["acme/a", "acme"], []);

    private static RecordEntry Charge(long cost, Stamp? attempt = null) => new(
        Row(AssumedUsage.IdOf(Key, attempt ?? Attempt), "acme/a", cost) with { Flags = RowFlags.Assumed }, Guard: Guard with { Attempt = attempt ?? Attempt });

    private static RecordEntry Settle(string id, long cost) => new(Row(id, "acme/a", cost), Charged: Charged);

    private static RecordEntry Part(string id, long cost) => new(Row(id, "acme/a", cost) with { Final = false }, Charged: Charged);

    private static RecordEntry Release() => new(AssumedUsage.Release("acme/a", "u-1", Id, Today, Now), Charged: Charged);

    private LedgerBatch Of(params RecordEntry[] entries) => new(NextId(), entries, []);

    private async Task<RecordOutcome> CommitAsync(RecordEntry entry) => (await Store.Records.CommitAsync(Of(entry), None)).Records[0].Outcome;

    private async Task AssertSpentAsync(long spent)
    {
        Assert.Equal(new Money(spent), await SpentAsync("acme/a"));
        Assert.Equal(new Money(spent), await SpentAsync("acme"));
        if (Host is not SimulatedHost) await AssertConsistentAsync();
    }
}
