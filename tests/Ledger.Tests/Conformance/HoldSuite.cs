using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Durable holds: later stamps win, an end holds for its attempt, epochs fence.</summary>
public abstract class HoldSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private static readonly Guid Key = new("aaaaaaaa-0000-0000-0000-000000000001");

    [LedgerFact]
    public async Task Hold_Stored_ComesBackAtEveryNodeItNames()
    {
        var hold = HoldOf(1, 1) with { Model = null, RequestId = null };
        var other = HoldOf(1, 1) with { Key = NextId(), Nodes = ["acme/b", "acme"], Owner = "acme/b" };

        Assert.Equal([HoldOutcome.Applied, HoldOutcome.Applied], await ApplyAsync(Put(hold), Put(other)));

        AssertSame(hold, Assert.Single((await NodeAsync("acme/a")).Holds));
        var both = (await NodeAsync("acme")).Holds;
        Assert.Equal(2, both.Count);
        AssertSame(other, both.Single(h => h.Key == other.Key));
        Assert.Empty((await NodeAsync("acme/c")).Holds);
    }

    [LedgerFact]
    public async Task Hold_LaterRevisionOrAttempt_Replaces()
    {
        await ApplyAsync(Put(HoldOf(1, 5)));

        Assert.Equal([HoldOutcome.Superseded], await ApplyAsync(Put(HoldOf(1, 4))));
        Assert.Equal([HoldOutcome.Applied], await ApplyAsync(Put(HoldOf(1, 5))));
        Assert.Equal([HoldOutcome.Applied], await ApplyAsync(Put(HoldOf(2, 1) with { Left = new Money(3), Nodes = ["acme/a"] })));
        Assert.Equal([HoldOutcome.Superseded], await ApplyAsync(Put(HoldOf(1, 9))));

        Assert.Equal(new Money(3), Assert.Single((await NodeAsync("acme/a")).Holds).Left);
        Assert.Empty((await NodeAsync("acme")).Holds);
    }

    [LedgerFact]
    public async Task Hold_End_DeletesItsAttemptAndOlderOnesOnly()
    {
        await ApplyAsync(Put(HoldOf(2, 1)));

        Assert.Equal([HoldOutcome.Superseded], await ApplyAsync(End(1)));
        Assert.Single((await NodeAsync("acme")).Holds);
        Assert.Equal([HoldOutcome.Applied], await ApplyAsync(End(3)));
        Assert.Empty((await NodeAsync("acme")).Holds);
        Assert.Equal([HoldOutcome.Applied], await ApplyAsync(End(3)));
        Assert.Equal(0, await Host.CountAsync("durable_hold_nodes"));
    }

    [LedgerFact]
    public async Task Hold_EndAndPutInOneBatch_TheEndHoldsWhicheverComesFirst()
    {
        Assert.Equal([HoldOutcome.Applied, HoldOutcome.Applied], await ApplyAsync(Put(HoldOf(1, 1)), End(1)));
        Assert.Empty((await NodeAsync("acme")).Holds);

        Assert.Equal(
            [HoldOutcome.Applied, HoldOutcome.Superseded, HoldOutcome.Applied], await ApplyAsync(End(1), Put(HoldOf(1, 2)), Put(HoldOf(2, 1))));
        Assert.Equal(2, Assert.Single((await NodeAsync("acme")).Holds).Attempt.Value);
    }

    [LedgerFact]
    public async Task Hold_OfARecord_ChangesOnlyWhenTheRecordIsRecorded()
    {
        await ApplyAsync(Put(HoldOf(1, 1)));
        await CommitAsync(Row("known", "acme/a", 1));

        await Store.Records.CommitAsync(new LedgerBatch(NextId(), [new RecordEntry(Row("known", "acme/a", 1), End(1))], []), None);
        Assert.Single((await NodeAsync("acme")).Holds);

        var part = new LedgerBatch(NextId(), [new RecordEntry(Row("part", "acme/a", 2), Put(HoldOf(1, 2) with { Left = new Money(98), Settled = new Money(2) }))], []);
        await Store.Records.CommitAsync(part, None);
        Assert.Equal(new Money(98), Assert.Single((await NodeAsync("acme")).Holds).Left);

        var end = new LedgerBatch(NextId(), [new RecordEntry(Row("end", "acme/a", 3), End(1))], []);
        await Store.Records.CommitAsync(end, None);
        Assert.Empty((await NodeAsync("acme")).Holds);
        Assert.Equal(RecordOutcome.Recorded, (await Store.Records.CommitAsync(end, None)).Records[0].Outcome);
        Assert.Equal(new Money(6), await SpentAsync("acme"));
    }

    /// <summary>A heartbeat of a process that has lost the node, committed after its successor has charged the hold: as a hold that is there it would say that nothing was charged.</summary>
    [LedgerFact]
    public async Task Hold_OfAHeartbeatThatComesAfterItsEnd_DoesNotComeBack()
    {
        await ApplyAsync(Put(HoldOf(1, 1)));
        var heartbeat = Put(HoldOf(1, 2) with { Left = new Money(98) }) with { Update = true };
        await Store.Records.CommitAsync(new LedgerBatch(NextId(), [new RecordEntry(Row("in time", "acme/a", 1), heartbeat)], []), None);
        Assert.Equal(new Money(98), Assert.Single((await NodeAsync("acme")).Holds).Left);

        await ApplyAsync(End(1));
        var late = Put(HoldOf(1, 3)) with { Update = true };
        var result = await Store.Records.CommitAsync(new LedgerBatch(NextId(), [new RecordEntry(Row("late", "acme/a", 1), late)], []), None);

        Assert.Equal(RecordOutcome.Recorded, result.Records[0].Outcome);
        Assert.Empty((await NodeAsync("acme")).Holds);
        Assert.Equal([HoldOutcome.Superseded], await ApplyAsync(late));
        Assert.Empty((await NodeAsync("acme")).Holds);
    }

    [LedgerFact]
    public async Task Hold_GrantedByANodeThatWasTakenOver_IsStaleAndItsRecordIsNot()
    {
        await Store.Nodes.RegisterAsync(["acme", "acme/a"], Today, Now, "p1", None);
        Assert.Equal([HoldOutcome.Applied], await ApplyAsync(Put(HoldOf(1, 1) with { Epochs = [1, 1] })));
        var taken = await Store.Nodes.RegisterAsync(["acme"], Today, Now, "p2", None);
        Assert.Equal(2, taken[0].Epoch);
        Assert.Single(taken[0].Holds);

        Assert.Equal([HoldOutcome.StaleEpoch], await ApplyAsync(Put(HoldOf(1, 2) with { Epochs = [1, 1] })));
        Assert.Equal([HoldOutcome.Applied], await ApplyAsync(Put(HoldOf(1, 2) with { Epochs = [1, 2] })));
        var result = await Store.Records.CommitAsync(
            new LedgerBatch(NextId(), [new RecordEntry(Row("r", "acme/a", 1), Put(HoldOf(1, 3) with { Epochs = [1, 1] }))], []), None);
        Assert.Equal(RecordOutcome.Recorded, result.Records[0].Outcome);
        Assert.Equal(2, Assert.Single((await NodeAsync("acme")).Holds).Revision.Value);
    }

    [LedgerFact]
    public async Task Owners_OfOpenHolds_AreReadByTheirNextDeadline()
    {
        DurableHold Of(string owner, int seconds) => HoldOf(1, 1) with { Key = NextId(), Owner = owner, Nodes = [owner, "acme"], Deadline = Now.AddSeconds(seconds) };
        await ApplyAsync(Put(Of("acme/a", 50)), Put(Of("acme/b", 20)), Put(Of("acme/a", 10)), Put(Of("acme/c", 90)), Put(Of("acme/over", -1)));

        Assert.Equal(["acme/a", "acme/b", "acme/c"], await Store.Holds.ReadOwnersAsync(Now, 10, None));
        Assert.Equal(["acme/a", "acme/b"], await Store.Holds.ReadOwnersAsync(Now, 2, None));
    }

    [LedgerFact]
    public async Task Hold_Expired_IsNotReadLongerThanFiveSecondsAndGoesWithRetention()
    {
        await ApplyAsync(Put(HoldOf(1, 1)));
        var deadline = HoldOf(1, 1).Deadline;

        Assert.Single((await Store.Nodes.ReadNodesAsync(["acme"], Today, deadline.AddSeconds(4.9), None))[0].Holds);
        Assert.Empty((await Store.Nodes.ReadNodesAsync(["acme"], Today, deadline.AddSeconds(5), None))[0].Holds);
        await Store.Housekeeping.RetainAsync(deadline.AddSeconds(-1), 10, None);
        Assert.Single((await NodeAsync("acme")).Holds);
        await Store.Housekeeping.RetainAsync(deadline.AddSeconds(1), 10, None);
        Assert.Equal(0, await Host.CountAsync("durable_holds"));
    }

    private static DurableHold HoldOf(long attempt, long revision) => new(
        Key, "acme/a", "ü-1", "gpt", "req", HashOf("h", "", 1), new Stamp(attempt), new Stamp(revision), Today, new Money(100), new Money(100), Money.Zero,
        TimeSpan.FromSeconds(600.000_001), Now, Now.AddSeconds(600), true, true, ["acme/a", "acme"], []);

    private static HoldChange Put(DurableHold hold) => new(hold.Key, hold.Attempt, hold);

    private static HoldChange End(long attempt) => new(Key, new Stamp(attempt), null);

    private static void AssertSame(DurableHold expected, DurableHold actual)
    {
        Assert.Equal(expected.Nodes, actual.Nodes);
        Assert.Equal(expected.Epochs, actual.Epochs);
        Assert.Equal(expected with { Nodes = [], Epochs = [] }, actual with { Nodes = [], Epochs = [] });
    }

    private async Task<IReadOnlyList<HoldOutcome>> ApplyAsync(params HoldChange[] changes) =>
        (await Store.Records.CommitAsync(new LedgerBatch(NextId(), [], changes), None)).Holds;
}
