using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Alerts;

/// <summary>With several processes the sweep tells nodes the balances that it has read: whoever was to tell them may be gone.</summary>
public sealed class SweepNotificationTests : AlertTest
{
    public override async Task InitializeAsync() => Engine = await Engine.StartAsync(ownSilo: true, process: "a");

    [Fact]
    public async Task Sweep_WhoseNodeDoesNotAnswer_LeavesTheBalanceOnTheList()
    {
        await PutBudgetAndPostAsync();
        var gate = new Gate();
        Engine.NotifierLink.Before = _ => gate.PassAsync();

        await SweepAsync();
        await gate.Entered.Within("the sweep tells the node");
        Assert.Equal(1, Engine.Sweep.Unnotified);
        await Engine.Sweep.RoundAsync(CancellationToken.None);
        Engine.Advance(AlertSweep.KeptFor);

        // As another process's sweep finds it, if this one ends now.
        Assert.Equal(1, (await Engine.Store.Evaluations.SweepAsync([], 10, Engine.Alerts.Context(), CancellationToken.None)).Taken);
        gate.Open();
    }

    [Fact]
    public async Task Sweep_WhoseNodeHasAnswered_ForgetsTheBalance()
    {
        await PutBudgetAndPostAsync();
        var told = Engine.NotifierLink.Told.Count;

        await SweepAsync();
        await Eventually.HoldsAsync("the node has been told", () => Engine.NotifierLink.Told.Count > told && Engine.Sweep.Unnotified == 0);
        await Engine.Sweep.RoundAsync(CancellationToken.None);
        Engine.Advance(AlertSweep.KeptFor);

        Assert.Equal(0, (await Engine.Store.Evaluations.SweepAsync([], 10, Engine.Alerts.Context(), CancellationToken.None)).Taken);
    }

    /// <summary>One balance is on the list, and nothing else.</summary>
    private async Task PutBudgetAndPostAsync()
    {
        await Engine.PutBudgetAsync(Leaf, Budgets.Daily(1_000));
        await SweepAsync();
        await Engine.PostAsync(Leaf, 10);
        await Eventually.HoldsAsync("the writer has told", () => Engine.CommitNotifier.UnderWay == 0);
    }
}
