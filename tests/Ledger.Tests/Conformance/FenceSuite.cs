using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>The fence between processes: who must wait for a node, who hears that it lost one. Leases are put an hour ahead or back, so that no test runs against the clock.</summary>
public abstract class FenceSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private static readonly TimeSpan Runs = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly string[] Two = ["acme", "acme/a"];

    private long _renewals;

    [LedgerFact]
    public async Task Register_ANodeThatNobodyHas_DoesNotWait()
    {
        await RenewAsync("p");
        await RenewAsync("q");

        Assert.Equal([(1, false), (1, false)], await RegisterAsync("p", Two));
        Assert.Equal([(2, false), (2, false)], await RegisterAsync("p", Two));
        Assert.Empty(await RenewAsync("p"));
        Assert.Equal(TimeSpan.Zero, (await NodeAsync("acme")).Wait);
    }

    [LedgerFact]
    public async Task Register_ANodeOfAProcessWhoseLeaseRuns_WaitsAndItIsNamed()
    {
        await RenewAsync("p");
        await RegisterAsync("p", Two);
        await ShiftAsync("p", Hour);

        var state = (await Store.Nodes.RegisterAsync(["acme"], Today, Now, "q", None))[0];

        Assert.Equal(2, state.Epoch);
        Assert.InRange(state.Wait, TimeSpan.FromTicks(1), Runs);
        Assert.Equal([new NodeEpoch("acme", 2)], await RenewAsync("p"));
        Assert.Empty(await RenewAsync("q"));
    }

    [LedgerFact]
    public async Task Register_ANodeOfASilentProcess_DoesNotWaitAndItIsNamedWhenItComesBack()
    {
        await RenewAsync("p");
        await RegisterAsync("p", Two);
        await ShiftAsync("p", -Hour);

        Assert.Equal([(2, false)], await RegisterAsync("q", "acme"));
        Assert.Equal([new NodeEpoch("acme", 2)], await RenewAsync("p"));
    }

    [LedgerFact]
    public async Task Register_ANodeOfALongerLease_WaitsForThatLease()
    {
        await RenewAsync("p", runs: Hour * 2);
        await RegisterAsync("p", "acme");
        await ShiftAsync("p", -Hour);

        var wait = (await Store.Nodes.RegisterAsync(["acme"], Today, Now, "q", None))[0].Wait;

        Assert.InRange(wait, Hour, Hour * 2);
    }

    [LedgerFact]
    public async Task Register_AgainWithinTheWait_WaitsWhoeverComes()
    {
        await RenewAsync("p", runs: Hour);
        await RegisterAsync("p", "acme");
        Assert.Equal([(2, true)], await RegisterAsync("q", "acme"));

        Assert.Equal([(3, true)], await RegisterAsync("q", "acme"));
        await Store.Nodes.GiveUpAsync([new NodeEpoch("acme", 3)], "q", None);
        Assert.Equal([(4, true)], await RegisterAsync("r", "acme"));
        await Host.ShiftWaitsAsync(-Hour);
        Assert.Equal([(5, false)], await RegisterAsync("r", "acme"));
    }

    [LedgerFact]
    public async Task Register_AfterAGiveUp_DoesNotWaitAndNobodyIsNamed()
    {
        await RenewAsync("p", runs: Hour);
        await RegisterAsync("p", Two);

        await Store.Nodes.GiveUpAsync([new NodeEpoch("acme/a", 1), new NodeEpoch("acme", 1), new NodeEpoch("unknown", 1)], "p", None);

        Assert.Equal([(2, false), (2, false)], await RegisterAsync("q", Two));
        Assert.Empty(await RenewAsync("p"));
    }

    [LedgerFact]
    public async Task GiveUp_OfAnotherEpochOrProcess_HasNoEffect()
    {
        await RenewAsync("p", runs: Hour);
        await RegisterAsync("p", "acme");
        await RegisterAsync("p", "acme");

        await Store.Nodes.GiveUpAsync([new NodeEpoch("acme", 1)], "p", None);
        await Store.Nodes.GiveUpAsync([new NodeEpoch("acme", 2)], "q", None);

        Assert.Equal([(3, true)], await RegisterAsync("q", "acme"));
    }

    [LedgerFact]
    public async Task EndLease_GivesUpAllNodes()
    {
        await RenewAsync("p", runs: Hour);
        await RegisterAsync("p", Two);

        await Store.Leases.EndLeaseAsync("p", None);

        Assert.Equal([(2, false), (2, false)], await RegisterAsync("q", Two));
        Assert.Equal(0, await Host.CountAsync("node_takeovers"));
    }

    [LedgerFact]
    public async Task Renew_NamesUntilTheNodeIsDropped()
    {
        await RenewAsync("p");
        await RegisterAsync("p", Two);
        await RegisterAsync("q", Two);
        NodeEpoch[] both = [new("acme", 2), new("acme/a", 2)];

        // The answer of the first may be lost.
        Assert.Equal(both, await RenewAsync("p"));
        Assert.Equal(both, await RenewAsync("p"));
        // It has dropped both, but has lost one of them once more since.
        await RegisterAsync("p", "acme");
        await RegisterAsync("q", "acme");
        Assert.Equal([new NodeEpoch("acme", 4)], await RenewAsync("p", dropped: both));
        Assert.Empty(await RenewAsync("p", dropped: [new NodeEpoch("acme", 4)]));
    }

    [LedgerFact]
    public async Task Renew_AfterMoreTakeOversThanOneAnswerNames_NamesThemStepByStep()
    {
        await RenewAsync("p");
        string[] nodes = [.. Enumerable.Range(0, LeaseAnswer.MaxNamed + 7).Select(i => $"acme/{i:D5}")];
        await RegisterAsync("p", nodes);
        await RegisterAsync("q", nodes);

        var first = await RenewAsync("p");
        var second = await RenewAsync("p", dropped: first);

        Assert.Equal(nodes.Take(LeaseAnswer.MaxNamed), first.Select(n => n.CostCenter));
        Assert.Equal(nodes.Skip(LeaseAnswer.MaxNamed), second.Select(n => n.CostCenter));
    }

    [LedgerFact]
    public async Task Renew_AfterADayOfSilenceAndRetention_IsTheBirthOfAnotherLease()
    {
        await RenewAsync("p");
        await RegisterAsync("p", Two);
        await RegisterAsync("q", Two);
        var born = await BornAsync("p");
        Assert.Equal(born, await BornAsync("p"));
        await Store.Housekeeping.RetainAsync(Now, 10, None);
        Assert.Equal(born, await BornAsync("p"));

        await ShiftAsync("p", -Hour * 25);
        await Store.Housekeeping.RetainAsync(Now, 10, None);

        Assert.Equal(0, await Host.CountAsync("node_takeovers"));
        Assert.NotEqual(born, await BornAsync("p"));
    }

    [LedgerFact]
    public async Task TakeOver_WhileTheLeaseIsRenewed_IsNamedByThatRenewalOrWaits()
    {
        // A process that was silent renews at the very moment that another takes its node: one of the two must see the other.
        for (var round = 1; round <= 60; round++)
        {
            var node = $"acme/{round}";
            await RenewAsync("p");
            await RegisterAsync("p", node);
            await ShiftAsync("p", -Hour);

            var renewal = Task.Run(() => RenewAsync("p"));
            var registration = Task.Run(() => RegisterAsync("q", node));
            var (named, registered) = (await renewal, (await registration)[0]);

            Assert.True(registered.Waits || named.Any(n => n.CostCenter == node), $"Neither in round {round}.");
        }
    }

    private async Task<IReadOnlyList<NodeEpoch>> RenewAsync(string process, TimeSpan? runs = null, IReadOnlyList<NodeEpoch>? dropped = null) =>
        (await Store.Leases.RenewLeaseAsync(new LeaseRenewal(process, 1, Interlocked.Increment(ref _renewals), runs ?? Runs, dropped ?? []), None)).TakenOver;

    private async Task<long> BornAsync(string process) =>
        (await Store.Leases.RenewLeaseAsync(new LeaseRenewal(process, 1, Interlocked.Increment(ref _renewals), Runs, []), None)).Born;

    private async Task<IReadOnlyList<(long Epoch, bool Waits)>> RegisterAsync(string process, params string[] nodes) =>
        [.. (await Store.Nodes.RegisterAsync(nodes, Today, Now, process, None)).Select(n => (n.Epoch, n.Wait > TimeSpan.Zero))];

    /// <summary>As if the lease had been renewed so much later.</summary>
    private Task ShiftAsync(string process, TimeSpan by) => Host.ShiftLeaseAsync(process, by);
}
