using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>Usage records: counted at the node and every ancestor at the moment of the answer (invariant 10).</summary>
public sealed class UsageTests : EngineTest
{
    [Fact]
    public async Task Post_OfARecord_CountsAtTheNodeAndEveryAncestorAtTheAnswer()
    {
        Assert.Equal(PostOutcome.Recorded, (await Engine.PostAsync(Leaf, 42)).Outcome);

        foreach (var node in All)
        {
            var view = await Engine.ViewAsync(node);
            Assert.Equal((42, 42, 1), (view.SpentToday, view.SpentMonth, view.RequestsToday));
        }
    }

    [Fact]
    public async Task Post_ByManyCallers_IsSeenByEachInAllAncestors()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var before = await Engine.SpentAsync(Root);
            await Engine.PostAsync($"eng/l{i % 7}", 5);
            Assert.True(await Engine.SpentAsync(Root) >= before + 5);
            Assert.True(await Engine.SpentAsync($"eng/l{i % 7}") >= 5);
        })));

        Assert.Equal((1_000, 1_000), (await Engine.SpentAsync(Root), await Engine.SpentAsync(Middle)));
        Assert.Empty((await Engine.Store.Consistency.CheckConsistencyAsync(null, CancellationToken.None)).Differences);
    }

    [Fact]
    public async Task Post_OfAKnownRecord_HasNoEffect()
    {
        var record = Engine.Usage(Leaf, 42);
        await Engine.PostAsync(Leaf, record);

        var again = await Engine.PostAsync(Leaf, record);
        var other = await Engine.PostAsync(Leaf, Engine.Usage(Leaf, 43, record.Row.RequestId));

        Assert.Equal((PostOutcome.Duplicate, 42), (again.Outcome, again.Cost));
        Assert.Equal(PostOutcome.Conflict, other.Outcome);
        await AssertSpentAsync(42);
    }

    [Fact]
    public async Task Post_OfABatch_AnswersEachInOrder()
    {
        var (a, b) = (Engine.Usage(Leaf, 1), Engine.Usage(Leaf, 2));

        var reply = await Engine.PostAsync(Leaf, a, b, a, Engine.Usage(Leaf, 9, b.Row.RequestId)).Within("the answer to a batch");

        // Within a body the first of equal ids wins.
        Assert.Equal([PostOutcome.Recorded, PostOutcome.Recorded, PostOutcome.Duplicate, PostOutcome.Conflict], reply.Results.Select(r => r.Outcome));
        Assert.Equal([1L, 2L, 1L, 2L], reply.Results.Select(r => r.Cost));
        await AssertSpentAsync(3);
    }

    [Fact]
    public async Task Post_OfCorrections_IsBookedOnTheirOriginal()
    {
        await Engine.PostAsync(Leaf, Engine.Usage(Leaf, 42, "original"));

        var refund = await Engine.PostAsync(Leaf, Correction("refund", "original", -40));
        var tooLarge = await Engine.PostAsync(Leaf, Correction("more", "original", -3));
        var unknown = await Engine.PostAsync(Leaf, Correction("of-nothing", "nothing", -1));

        Assert.Equal([PostOutcome.Recorded, PostOutcome.CorrectionTooLarge, PostOutcome.UnknownOriginal], new[] { refund.Outcome, tooLarge.Outcome, unknown.Outcome });
        await AssertSpentAsync(2);
        Assert.Equal(1, (await Engine.ViewAsync(Root)).RequestsToday);
    }

    [Fact]
    public async Task Post_OfACorrection_OfWhatAMoveHasLeftUnderItsOldName_IsSeenThereAtOnce()
    {
        await Engine.PostAsync(Leaf, Engine.Usage(Leaf, 42, "original"));
        var move = new MoveJob("mov_1", new CostCenterMove(Engine.PathOf(Leaf), Engine.PathOf("moved")), KeepsHistory: true, null, MoveState.Draining, Clock.Now, "key-1", 0, 0, 0, null, null);
        Assert.Null(await Engine.Store.Moves.CreateMoveAsync(move, new ShareClaim(null, CostCenterAliases.Shares), Engine.Admin(), CancellationToken.None));
        await Engine.Store.Moves.CutOverAsync((await Engine.Store.Moves.FindMoveAsync(move.Id, CancellationToken.None))!, Clock.Now, CancellationToken.None);

        await Engine.PostAsync(Leaf, Correction("refund", "original", -40));

        await AssertSpentAsync(2);
        Assert.Equal(0, await Engine.SpentAsync("moved"));
    }

    [Fact]
    public async Task Post_OfRecordsOfItsOwnAndOfOtherPaths_IsSeenOnAllOfThem()
    {
        var helds = await Task.WhenAll(Engine.HoldAsync(Leaf, 10), Engine.HoldAsync(Leaf, 10), Engine.HoldAsync(Leaf, 10));

        await Engine.PostAsync(
            Leaf, Engine.Usage(Leaf, 1), Engine.Settlement(helds[0], 2, elsewhere: "ops/night"), Engine.Settlement(helds[1], 4, elsewhere: Middle),
            Engine.Settlement(helds[2], 8, elsewhere: "eng/search/deep")).Within("the answer to a mixed post");

        Assert.Equal(15, await Engine.SpentAsync(Root));
        Assert.Equal((13, 9, 8), (await Engine.SpentAsync(Middle), await Engine.SpentAsync(Leaf), await Engine.SpentAsync("eng/search/deep")));
        Assert.Equal((2, 2), (await Engine.SpentAsync("ops"), await Engine.SpentAsync("ops/night")));
        await AssertHeldAsync(0);
    }

    [Fact]
    public async Task Post_ForAUser_CountsInTheUsersSideAccountAbove()
    {
        await Engine.PutBudgetAsync(Middle, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(50)));
        // Into memory before the post, so that what follows was told, not read.
        await Engine.HoldAsync(Leaf, 5, user: "ann");

        await Engine.PostAsync(Leaf, 30, user: "ann");

        var denied = await Engine.AskAsync(Leaf, Engine.Check(Leaf, 16, user: "ann"));
        Assert.Equal((DenialReason.BudgetExceeded, "ann", 30, 5), (denied.Reason, denied.BlockedBy!.User, denied.BlockedBy.Spent, denied.BlockedBy.Held));
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 15, user: "ann"))).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 50, user: "bob"))).Reason);
    }

    [Fact]
    public async Task Post_ForAUserBeforeAnyBudgetOfUsers_CountsInTheOneThatIsSetLater()
    {
        await Engine.PostAsync(Leaf, 30, user: "ann");
        await Engine.HoldAsync(Leaf, 5, user: "ann");

        await Engine.PutBudgetAsync(Leaf, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(50)));

        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 16, user: "ann"))).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 15, user: "ann"))).Reason);
    }

    [Fact]
    public async Task Post_ForAUserByTheNodeThatLimitsIt_CountsAtTheAnswer()
    {
        await Engine.PutBudgetAsync(Leaf, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(50)));
        var held = await Engine.HoldAsync(Leaf, 50, user: "ann");

        var settlement = Engine.Settlement(held, 30);
        await Engine.PostAsync(Leaf, settlement with { Row = settlement.Row with { User = "ann" } });

        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 21, user: "ann"))).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 20, user: "ann"))).Reason);
    }

    [Fact]
    public async Task PutBudget_OfOneUser_ReplacesTheDefault()
    {
        await Engine.PutBudgetAsync(Middle, Budgets.Of(LimitSet.None, perUser: Budgets.Limits(50)));
        await Engine.HoldAsync(Leaf, 50, user: "ann");
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 1, user: "ann"))).Reason);

        await Engine.PutBudgetAsync(Middle, Budgets.Daily(80), user: "ann");

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 30, user: "ann"))).Reason);
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 1, user: "ann"))).Reason);
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 51, user: "bob"))).Reason);
    }

    [Fact]
    public async Task PutBudget_PerChild_LimitsEachChildWithoutOneOfItsOwn()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Of(LimitSet.None, perChild: Budgets.Limits(50)));
        await Engine.HoldAsync(Leaf, 5);
        await Engine.PostAsync(Sibling, 30);

        var denied = await Engine.AskAsync(Leaf, 16);
        Assert.Equal((DenialReason.BudgetExceeded, Engine.PathOf(Middle), 30), (denied.Reason, denied.BlockedBy!.CostCenter, denied.BlockedBy.Spent));
        Assert.Equal(DenialReason.None, (await Engine.AskAsync("ops/night", 50)).Reason);
        // The parent itself is nobody's child there.
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Root, 1_000)).Reason);

        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 900)).Reason);
    }

    [Fact]
    public async Task PutBudget_BelowWhatIsHeldAndSpent_RevokesNothingAndDeniesTheNext()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var held = await Engine.HoldAsync(Leaf, 60);
        await Engine.PostAsync(Leaf, 30);

        await Engine.PutBudgetAsync(Root, Budgets.Daily(50));
        var denied = await Engine.AskAsync(Leaf, 1);
        Assert.Equal((DenialReason.BudgetExceeded, -40), (denied.Reason, denied.Available));
        Assert.Equal(0, (await Engine.SettleAsync(held, 60)).Flags);

        await Engine.PutBudgetAsync(Root, Budgets.Daily(91));
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 1)).Reason);
    }

    [Fact]
    public async Task DeleteBudget_LiftsItsLimitAndKeepsWhatWasSpent()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(10));
        await Engine.PostAsync(Leaf, 30);
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, 1)).Reason);

        await Engine.Store.Budgets.DeleteBudgetAsync(Engine.Tenant, null, BudgetPrecondition.None, Engine.Admin(), CancellationToken.None);
        await Engine.RefreshAsync(Root);

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 1)).Reason);
        await AssertSpentAsync(30);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("u", null)]
    [InlineData(null, "GPT-X")]
    [InlineData("u", "gpt-x")]
    public async Task Pause_OfASubtree_DeniesUnderEveryEnforcementUntilItEnds(string? user, string? model)
    {
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(0, soft: true));
        var until = Clock.Now.AddMinutes(10);
        await Engine.Store.Pauses.PutPauseAsync(new Pause(Engine.PathOf(Middle), user, model, until, "stop", "test", Clock.Now), Engine.Admin(), CancellationToken.None);
        await Engine.RefreshAsync(Middle);

        Assert.Equal(DenialReason.Paused, (await Engine.AskAsync(Leaf, 5)).Reason);
        Assert.Equal(DenialReason.Paused, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 0) with { Free = true })).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync("ops", 5)).Reason);
        if (user is not null) Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 5, user: "other"))).Reason);
        if (model is not null) Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 5) with { Model = "other" })).Reason);
        Assert.Single((await Engine.ViewAsync(Middle)).Pauses);

        Engine.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 5)).Reason);
        Assert.Empty((await Engine.ViewAsync(Middle)).Pauses);
    }

    [Fact]
    public async Task Resume_OfAPausedSubtree_HoldsFromTheNextCheckOn()
    {
        await Engine.Store.Pauses.PutPauseAsync(new Pause(Engine.Tenant, null, null, null, null, "test", Clock.Now), Engine.Admin(), CancellationToken.None);
        await Engine.RefreshAsync(Root);
        Assert.Equal(DenialReason.Paused, (await Engine.AskAsync(Leaf, 5)).Reason);

        await Engine.Store.Pauses.DeletePauseAsync(Engine.Tenant, null, null, Engine.Admin(), CancellationToken.None);
        await Engine.RefreshAsync(Root);

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 5)).Reason);
    }

    [Fact]
    public async Task Increase_OfALimit_AddsToItUntilItEnds()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(10));
        var increase = new Increase("i", Engine.Tenant, null, Period.Daily, new Money(20), Clock.Now.AddHours(1), null, "test", Clock.Now);
        await Engine.Store.Increases.PutIncreaseAsync(increase, Engine.Admin(), CancellationToken.None);
        await Engine.RefreshAsync(Root);

        await Engine.HoldAsync(Leaf, 30, ttl: TimeSpan.FromHours(2));
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, 1)).Reason);
        Assert.Equal(30, (await Engine.ViewAsync(Root)).Windows.Single().Limit);

        Engine.Advance(TimeSpan.FromHours(1));
        var denied = await Engine.AskAsync(Leaf, 1);
        Assert.Equal((10, -20), (denied.BlockedBy!.Limit, denied.Available));
    }

    [Fact]
    public async Task Activation_AfterUsage_ReadsWhatTheLedgerHas()
    {
        await Engine.PutBudgetAsync(Middle, Budgets.Of(Budgets.Limits(100), perUser: Budgets.Limits(60)));
        await Engine.PostAsync(Leaf, 42);
        var before = await Engine.ViewsAsync(All);

        foreach (var node in All) await Engine.KillAsync(node);

        Assert.Equal(before, await Engine.ViewsAsync(All));
        Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, 19)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, 18)).Reason);
    }

    private UsageMessage Correction(string requestId, string corrects, long cost)
    {
        var usage = Engine.Usage(Leaf, cost, requestId);
        return usage with { Row = usage.Row with { Kind = RowKind.Correction, Corrects = corrects } };
    }
}
