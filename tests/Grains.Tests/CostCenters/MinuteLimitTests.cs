using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Tests.Harness;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>Limits by the minute along the path: any node refuses, and every node learns what became of the call.</summary>
public sealed class MinuteLimitTests : EngineTest
{
    [Theory]
    [InlineData(Leaf)]
    [InlineData(Middle)]
    [InlineData(Root)]
    public async Task Requests_BeyondTheLimitOfAnyNode_AreDenied(string limited)
    {
        await PutAsync(limited, requests: 2);
        await Engine.HoldAsync(Leaf, 1);
        await Engine.HoldAsync(Leaf, 1);

        var denied = await Engine.AskAsync(Leaf, 1);

        Assert.Equal((DenialReason.RateLimited, Engine.PathOf(limited)), (denied.Reason, denied.BlockedBy!.CostCenter));
        Assert.Equal((MinuteMeter.Requests, 2, 2), (denied.BlockedBy.Minute, denied.BlockedBy.Limit, denied.BlockedBy.Held));
        Assert.InRange(denied.LapseAfter!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
        await AssertHeldAsync(2);
        Engine.Advance(denied.LapseAfter.Value);
        await Engine.HoldAsync(Leaf, 1);
    }

    [Fact]
    public async Task Denial_Above_GivesBackWhatTheNodesBelowHaveCounted()
    {
        await PutAsync(Leaf, requests: 1);
        await PutAsync(Middle, requests: 1);
        await PutAsync(Root, tokens: 10);

        Assert.Equal(DenialReason.RateLimited, (await AskAsync(11)).Reason);
        await Engine.HoldAsync(Leaf, Check(10));
    }

    [Fact]
    public async Task Look_CountsNothing()
    {
        await PutAsync(Root, requests: 1);
        for (var i = 0; i < 3; i++) Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Check(1) with { DryRun = true })).Reason);

        await Engine.HoldAsync(Leaf, 1);
        Assert.Equal(DenialReason.RateLimited, (await Engine.AskAsync(Leaf, Check(1) with { DryRun = true })).Reason);
    }

    [Fact]
    public async Task Repeat_OfACheckThatIsHeld_IsNoRequest()
    {
        foreach (var node in All) await PutAsync(node, requests: 1);
        var check = Engine.Check(Leaf, 1, "again");
        await Engine.HoldAsync(Leaf, check);

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, check)).Reason);
    }

    [Fact]
    public async Task Release_GivesBackAtEveryNode()
    {
        foreach (var node in All) await PutAsync(node, requests: 1, tokens: 100);
        var held = await Engine.HoldAsync(Leaf, Check(100));

        await Engine.ReleaseAsync(held);

        await Engine.HoldAsync(Leaf, Check(100));
    }

    [Theory]
    [InlineData(Leaf)]
    [InlineData(Middle)]
    [InlineData(Root)]
    public async Task Settle_PutsTheTrueCountInForceAtEveryNode(string limited)
    {
        await PutAsync(limited, tokens: 100);
        var held = await Engine.HoldAsync(Leaf, Check(90));

        await Engine.PostAsync(Leaf, Used(Engine.Settlement(held, 1, final: false), 10, 5));
        Assert.Equal(DenialReason.RateLimited, (await AskAsync(11)).Reason);
        await Engine.PostAsync(Leaf, Used(Engine.Settlement(held, 1), 20, 5));

        Assert.Equal(DenialReason.RateLimited, (await AskAsync(61)).Reason);
        await Engine.HoldAsync(Leaf, Check(60));
    }

    [Fact]
    public async Task Settle_OfMoreThanAnnounced_DeniesTheNext()
    {
        await PutAsync(Root, tokens: 100);
        var held = await Engine.HoldAsync(Leaf, Check(10));

        await Engine.PostAsync(Leaf, Used(Engine.Settlement(held, 1), 100, 50));

        var denied = await AskAsync(1);
        Assert.Equal((DenialReason.RateLimited, 150), (denied.Reason, denied.BlockedBy!.Held));
    }

    [Fact]
    public async Task Extension_OfTimeOrMoney_IsNoRequest()
    {
        foreach (var node in All) await PutAsync(node, requests: 1, tokens: 10);
        var held = await Engine.HoldAsync(Leaf, Check(10));

        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, TimeSpan.FromSeconds(100))).Reason);
        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, amount: 50)).Reason);
    }

    [Fact]
    public async Task UserWithALimitOfTheirOwn_IsHeldToIt()
    {
        await Engine.PutBudgetAsync(Middle, Budget.Empty with { Own = LimitSet.None with { Minute = new MinuteLimits(1, null) } }, "ann");
        await Engine.HoldAsync(Leaf, 1, user: "ann");

        var denied = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 1, user: "ann"));

        Assert.Equal((DenialReason.RateLimited, "ann"), (denied.Reason, denied.BlockedBy!.User));
        await Engine.HoldAsync(Leaf, 1, user: "bob");
    }

    [Fact]
    public async Task Outage_LetsTheRuleForOutagesAnswer()
    {
        await PutAsync(Leaf, requests: 1, daily: 100);
        await Engine.HoldAsync(Leaf, 1);
        Engine.LoseLease();

        Assert.Equal(DenialReason.LedgerUnavailable, (await Engine.AskAsync(Leaf, 1)).Reason);
    }

    private Task PutAsync(string node, int? requests = null, int? tokens = null, long? daily = null) =>
        Engine.PutBudgetAsync(node, Budget.Empty with { Own = Budgets.Limits(daily) with { Minute = new MinuteLimits(requests, tokens) } });

    private ReserveRequest Check(int tokens) => Engine.Check(Leaf, 1) with { Tokens = tokens };

    private Task<ReserveReply> AskAsync(int tokens) => Engine.AskAsync(Leaf, Check(tokens));

    private static Grains.Interfaces.Usage.UsageMessage Used(Grains.Interfaces.Usage.UsageMessage message, long input, long output) =>
        message with { Row = message.Row with { InputTokens = input, OutputTokens = output } };
}
