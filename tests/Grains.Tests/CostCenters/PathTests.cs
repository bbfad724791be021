using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Tests.Harness;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>One check over the whole path: the owner and its ancestors, three levels.</summary>
public sealed class PathTests : EngineTest
{
    [Theory]
    [InlineData(Leaf)]
    [InlineData(Middle)]
    [InlineData(Root)]
    public async Task Reserve_WithALimitAtAnyLevel_IsHeldToItExactly(string limited)
    {
        // R1 and R3: every node of the path decides.
        await Engine.PutBudgetAsync(limited, Budgets.Daily(100));
        await Engine.HoldAsync(Leaf, 60);

        var denied = await Engine.AskAsync(Leaf, 41);
        var allowed = await Engine.AskAsync(Leaf, 40);

        Assert.Equal(DenialReason.BudgetExceeded, denied.Reason);
        Assert.Equal(Engine.PathOf(limited), denied.BlockedBy!.CostCenter);
        Assert.Equal(60, denied.BlockedBy.Held);
        Assert.Equal(DenialReason.None, allowed.Reason);
        await AssertHeldAsync(100);
    }

    [Theory]
    [InlineData(Middle)]
    [InlineData(Root)]
    public async Task Reserve_RefusedAbove_LeavesNoTraceAnywhere(string refusing)
    {
        // Invariant 6: refusal is pure.
        foreach (var node in All) await Engine.PutBudgetAsync(node, Budgets.Daily(1_000));
        await Engine.PutBudgetAsync(refusing, Budgets.Daily(100));
        await Engine.HoldAsync(Leaf, 30);
        var before = await Engine.ViewsAsync(All);

        var denied = await Engine.AskAsync(Leaf, 71);

        Assert.Equal(DenialReason.BudgetExceeded, denied.Reason);
        Assert.Equal((0, 0), (denied.Attempt, denied.Granted));
        Assert.Equal(before, await Engine.ViewsAsync(All));
    }

    /// <summary>Its owner and parent died with their process, and others have used what was left; the root, elsewhere, held the first attempt to its deadline.</summary>
    [Theory]
    [InlineData(Leaf)]
    [InlineData(Middle)]
    public async Task Reserve_RepeatedAndRefused_EndsWhatADeadProcessHeldAboveTheRefusal(string refusing)
    {
        await Engine.PutBudgetAsync(refusing, Budgets.Daily(30));
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var check = Engine.Check(Leaf, 40, "r");
        Assert.Equal(VerdictKind.Granted, (await Engine.HoldAtAsync(Root, Leaf, check.Key, attempt: 1, 40)).Status);
        Assert.Equal(40, await Engine.HeldAsync(Root));

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, check with { DryRun = true, Amount = 10 })).Reason);
        Assert.Equal(40, await Engine.HeldAsync(Root));
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, check)).Reason);

        await AssertHeldAsync(0);
        // What the dead process sent may still be on its way.
        Assert.Equal(VerdictKind.Stale, (await Engine.HoldAtAsync(Root, Leaf, check.Key, attempt: 1, 40)).Status);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Reserve_WithMinAmount_LevelsTheNodesBelowToWhatTheTightestGives()
    {
        // R2, and "the nodes below give back the difference".
        await Engine.PutBudgetAsync(Leaf, Budgets.Daily(90));
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(70));
        await Engine.PutBudgetAsync(Root, Budgets.Daily(60));

        var held = await Engine.HoldAsync(Leaf, Engine.Check(Leaf, 100) with { MinAmount = 50 });

        Assert.Equal(60, held.Reply.Granted);
        await AssertHeldAsync(60);
        await Engine.SettleAsync(held, 60);
        await AssertHeldAsync(0);
        await AssertSpentAsync(60);
    }

    [Fact]
    public async Task Reserve_LevelledToLess_StillExpiresAtItsDeadline()
    {
        // R9 of a partial grant: the nodes below got their deadline anew.
        await Engine.PutBudgetAsync(Root, Budgets.Daily(60));
        await Engine.HoldAsync(Leaf, Engine.Check(Leaf, 100) with { MinAmount = 50 });

        Engine.Advance(Commands.Ttl);
        await AssertHeldAsync(60, 60, 0);
        Engine.Advance(Account.AncestorGrace);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Reserve_WithMoreMinAmountThanThereIs_IsDeniedAndHoldsNothing()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(49));

        var denied = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 100) with { MinAmount = 50 });

        Assert.Equal(DenialReason.BudgetExceeded, denied.Reason);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Reserve_UnderASoftLimit_IsHeldOverIt()
    {
        // R4.
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(10, soft: true));

        var held = await Engine.HoldAsync(Leaf, 15);
        var settled = await Engine.SettleAsync(held, 15);

        Assert.True(held.Reply.OverLimit);
        Assert.Equal((int)RowFlags.OverLimit, settled.Flags);
        await AssertSpentAsync(15);
    }

    [Fact]
    public async Task Reserve_UnderASoftLimitBelowAHardOne_IsDeniedByTheHardOne()
    {
        await Engine.PutBudgetAsync(Leaf, Budgets.Daily(10, soft: true));
        await Engine.PutBudgetAsync(Root, Budgets.Daily(14));

        var denied = await Engine.AskAsync(Leaf, 15);

        Assert.Equal(DenialReason.BudgetExceeded, denied.Reason);
        Assert.Equal(Engine.Tenant, denied.BlockedBy!.CostCenter);
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Reserve_OfAFreeModelUnderASpentBudget_Passes()
    {
        // R1: the amount is 0 because the price is.
        await Engine.PutBudgetAsync(Root, Budgets.Daily(0));

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 0) with { Free = true })).Reason);
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 0) with { Unestimated = true })).Reason);
    }

    [Fact]
    public async Task Reserve_WhereALimitIsRequiredAndNoneIsMet_IsDeniedNoBudgetAndHoldsNothing()
    {
        await Engine.PutBudgetAsync(Root, Budget.Empty, tenant: TenantSettings.New(Engine.Tenant) with { RequireLimit = true });

        var denied = await Engine.AskAsync(Leaf, 1);
        var dry = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 1) with { DryRun = true });

        Assert.Equal((DenialReason.NoBudget, DenialReason.NoBudget), (denied.Reason, dry.Reason));
        await AssertHeldAsync(0);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1));
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Reserve_WhereNewCostCentersAreDenied_NeedsABudgetOfItsOwn()
    {
        await Engine.PutBudgetAsync(Root, Budget.Empty, tenant: TenantSettings.New(Engine.Tenant) with { DenyNewCostCenters = true });

        var denied = await Engine.AskAsync(Leaf, 1);
        var dry = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 1) with { DryRun = true });

        Assert.Equal((DenialReason.UnknownCostCenter, DenialReason.UnknownCostCenter), (denied.Reason, dry.Reason));
        await AssertHeldAsync(0);
        await Engine.PutBudgetAsync(Leaf, Budget.Empty);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task Reserve_BeforeALimitIsSetAbove_CountsInIt()
    {
        // Every node is asked, limited or not.
        await Engine.HoldAsync(Leaf, 60);

        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));

        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync("ops", 41)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync("ops", 40)).Reason);
    }

    [Fact]
    public async Task Reserve_OverWindowsOfManyNodes_NamesTheTightestAndTheOneThatBlocksLongest()
    {
        await Engine.PutBudgetAsync(Leaf, Budgets.Daily(1_000));
        await Engine.PutBudgetAsync(Middle, Budgets.Of(Budgets.Limits(daily: 200, monthly: 150)));
        await Engine.PutBudgetAsync(Root, Budgets.Daily(120));

        var allowed = await Engine.AskAsync(Leaf, 100);
        var denied = await Engine.AskAsync(Leaf, 101);

        Assert.Equal((Engine.Tenant, (byte)Period.Daily, 120, 100), Named(allowed.Tightest!));
        // Of the first refusing node from the leaf upward, the window that resets last.
        Assert.Equal((Engine.PathOf(Middle), (byte)Period.Monthly, 150, 100), Named(denied.BlockedBy!));
        Assert.Equal((Engine.Tenant, (byte)Period.Daily, 120, 100), Named(denied.Tightest!));
        Assert.Equal(20, denied.Available);
        // It would fit there were nothing held: until the next hold at that node lapses.
        Assert.Equal(Commands.Ttl + Account.AncestorGrace, denied.LapseAfter);
    }

    [Fact]
    public async Task Reserve_AsDryRun_LeavesNoTrace()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var before = await Engine.ViewsAsync(All);

        var dry = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 100, "same") with { DryRun = true });
        var tooMuch = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 101) with { DryRun = true });

        Assert.Equal((DenialReason.None, 0L, 100L), (dry.Reason, dry.Attempt, dry.Granted));
        Assert.Equal(DenialReason.BudgetExceeded, tooMuch.Reason);
        Assert.Equal(before, await Engine.ViewsAsync(All));
        // Nothing remembers the request id: the same with other content is new.
        await Engine.HoldAsync(Leaf, 99, "same");
    }

    [Fact]
    public async Task Reserve_WithExplain_ListsEveryLimitedWindowFromLeafToRoot()
    {
        await Engine.PutBudgetAsync(Leaf, Budgets.Of(Budgets.Limits(daily: 100, total: 500)));
        await Engine.PutBudgetAsync(Middle, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(weekly: 90)));
        await Engine.PutBudgetAsync(Root, Budgets.Daily(300));

        var reply = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 7) with { Explain = true });

        Assert.Equal(
            [
                (Engine.PathOf(Leaf), null, (byte)Period.Daily, 100, 7), (Engine.PathOf(Leaf), null, (byte)Period.Total, 500, 7),
                (Engine.PathOf(Middle), "u", (byte)Period.Weekly, 90, 7), (Engine.Tenant, null, (byte)Period.Daily, 300L, 7L),
            ],
            reply.Windows.Select(w => (w.CostCenter, w.User, w.Period, w.Limit, w.Held)));
    }

    [Fact]
    public async Task Reserve_ByACallerWithASubtree_TellsNoAmountOfTheNodesAbove()
    {
        await Engine.PutBudgetAsync(Leaf, Budgets.Daily(1_000));
        await Engine.PutBudgetAsync(Root, Budgets.Daily(50));

        var reply = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 10) with { Explain = true, VisibleDepth = 2 });

        Assert.Equal(Engine.PathOf(Leaf), reply.Tightest!.CostCenter);
        Assert.Equal(
            [(Engine.PathOf(Leaf), 1_000, 0, 10, "ok"), (Engine.Tenant, 0, 0, 0, "ok")], reply.Windows.Select(w => (w.CostCenter, w.Limit, w.Spent, w.Held, w.Status)));
    }

    [Fact]
    public async Task Reserve_OfAnUnknownLeaf_IsDecidedByItsAncestorsAndCreatesNothing()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(10));

        var held = await Engine.HoldAsync("new/leaf", 10);
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync("new/leaf", 1)).Reason);
        Assert.False((await Engine.ViewAsync("new/leaf")).Exists);
        await Engine.ReleaseAsync(held);
        Assert.False((await Engine.ViewAsync("new/leaf")).Exists);

        await Engine.PostAsync("new/leaf", 1);
        Assert.True((await Engine.ViewAsync("new/leaf")).Exists);
        Assert.True((await Engine.ViewAsync("new")).Exists);
    }

    private static (string, byte, long, long) Named(WindowState window) => (window.CostCenter, window.Period, window.Limit, window.Held);
}
