using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Writer;

/// <summary>A record with which every commit fails: others wait for it a while, not for ever.</summary>
public sealed class PoisonTests : EngineTest
{
    [Theory]
    [InlineData(false, RecordOutcome.NotStorable)]
    [InlineData(true, RecordOutcome.Unavailable)]
    public async Task Record_WithWhichEveryCommitFails_IsGivenUpAlone(bool likeAnOutage, RecordOutcome outcome)
    {
        var gate = Faults.HoldCommits();
        Submit("first");
        await gate.Entered.Within("the first commit");
        Faults.BeforeCommit = Poison(likeAnOutage);
        Submission[] good = [Submit("a"), Submit("b"), Submit("c")];
        var poisoned = Submit("bad");
        gate.Open();
        await Clock.TimerSetAsync(Engine.Options.RetryAfter).Within("the first pause");
        // It comes while the batch is failing, and is committed with what is good of it.
        var late = Submit("late");

        await PassAsync(poisoned, lease: true);

        Assert.Equal(outcome, poisoned.Results[0].Outcome);
        foreach (var submission in good.Append(late))
        {
            await submission.Committed.Within("a good record");
            Assert.Equal(RecordOutcome.Recorded, submission.Results[0].Outcome);
        }

        Assert.Equal(1, Engine.Writer.GivenUp);
        await Submit("after").Committed.Within("a later record");
    }

    [Fact]
    public async Task Record_AloneWithAnOutage_IsNotGivenUp()
    {
        Faults.BeforeCommit = Poison(likeAnOutage: true);
        var poisoned = Submit("bad");

        for (var i = 0; i < 60; i++) await PassOnceAsync(lease: true);
        Assert.False(poisoned.Committed.IsCompleted);
        Faults.Heal();
        await PassAsync(poisoned, lease: true);

        Assert.Equal(RecordOutcome.Recorded, poisoned.Results[0].Outcome);
        Assert.Equal(0, Engine.Writer.GivenUp);
    }

    [Fact]
    public async Task Batch_WhileTheLeaseIsNotRenewedEither_StaysWhole()
    {
        var gate = Faults.HoldCommits();
        Submit("first");
        await gate.Entered.Within("the first commit");
        Faults.BreakWrites();
        Submission[] batch = [Submit("a"), Submit("b")];
        gate.Open();
        await Clock.TimerSetAsync(Engine.Options.RetryAfter).Within("the first pause");

        for (var i = 0; i < 60; i++) await PassOnceAsync(lease: false);

        Assert.All(Faults.Commits.Skip(1), c => Assert.Equal(["a", "b"], c.Records.Select(r => r.Row.RequestId)));
        Faults.Heal();
        await PassAsync(batch[1], lease: true);
        Assert.Equal(RecordOutcome.Recorded, batch[0].Results[0].Outcome);
    }

    /// <summary>What an earlier sending has stored stays the batch's own when it is halved, and of equal ids only the first is.</summary>
    [Fact]
    public async Task Batch_ThatWasStoredWithoutAnAnswer_KnowsItsOwnRecordsWhenItIsHalved()
    {
        var gate = Faults.HoldCommits();
        Submit("first");
        await gate.Entered.Within("the first commit");
        var sendings = 0;
        Faults.BeforeCommit = null;
        // The whole has its effect and never an answer.
        Faults.AfterCommit = batch => batch.Records.Count > 2 && sendings++ < 100 ? throw new InvalidOperationException("The test breaks the answer.") : Task.CompletedTask;
        Submission[] batch = [Submit("a"), Submit("b"), Submit("c"), Submit("a")];
        gate.Open();

        await PassAsync(batch[3], lease: true);
        foreach (var submission in batch) await submission.Committed.Within("a half");

        Assert.Equal([RecordOutcome.Recorded, RecordOutcome.Recorded, RecordOutcome.Recorded, RecordOutcome.Duplicate], batch.Select(s => s.Results[0].Outcome));
        Assert.Equal(4, (await Engine.ViewAsync(Root)).SpentToday);
    }

    private static Func<LedgerBatch, Task> Poison(bool likeAnOutage) => batch => !batch.Records.Any(r => r.Row.RequestId == "bad") ? Task.CompletedTask
        : likeAnOutage ? throw new LedgerUnavailableException("The test lets it time out.") : throw new InvalidOperationException("The test has a bug in it.");

    private async Task PassAsync(Submission submission, bool lease)
    {
        for (var i = 0; i < 400 && !submission.Committed.IsCompleted; i++) await PassOnceAsync(lease);
        await submission.Committed.Within("the outcome");
    }

    private async Task PassOnceAsync(bool lease)
    {
        var sent = Faults.Commits.Count;
        Engine.Advance(Engine.Options.RetryAtMost, lease);
        for (var i = 0; i < 20 && Faults.Commits.Count == sent; i++) await Task.Delay(1);
    }

    private Submission Submit(string id)
    {
        var submission = new Submission(Engine.PathOf(Leaf), [new SubmittedRecord(new RecordEntry(Engine.Usage(Leaf, 1, id).Row with { RecordedAt = Clock.Now }), null)], null, bulk: false);
        Assert.Equal(SubmitStatus.Accepted, Engine.Writer.Submit(submission));
        return submission;
    }
}
