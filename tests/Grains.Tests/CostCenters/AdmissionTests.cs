using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>Invariant 1 under load: exactly as much is granted as fits.</summary>
public sealed class AdmissionTests : EngineTest
{
    private const int Callers = 2_000;
    private const int Leaves = 50;

    [Fact]
    public async Task Reserve_By2000CallersWhereOneHundredFit_AllowsExactlyOneHundred()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(700));

        var allowed = await AllowedOfAsync(7);

        Assert.Equal(100, allowed);
        Assert.Equal(700, await Engine.HeldAsync(Root));
        await AssertHoldsAgreeAsync();
    }

    [Fact]
    public async Task Reserve_By2000CallersUnderLimitsAtThreeLevels_FillsTheTightest()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(100));
        for (var group = 0; group < 5; group++) await Engine.PutBudgetAsync($"g{group}", Budgets.Daily(30));
        for (var leaf = 0; leaf < Leaves; leaf++) await Engine.PutBudgetAsync(LeafOf(leaf), Budgets.Daily(5));

        var allowed = await AllowedOfAsync(1);

        Assert.Equal(100, allowed);
        Assert.Equal(100, await Engine.HeldAsync(Root));
        await AssertHoldsAgreeAsync();
    }

    [Fact]
    public async Task Settle_AtLessThanGranted_LetsOthersIn_UntilExactlyTheLimitIsSpent()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Daily(1_000));

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            var below = LeafOf(caller % Leaves);
            var request = Engine.Check(below, 10);
            var reply = await Engine.Node(below).Reserve(request);
            if (reply.Reason == DenialReason.None) await Engine.SettleAsync(new Held(below, Engine.PathOf(below), request.Key, reply), 3);
        })).Within("2,000 reserves and settles");
        Assert.Equal(0, await Engine.HeldAsync(Root));
        var afterTheRace = await Engine.SpentAsync(Root);
        Assert.InRange(afterTheRace, 0, 1_000);
        while (await Engine.AskAsync(LeafOf(0), 10) is { Reason: DenialReason.None })
        {
            // What the race left over.
        }

        Assert.InRange(1_000 - afterTheRace - await Engine.HeldAsync(Root), 0, 9);
        Assert.Empty((await Engine.Store.Consistency.CheckConsistencyAsync(null, CancellationToken.None)).Differences);
    }

    private static string LeafOf(int leaf) => $"g{leaf % 5}/l{leaf}";

    private async Task<int> AllowedOfAsync(long amount)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() =>
        {
            var below = LeafOf(caller % Leaves);
            return Engine.Node(below).Reserve(Engine.Check(below, amount) with { AnswerWithin = TimeSpan.FromMinutes(1) });
        }))).Within("2,000 decisions");
        Assert.All(replies, reply => Assert.True(reply.Reason is DenialReason.None or DenialReason.BudgetExceeded, $"{reply.Reason}"));
        return replies.Count(reply => reply.Reason == DenialReason.None);
    }

    /// <summary>Nothing of a denied check is left at any level.</summary>
    private async Task AssertHoldsAgreeAsync()
    {
        long leaves = 0, groups = 0;
        for (var leaf = 0; leaf < Leaves; leaf++) leaves += await Engine.HeldAsync(LeafOf(leaf));
        for (var group = 0; group < 5; group++) groups += await Engine.HeldAsync($"g{group}");
        var root = await Engine.HeldAsync(Root);
        Assert.Equal((root, root), (groups, leaves));
    }
}
