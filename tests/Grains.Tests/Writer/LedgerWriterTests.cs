using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Writer;

/// <summary>The group-commit writer, asked directly; its tells go to real grains.</summary>
public sealed class LedgerWriterTests : EngineTest
{
    protected override void Configure(LedgerWriterOptions options) => (options.MaxPending, options.MaxBatch) = (8, 3);

    [Fact]
    public async Task Submit_WhileACommitIsUnderWay_GathersTheNext()
    {
        var gate = Faults.HoldCommits();
        var first = Submit("r1");
        await gate.Entered.Within("the first commit");
        Submission[] next = [Submit("r2"), Submit("r3"), Submit("r4")];
        Assert.Equal(3, Engine.Writer.PendingRecords);
        gate.Open();

        foreach (var submission in next.Prepend(first)) await submission.Committed.Within("a commit");

        Assert.Equal([["r1"], ["r2", "r3", "r4"]], Batches());
        Assert.Equal(0, Engine.Writer.PendingRecords);
    }

    [Fact]
    public async Task Submit_OfSinglesAfterBulk_IsCommittedBeforeIt()
    {
        var gate = Faults.HoldCommits();
        Submit("r1");
        await gate.Entered.Within("the first commit");
        var bulk = Submit(bulk: true, "b1", "b2", "b3");
        Submit("r2");
        Submit("r3");
        gate.Open();

        await bulk.Committed.Within("the commit of the bulk");

        Assert.Equal([["r1"], ["r2", "r3"], ["b1", "b2", "b3"]], Batches());
    }

    [Fact]
    public async Task Submit_BeyondMaxPending_IsOverloaded_ButChangesOfHoldsAreTaken()
    {
        var gate = Faults.HoldCommits();
        Submit("r1");
        await gate.Entered.Within("the first commit");
        for (var i = 0; i < 8; i++) Submit($"p{i}");

        Assert.Equal(SubmitStatus.Overloaded, Engine.Writer.Submit(Submission(false, "one more")));
        var hold = new Submission(Engine.Tenant, [], new HoldChange(Guid.NewGuid(), new Stamp(1), null), false);
        Assert.Equal(SubmitStatus.Accepted, Engine.Writer.Submit(hold));
        gate.Open();
        await hold.Committed.Within("the commit of the change of a hold");
        Assert.Equal(HoldOutcome.Applied, hold.HoldOutcome);
        await Submit("after").Committed.Within("a commit when there is room again");
    }

    [Fact]
    public async Task Commit_WithUnknownOutcome_IsSentAgainBeforeAnyOtherAndCountsOnce()
    {
        // The effect is there, the answer is lost.
        var lost = Faults.NewGate();
        Faults.AfterCommit = async _ =>
        {
            Faults.AfterCommit = null;
            await lost.PassAsync();
            throw new LedgerUnavailableException("The answer was lost.");
        };
        var first = Submit("r1");
        await lost.Entered.Within("the first commit");
        var second = Submit("r2");
        lost.Open();
        await Clock.TimerSetAsync(Engine.Options.RetryAfter).Within("the pause before the repeat");
        Assert.True(Engine.Health.WritesFail);
        Clock.Advance(Engine.Options.RetryAfter);

        await second.Committed.Within("the second commit");

        Assert.Equal([["r1"], ["r1"], ["r2"]], Batches());
        Assert.Equal(Faults.Commits[0].Id, Faults.Commits[1].Id);
        Assert.Equal(RecordOutcome.Recorded, first.Results[0].Outcome);
        Assert.False(Engine.Health.WritesFail);
        await first.Notified.Within("the tells");
        await second.Notified.Within("the tells");
        Assert.Equal(2, (await Engine.ViewAsync(Root)).SpentToday);
    }

    [Fact]
    public async Task Commit_ThatLostAgainstAnother_IsRepeatedAtOnce()
    {
        Faults.BeforeCommit = _ =>
        {
            Faults.BeforeCommit = null;
            throw new LedgerContentionException("The test says so.");
        };
        var submission = Submit("r1");

        await submission.Committed.Within("the repeated commit");

        Assert.Equal(Faults.Commits[0].Id, Faults.Commits[1].Id);
        Assert.Equal(RecordOutcome.Recorded, submission.Results[0].Outcome);
    }

    [Fact]
    public async Task Commit_WithABadRow_IsHalvedUntilThatStandsAlone()
    {
        var gate = Faults.HoldCommits();
        Submit("first");
        await gate.Entered.Within("the first commit");
        Faults.BeforeCommit = batch => batch.Records.Any(r => r.Row.RequestId == "bad") ? throw new LedgerDataException("The test refuses it.") : Task.CompletedTask;
        var spread = Submit(bulk: false, "a", "bad");
        var other = Submit("b");
        gate.Open();

        await spread.Committed.Within("the halves");
        await other.Committed.Within("the halves");
        await spread.Notified.Within("the tells");
        await other.Notified.Within("the tells");

        Assert.Equal([RecordOutcome.Recorded, RecordOutcome.NotStorable], spread.Results.Select(r => r.Outcome));
        Assert.Equal(RecordOutcome.Recorded, other.Results[0].Outcome);
        Assert.Equal(3, (await Engine.ViewAsync(Root)).SpentToday);
        Assert.Equal(Faults.Commits.Count, Faults.Commits.Select(c => c.Id).Distinct().Count());
    }

    [Fact]
    public async Task Commit_OfManyBadRows_KeepsNobodyElseWaiting()
    {
        Submission? other = null;
        Faults.BeforeCommit = batch =>
        {
            if (!batch.Records.Any(r => r.Row.RequestId.StartsWith("bad", StringComparison.Ordinal))) return Task.CompletedTask;
            other ??= Submit("other");
            throw new LedgerDataException("The test refuses it.");
        };
        var bad = Submit(bulk: true, "bad1", "bad2", "bad3");

        await bad.Committed.Within("the refusal of all");

        Assert.All(bad.Results, r => Assert.Equal(RecordOutcome.NotStorable, r.Outcome));
        Assert.Equal([["bad1", "bad2", "bad3"], ["bad1"], ["other"], ["bad2", "bad3"], ["bad2"], ["bad3"]], Batches());
        Assert.Equal(RecordOutcome.Recorded, other!.Results[0].Outcome);
    }

    [Fact]
    public async Task Commit_OfBadRowsWithoutEnd_KeepsNoMoreOfThemThanMayWait()
    {
        var (sent, most) = (0, 0);
        var last = new TaskCompletionSource();
        Faults.BeforeCommit = batch =>
        {
            // As fast as they are refused, more of them come.
            while (sent < 150 && Engine.Writer.Submit(Submission(false, $"bad{sent}")) == SubmitStatus.Accepted) sent++;
            most = Math.Max(most, Engine.Writer.PendingRecords);
            if (!batch.Records.Any(r => r.Row.RequestId.StartsWith("bad", StringComparison.Ordinal))) return Task.CompletedTask;
            if (sent == 150 && Engine.Writer.PendingRecords == 0) last.TrySetResult();
            throw new LedgerDataException("The test refuses it.");
        };
        Submit("bad");

        await last.Task.Within("the refusal of all");

        // Those that wait for their turn, those that are suspected, and one batch of them that was taken just before.
        Assert.InRange(most, 9, 8 + 8 + 3);
    }

    [Fact]
    public async Task StopAsync_WithRefusedRowsLeft_CommitsTheGoodOnesOfThem()
    {
        var gate = Faults.HoldCommits();
        Submit("first");
        await gate.Entered.Within("the first commit");
        Faults.BeforeCommit = batch => batch.Records.Any(r => r.Row.RequestId == "bad") ? throw new LedgerDataException("The test refuses it.") : Task.CompletedTask;
        var spread = Submit(bulk: true, "a", "bad", "b");
        var stopped = Engine.Writer.StopAsync();
        gate.Open();

        await stopped.Within("the stop");

        Assert.Equal([RecordOutcome.Recorded, RecordOutcome.NotStorable, RecordOutcome.Recorded], spread.Results.Select(r => r.Outcome));
    }

    [Fact]
    public async Task Commit_WithABadRowAmongChangesOfHolds_AppliesThoseAll()
    {
        var gate = Faults.HoldCommits();
        Submit("first");
        await gate.Entered.Within("the first commit");
        Faults.BeforeCommit = batch => batch.Records.Any(r => r.Row.RequestId == "bad") ? throw new LedgerDataException("The test refuses it.") : Task.CompletedTask;
        var bad = Submit("bad");
        var hold = new Submission(Engine.Tenant, [], new HoldChange(Guid.NewGuid(), new Stamp(1), null), false);
        Engine.Writer.Submit(hold);
        gate.Open();

        await hold.Committed.Within("the change of a hold");
        await bad.Committed.Within("the bad record");

        Assert.Equal((HoldOutcome.Applied, RecordOutcome.NotStorable), (hold.HoldOutcome, bad.Results[0].Outcome));
    }

    [Fact]
    public async Task Commit_OfABadChangeOfAHold_IsAnsweredUnavailable()
    {
        Faults.BeforeCommit = _ => throw new LedgerDataException("The test refuses it.");
        var hold = new Submission(Engine.Tenant, [], new HoldChange(Guid.NewGuid(), new Stamp(1), null), false);
        Engine.Writer.Submit(hold);

        await hold.Committed.Within("the refusal");

        Assert.Equal(HoldOutcome.Unavailable, hold.HoldOutcome);
    }

    [Fact]
    public async Task TryWithdraw_BeforeItIsSent_LeavesNoEffectAndMakesRoom()
    {
        var gate = Faults.HoldCommits();
        var first = Submit("r1");
        await gate.Entered.Within("the first commit");
        var second = Submit("r2");

        Assert.True(Engine.Writer.TryWithdraw(second));
        Assert.False(Engine.Writer.TryWithdraw(second));
        Assert.False(Engine.Writer.TryWithdraw(first));
        Assert.Equal(0, Engine.Writer.PendingRecords);
        gate.Open();
        await Submit("r3").Committed.Within("a later commit");

        Assert.Equal([["r1"], ["r3"]], Batches());
    }

    [Fact]
    public async Task StopAsync_WithRecordsPending_CommitsThemFirst()
    {
        var gate = Faults.HoldCommits();
        Submission[] all = [Submit("r1"), Submit("r2"), Submit("r3"), Submit("r4"), Submit("r5")];
        await gate.Entered.Within("the first commit");
        var stopped = Engine.Writer.StopAsync();
        Assert.Equal(SubmitStatus.Stopping, Engine.Writer.Submit(Submission(false, "too late")));
        Assert.False(stopped.IsCompleted);
        gate.Open();

        await stopped.Within("the stop");

        Assert.All(all, submission => Assert.Equal(RecordOutcome.Recorded, submission.Results[0].Outcome));
    }

    [Fact]
    public async Task StopAsync_WithALedgerOutOfReach_GivesUpAfterItsTime()
    {
        Faults.BreakWrites();
        Submit("r1");
        await Clock.TimerSetAsync(Engine.Options.RetryAfter).Within("the pause before the repeat");
        var stopped = Engine.Writer.StopAsync();
        await Clock.TimerSetAsync(Engine.Options.DrainWithin).Within("the stop waits");

        Clock.Advance(Engine.Options.DrainWithin);

        await stopped.Within("the stop");
    }

    private IEnumerable<IEnumerable<string>> Batches() => Faults.Commits.Select(c => c.Records.Select(r => r.Row.RequestId));

    private Submission Submit(params string[] ids) => Submit(bulk: false, ids);

    private Submission Submit(bool bulk, params string[] ids)
    {
        var submission = Submission(bulk, ids);
        Assert.Equal(SubmitStatus.Accepted, Engine.Writer.Submit(submission));
        return submission;
    }

    private Submission Submission(bool bulk, params string[] ids) => new(
        Engine.PathOf(Leaf), [.. ids.Select(id => new SubmittedRecord(new RecordEntry(Engine.Usage(Leaf, 1, id).Row with { RecordedAt = Clock.Now }), null))], null, bulk);
}
