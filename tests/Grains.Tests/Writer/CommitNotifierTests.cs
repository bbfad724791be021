using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Writer;

/// <summary>Telling the nodes of a path what was committed.</summary>
public sealed class CommitNotifierTests : EngineTest
{
    [Fact]
    public async Task Tell_WhileOneIsInFlight_IsMergedIntoTheNext()
    {
        var gate = Faults.NewGate();
        Engine.NotifierLink.Before = update => update.CostCenter == Engine.Tenant ? gate.PassAsync() : Task.CompletedTask;
        var posts = new List<Task<PostResult>> { Engine.PostAsync(Leaf, 1) };
        await gate.Entered.Within("the first tell of the tenant");
        for (var i = 0; i < 5; i++)
        {
            posts.Add(Engine.PostAsync(Leaf, 1));
            // The writer never waits for a tell: the middle hears of each commit although the tenant does not.
            var expected = i + 2;
            await Eventually.HoldsAsync($"the middle was told of {expected}", async () => await Engine.SpentAsync(Middle) == expected);
        }

        Assert.Equal(1, Engine.NotifierLink.Told.Count(told => told == Engine.Tenant));
        Assert.All(posts, post => Assert.False(post.IsCompleted));
        gate.Open();

        foreach (var post in posts) Assert.Equal(PostOutcome.Recorded, (await post).Outcome);
        Assert.Equal(2, Engine.NotifierLink.Told.Count(told => told == Engine.Tenant));
        Assert.Equal(6, await Engine.SpentAsync(Root));
    }

    [Fact]
    public async Task Tell_OfANodeThatCannotBeReached_HoldsTheAnswerForTellTimeoutAndGoesOn()
    {
        await Engine.ViewsAsync(All);
        Engine.NotifierLink.Before = update => update.CostCenter == Engine.Tenant ? throw new TimeoutException("The test cut the line.") : Task.CompletedTask;
        var post = Engine.PostAsync(Middle, 7);
        await Clock.TimerSetAsync(Engine.Options.NotifyTimeout).Within("the answer waits for the tell");
        Assert.False(post.IsCompleted);

        Clock.Advance(Engine.Options.NotifyTimeout);
        Assert.Equal(PostOutcome.Recorded, (await post).Outcome);
        Assert.Equal(1, Engine.CommitNotifier.Timeouts);
        Assert.Equal((0, 7), (await Engine.SpentAsync(Root), await Engine.SpentAsync(Middle)));

        Engine.NotifierLink.Before = null;
        Clock.Advance(Engine.Options.RetryAtMost);
        await Eventually.HoldsAsync("the tenant is told in the end", async () => await Engine.SpentAsync(Root) == 7);
    }

    [Fact]
    public async Task Tell_OfASettleThatWasLate_EndsTheHoldAboveInTheEnd()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        var held = await Engine.HoldAsync(Leaf, 90);
        Engine.NotifierLink.Before = update => update.CostCenter == Engine.Tenant ? throw new TimeoutException("The test cut the line.") : Task.CompletedTask;
        var settle = Engine.SettleAsync(held, 50);
        await Clock.TimerSetAsync(Engine.Options.NotifyTimeout).Within("the answer waits for the tell");
        await Eventually.HoldsAsync("the middle is told", async () => await Engine.HeldAsync(Middle) == 0);
        Clock.Advance(Engine.Options.NotifyTimeout);
        await settle.Within("the answer without the tell");
        // Until it is told the tenant counts the hold: never the release before the balance.
        Assert.Equal((0, 90), (await Engine.SpentAsync(Root), await Engine.HeldAsync(Root)));

        Engine.NotifierLink.Before = null;
        Clock.Advance(Engine.Options.RetryAtMost);
        await Eventually.HoldsAsync("the hold ends at the tenant", async () => await Engine.HeldAsync(Root) == 0);
        Assert.Equal(50, await Engine.SpentAsync(Root));
    }

    [Fact]
    public async Task Tell_ThatComesAfterALaterOne_ChangesNothing()
    {
        await Engine.PostAsync(Leaf, 7);
        var old = new CommitNotification([new NotifiedBalance(null, null, Engine.Today, 3, 1, 0, 3, 1, 0)], []);

        await Engine.Node(Root).Notify(old);

        Assert.Equal(7, await Engine.SpentAsync(Root));
    }

    [Fact]
    public async Task Tell_OfAHeartbeatOvertakenByAnExtension_ChangesNothing()
    {
        // "What became of a hold is applied always, unless the hold has a later stamp."
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.ExtendAsync(held, amount: 60);
        var overtaken = new CommitNotification([], [new NotifiedHold(held.Key, held.Reply.Attempt, held.Reply.Attempt, 10, Clock.Now.AddSeconds(1))]);

        await Engine.Node(Root).Notify(overtaken);

        Assert.Equal(60, await Engine.HeldAsync(Root));
    }

    [Fact]
    public async Task Hold_ThatArrivesAfterTheEndOfItsAttempt_IsRefused()
    {
        // A release is remembered for 60 s and refuses holds of its attempt and earlier ones, never of a later one.
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.ReleaseAsync(held);

        Assert.Equal(VerdictKind.Stale, (await HoldAtRootAsync(held, held.Reply.Attempt)).Status);
        Assert.Equal(0, await Engine.HeldAsync(Root));
        Assert.Equal(VerdictKind.Granted, (await HoldAtRootAsync(held, held.Reply.Attempt + 1)).Status);
        Assert.Equal(40, await Engine.HeldAsync(Root));
        await Engine.Node(Root).EndHold(new EndHoldRequest(held.Key, held.Reply.Attempt));
        Assert.Equal(40, await Engine.HeldAsync(Root));
    }

    [Fact]
    public async Task Hold_WithAnEarlierStamp_ChangesNothing()
    {
        var held = await Engine.HoldAsync(Leaf, 40);
        await Engine.ExtendAsync(held, amount: 60);

        Assert.Equal(VerdictKind.Stale, (await HoldAtRootAsync(held, held.Reply.Attempt)).Status);
        Assert.Equal(60, await Engine.HeldAsync(Root));
    }

    private Task<HoldReply> HoldAtRootAsync(Held held, long attempt) => Engine.HoldAtAsync(Root, Leaf, held.Key, attempt, 40);
}
