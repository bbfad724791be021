using BudgetEngine.Alerts;
using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Grains.Tests.Alerts;

/// <summary>An evaluation that fails by itself takes no other with it, and is found again by the sweep: nobody else knows of a conflict, a refusal or a lapsed reservation.</summary>
public sealed class PoisonedEvaluationTests : AlertTest
{
    private string Bad => Engine.PathOf("bad");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Evaluation_ThatFailsByItself_LosesNoOther_AndIsFoundAgain(bool bug)
    {
        var poisoned = Poison(bug);
        var evaluator = Evaluator(poisoned);
        evaluator.Start();

        evaluator.Add([.. Enumerable.Range(0, 7).Select(i => Conflict($"c{i}")), new AlertEvaluation.Conflict(Bad, "r"), Conflict("last")]);
        await Eventually.HoldsAsync("the others are stored", async () =>
        {
            if (bug) Clock.Advance(Engine.Options.RetryAtMost);
            return (await ConflictsAsync()).Count == 8;
        });
        await Eventually.HoldsAsync("the bad one is refused", () =>
        {
            if (bug) Clock.Advance(Engine.Options.RetryAtMost);
            return evaluator.Refused == 1;
        });
        evaluator.Stop();

        poisoned.CostCenter = null;
        await Eventually.HoldsAsync("the sweep finds it", async () =>
        {
            Engine.Advance(AlertEvaluator.PutOff);
            await Engine.Sweep.RoundAsync(CancellationToken.None);
            return (await ConflictsAsync()).Count == 9;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sweep_WithOneThatFailsByItself_DoesTheRest_AndThatOneWhenItCan(bool bug)
    {
        await Engine.Store.Evaluations.ScheduleAsync([.. Enumerable.Range(0, 5).Select(i => Conflict($"s{i}")), new AlertEvaluation.Conflict(Bad, "r")], CancellationToken.None);
        var poisoned = Poison(bug);
        var evaluator = Evaluator(poisoned);
        var sweep = new AlertSweep(poisoned, evaluator, null, new AlertOptions(), Clock, NullLogger<AlertSweep>.Instance);

        await sweep.RoundAsync(CancellationToken.None);
        Assert.Equal(5, (await ConflictsAsync()).Count);
        Assert.Equal(1, evaluator.Refused);
        await sweep.RoundAsync(CancellationToken.None);
        Assert.Equal(1, evaluator.Refused);
        Engine.Advance(AlertEvaluator.PutOff + TimeSpan.FromSeconds(1));
        await sweep.RoundAsync(CancellationToken.None);
        Assert.Equal(2, evaluator.Refused);

        poisoned.CostCenter = null;
        Engine.Advance(AlertEvaluator.PutOff + TimeSpan.FromSeconds(1));
        await sweep.RoundAsync(CancellationToken.None);
        Assert.Equal(6, (await ConflictsAsync()).Count);
        Engine.Advance(AlertEvaluator.PutOff + TimeSpan.FromSeconds(1));
        await sweep.RoundAsync(CancellationToken.None);
        Assert.Empty(await Engine.Store.Evaluations.PutOffAsync(10, Clock.Now, evaluator.Context(), CancellationToken.None));
    }

    [Fact]
    public void Overflow_DropsWhatTheSweepFinds_BeforeWhatNobodyElseKnows()
    {
        var evaluator = Evaluator(Engine.Store.Evaluations, new AlertOptions { MaxPendingEvaluations = 2 });
        var changed = Enumerable.Range(0, 3).Select(i => new AlertEvaluation.BalanceChanged(Engine.PathOf($"n{i}"), null, Engine.Today)).ToList<AlertEvaluation>();

        evaluator.Add(changed);
        Assert.Equal(1, evaluator.Dropped);
        evaluator.Add([Conflict("a"), Conflict("b")]);
        Assert.Equal(3, evaluator.Dropped);
        evaluator.Add([Conflict("a"), Conflict("c")]);
        Assert.Equal(4, evaluator.Dropped);
    }

    private PoisonedEvaluations Poison(bool bug) => new(
        Engine.Store.Evaluations, Bad, () => bug ? new OverflowException("The test has a bug in it.") : new LedgerDataException("The test refuses it."));

    private AlertEvaluator Evaluator(ILedgerEvaluations evaluations, AlertOptions? options = null) =>
        new(evaluations, Engine.Catalog, new Silent(), options ?? new AlertOptions(), Engine.Options, Clock, NullLogger<AlertEvaluator>.Instance);

    private AlertEvaluation Conflict(string below) => new AlertEvaluation.Conflict(Engine.PathOf(below), "r");

    private async Task<List<Alert>> ConflictsAsync() => [.. (await StoredAsync()).Where(a => a.Type == AlertType.Conflict)];

    private sealed class Silent : IAlertDoorbell
    {
        public Task RingAsync(string channel) => Task.CompletedTask;
    }
}
