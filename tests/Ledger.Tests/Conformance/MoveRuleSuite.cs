using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>What a move comes to, as nodes, batches and the job's runner see it: every store alike, that of the simulation too.</summary>
public abstract class MoveRuleSuite(LedgerHost host, ITestOutputHelper output) : MoveConformance(host, output)
{
    [LedgerFact]
    public async Task Move_OntoAnother_AddsUpEverySum_WithBudgetsIncreasesAndPauses()
    {
        await PutAsync("a/x", BudgetOf(100m), user: "u-1");
        await PutAsync(To, BudgetOf(5m));
        await PutAsync(From, BudgetOf(6m));
        await PutAsync(From + "/deep", BudgetOf(7m));
        foreach (var (id, path) in ((string, string)[])[("top", From), ("deep", From + "/deep")])
        {
            await Store.Increases.PutIncreaseAsync(new Increase(id, path, null, Period.Daily, new Money(5), Now.AddDays(1), null, "k", Now), Admin, None);
        }

        await Store.Pauses.PutPauseAsync(new Pause(From + "/deep", null, "m", null, null, "k", Now), Admin, None);
        await CommitAsync(Row("1", From, 1), Row("2", From + "/deep", 20, "u-2"), Row("3", To, 300), Row("4", To + "/deep", 4_000), Row("5", "a/x", 50_000, date: Today.AddDays(-1)));
        await RollUpAsync();
        var versions = await VersionsAsync();

        var job = (await Store.Moves.CutOverAsync(await CreateAsync(From, To), Now, None))!;

        Assert.Equal((MoveState.Moved, 2), (job.State, job.RowsTotal));
        await AssertSpentAsync(("a", 54_321), ("a/x", 50_000), ("a/y", 4_321), (To, 4_321), (To + "/deep", 4_020), (From, 0), (From + "/deep", 0));
        Assert.All(await VersionsAsync(), v => Assert.True(v.Key == "a" || v.Value > versions.GetValueOrDefault(v.Key), $"{v}, was {versions.GetValueOrDefault(v.Key)}"));
        Assert.Equal(0, (await Store.Nodes.ReadUserAsync("a/x", "u-1", Today, None)).Days.Single(d => d.Date == Today).Balance.Spent.Nanos);
        var (target, deep, old) = (await NodeAsync(To), await NodeAsync(To + "/deep"), await NodeAsync(From));
        Assert.Equal((5_000_000_000, 7_000_000_000, 0, "deep", "m"), (target.Budget!.Own.Limits.Daily!.Value.Nanos, deep.Budget!.Own.Limits.Daily!.Value.Nanos, target.Increases.Count, Assert.Single(deep.Increases).Id, Assert.Single(deep.Pauses).Model));
        Assert.Equal((null, PauseCause.Moved, To), (old.Budget, Assert.Single(old.Pauses).Cause, old.Pauses[0].MovedTo));
        Assert.Equal(["a", "a/x", From, From + "/deep", "a/y", To, To + "/deep"], await Store.Moves.ListTouchedAsync(job, None));
        await AssertConsistentAsync();
        await EndAsync(job);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Move_BeforeItAfterItAndBesideIt_KnowsRepeatsAndCorrections()
    {
        await CommitAsync(Row("1", From, 10), Row("2", To, 20));
        await RollUpAsync();
        var job = await CreateAsync(From, To);
        Assert.Equal(PauseCause.Moving, Assert.Single((await NodeAsync(From)).Pauses).Cause);
        job = (await Store.Moves.CutOverAsync(job, Now, None))!;
        var aliases = (await Store.Catalogs.ReadPoliciesAsync(None)).Aliases;
        Assert.Equal((To + "/p", From + "/p"), (aliases.BookedAt(From + "/p"), aliases.AskedAt(From + "/p", Now)));

        var result = await CommitAsync(Row("1", From, 10), Row("2", From, 7), Row("3", From + "/p", 5), Correction("c1", From, "1", -4));

        Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Conflict, RecordOutcome.Recorded, RecordOutcome.Recorded], result.Records.Select(r => r.Outcome));
        await AssertSpentAsync(("a", 31), (To, 31), (To + "/p", 5), (From, 0));
        job = (await Store.Moves.OpenAsync(job, None))!;
        Assert.Equal(To + "/p", (await Store.Catalogs.ReadPoliciesAsync(None)).Aliases.AskedAt(From + "/p", Now));
        await AssertConsistentAsync();
        await EndAsync(job);
        Assert.Equal(RecordOutcome.Duplicate, (await CommitAsync(Row("1", From, 10))).Records[0].Outcome);
        Assert.Equal(To, (await Store.Lookup.ReadRecordAsync("a", "1", None))!.CostCenter);
        await AssertConsistentAsync();
    }

    /// <summary>A record whose request id another cost center had first is kept under an id of its own, made of the name that it was sent for.</summary>
    [LedgerFact]
    public async Task Move_OfARecordThatHasItsIdBesideAnother_KnowsItsRepeats()
    {
        foreach (var keeps in (bool[])[true, false])
        {
            var (from, to, last, id) = keeps ? ("a/k", "a/l/k", "a/n", "k1") : ("a/x", "a/y/x", "a/z", "m1");
            await CommitAsync(Row(id, "a/other", 1_000));
            await CommitAsync(Row(id, from + "/p", 10));
            await RollUpAsync();
            await EndAsync((await Store.Moves.CutOverAsync(await CreateAsync(from, to, keeps: keeps), Now, None))!);

            Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Conflict], (await CommitAsync(Row(id, from + "/p", 10), Row(id, to + "/p", 7))).Records.Select(r => r.Outcome));
            await EndAsync((await Store.Moves.CutOverAsync(await CreateAsync(to, last), Now, None))!);
            Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Conflict], (await CommitAsync(Row(id, from + "/p", 10), Row(id, last + "/p", 7))).Records.Select(r => r.Outcome));
        }

        await AssertSpentAsync(("a", 2_020));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Correction_OfWhatAPartHasLeft_IsBookedWhereThatHasGone()
    {
        await CommitAsync(Row("1", "a/x/part", 10));
        await RollUpAsync();
        await EndAsync((await Store.Moves.CutOverAsync(await CreateAsync("a/x/part", "a/z", keeps: true), Now, None))!);
        var job = (await Store.Moves.CutOverAsync(await CreateAsync("a/x", "a/y"), Now, None))!;

        await CommitAsync(Correction("c1", "a/x/part", "1", -4));

        await AssertSpentAsync(("a/y/part", 6), ("a/y", 6), ("a/z", 0), ("a", 6));
        await EndAsync(job);
        await AssertConsistentAsync();
    }

    /// <summary>What a part has left of its history comes to where the part itself went before: that place is open, and no old name.</summary>
    [LedgerFact]
    public async Task Move_OfWhatAPartHasLeft_ToWhereThePartIs_BringsBothTogether()
    {
        await CommitAsync(Row("1", "a/x/p", 10), Row("2", "a/x", 1));
        await EndAsync((await Store.Moves.CutOverAsync(await CreateAsync("a/x/p", "a/y/p", keeps: true), Now, None))!);
        await CommitAsync(Row("3", "a/x/p", 100));
        await EndAsync((await Store.Moves.CutOverAsync(await CreateAsync("a/x", "a/y"), Now, None))!);

        await AssertSpentAsync(("a/y/p", 110), ("a/y", 111), ("a/x", 0));
        Assert.Empty((await NodeAsync("a/y/p")).Pauses);
        Assert.Equal("a/y/p", (await Store.Catalogs.ReadPoliciesAsync(None)).Aliases.AskedAt("a/x/p", Now));
        Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Recorded], (await CommitAsync(Row("1", "a/x/p", 10), Row("4", "a/y/p", 5))).Records.Select(r => r.Outcome));
        await AssertSpentAsync(("a/y/p", 115));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Move_OfWhatAPartHasLeft_OntoAnotherCostCenter_IsRefused()
    {
        await CommitAsync(Row("1", "a/x/p", 10), Row("2", "a/x", 1), Row("3", "a/y/p", 5));
        await EndAsync((await Store.Moves.CutOverAsync(await CreateAsync("a/x/p", "a/z", keeps: true), Now, None))!);

        Assert.Contains("'a/y/p' is another cost center", (await Store.Moves.CreateMoveAsync(Job("no", "a/x", "a/y", false), Claim, Admin, None))!.Why, StringComparison.Ordinal);
    }

    [LedgerFact]
    public async Task Move_OfAnotherProcess_IsNotGoneOnWith()
    {
        await CommitAsync(Row("1", From, 10));
        await RollUpAsync();
        var created = await CreateAsync(From, To);
        var job = Assert.Single(await Store.Moves.ClaimMovesAsync("p1", [], 10, Lease, None));
        Assert.Empty(await Store.Moves.ClaimMovesAsync("p2", [], 10, Lease, None));
        Assert.Null(await Store.Moves.CutOverAsync(created, Now, None));
        Assert.Null(await Store.Moves.FailAsync(created, "no", Now, None));

        var moved = (await Store.Moves.CutOverAsync(job, Now, None))!;

        Assert.Null(await Store.Moves.CutOverAsync(job, Now, None));
        Assert.False(await Store.Moves.CancelMoveAsync(job.Id, Admin, None));
        Assert.Null(await Store.Moves.OpenAsync(job, None));
        var again = Assert.Single(await Store.Moves.ClaimMovesAsync("p1", [], 10, Lease, None));
        Assert.Null(await Store.Moves.OpenAsync(moved, None));
        await EndAsync((await Store.Moves.OpenAsync(again, None))!);
        Assert.Empty(await Store.Moves.ClaimMovesAsync("p1", [], 10, Lease, None));
        Assert.Equal(10, await MonthAsync("a/y"));
    }

    [LedgerFact]
    public async Task Move_ThatIsCancelledOrFails_LeavesEverythingWhereItWas()
    {
        await CommitAsync(Row("1", From, 10));
        Assert.True(await Store.Moves.CancelMoveAsync((await CreateAsync(From, To)).Id, Admin, None));
        Assert.Empty((await NodeAsync(From)).Pauses);
        var failed = (await Store.Moves.FailAsync(await CreateAsync(From, To), "why", Now, None))!;

        Assert.Equal((MoveState.Failed, "why", Now), (failed.State, failed.Fault, failed.EndedAt));
        Assert.Empty((await NodeAsync(From)).Pauses);
        await AssertSpentAsync((From, 10), (To, 0));
        Assert.True((await Store.Catalogs.ReadPoliciesAsync(None)).Aliases.IsEmpty);
        await AssertConsistentAsync();
    }

    /// <summary>Users are told apart from here on: what they spent before is found in the rows, whichever name those have just now.</summary>
    [LedgerFact]
    public async Task BudgetOfUsers_SetWhileRowsHaveTheirOldNames_CountsThemWhereTheyCount()
    {
        for (var i = 0; i < 9; i++) await CommitAsync(Row($"r{i}", i % 2 == 0 ? From : To, 10, $"u-{i % 3}"));
        await RollUpAsync();
        var job = (await Store.Moves.CutOverAsync(await CreateAsync(From, To), Now, None))!;
        foreach (var path in (string[])["a/x", "a/y"])
        {
            await PutAsync(path, BudgetOf(100m, new LimitSet(new Limits(new Money(5), null, null, null), [], Enforcement.Hard)));
            await AssertConsistentAsync();
        }

        job = (await Store.Moves.OpenAsync(job, None))!;
        job = (await Store.Moves.RenameAsync(job, 3, Now, None))!;
        await PutAsync(To, BudgetOf(100m), user: "u-1");

        Assert.Equal((MoveState.Renaming, new Money(30)), (job.State, (await Store.Nodes.ReadUserAsync(To, "u-1", Today.AddDays(-40), None)).Days.Single().Balance.Spent));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Move_ThatKeepsHistory_LeavesWhatWasSpent_AndBooksWhatComesUnderTheNewName()
    {
        await RecordAsync(merges: false, rolledUp: 100);
        await PutAsync(From, BudgetOf(7m));
        var (old, parent) = (await SpentAsync(From, Today.AddDays(-1)), await SpentAsync("a/x"));
        var job = await CreateAsync(From, To, keeps: true);
        job = (await Store.Moves.CutOverAsync(job, Now, None))!;
        job = (await Store.Moves.OpenAsync(job, None))!;
        Assert.Equal(MoveState.Done, (await Store.Moves.RenameAsync(job, 5, Now, None))!.State);

        Assert.Equal((old, parent, Money.Zero), (await SpentAsync(From, Today.AddDays(-1)), await SpentAsync("a/x"), await SpentAsync(To)));
        Assert.NotNull((await NodeAsync(To)).Budget);
        // A row of before stays where it is, whatever is said of it later: its repeat is one, and its correction is booked there.
        var known = await CommitAsync(Known(1, From, "a"), Row("after", From, 9), Correction("c1", From, "r1", -1));
        Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Recorded, RecordOutcome.Recorded], known.Records.Select(r => r.Outcome));
        Assert.Equal((old - new Money(1), new Money(9)), (await SpentAsync(From, Today.AddDays(-1)), await SpentAsync(To)));
        await AssertConsistentAsync();
    }

    /// <summary>Where two become one the old names below the new place lead on, whatever else comes there.</summary>
    [LedgerFact]
    public async Task Move_OntoAnother_LeavesTheOldNamesBelowIt()
    {
        await CommitAsync(Row("1", "a/y/part", 10), Row("2", From + "/deep", 20));
        await FinishAsync(await CreateAsync("a/y/part", "a/z"));
        await FinishAsync(await CreateAsync(From, "a/y"));

        Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Recorded], (await CommitAsync(Row("1", "a/y/part", 10), Row("3", "a/y/part", 1))).Records.Select(r => r.Outcome));
        Assert.Equal((new Money(11), new Money(20)), (await SpentAsync("a/z"), await SpentAsync("a/y")));
        Assert.Equal(PauseCause.Moved, Assert.Single((await NodeAsync("a/y/part")).Pauses).Cause);
        await AssertConsistentAsync();
    }

    /// <summary>Whoever repeats a record under an old name must not be taken for somebody else.</summary>
    [LedgerFact]
    public async Task Move_OntoAnOldNameOfSomethingElse_IsRefused()
    {
        await CommitAsync(Row("1", From, 10), Row("2", "a/z", 20), Row("3", "a/w/old", 30));
        await FinishAsync(await CreateAsync(From, To));

        foreach (var (from, to) in ((string, string)[])[("a/z", From), ("a/w", "a/x")]) Assert.Contains("nothing else can be put there", (await Store.Moves.CreateMoveAsync(Job("no", from, to, false), Claim, Admin, None))!.Why, StringComparison.Ordinal);
        await FinishAsync(await CreateAsync(To, From));
        Assert.Equal(RecordOutcome.Duplicate, (await CommitAsync(Row("1", From, 10))).Records[0].Outcome);
    }

    /// <summary>Old names count by where they are, also those that open moves will leave and those of parts that left their history behind.</summary>
    [LedgerFact]
    public async Task Move_BeyondItsShareOfOldNames_IsRefused_AndOthersAreNot()
    {
        var shares = new SubtreeShares(16, 8);
        for (var i = 0; i < 6; i++) await CommitAsync(Row($"x{i}", $"a/x/{i}", 1), Row($"y{i}", $"a/y/{i}", 1));
        await CommitAsync(Row("b", "b/x", 1));
        for (var i = 0; i < 4; i++) await FinishAsync(await CreateAsync($"a/x/{i}", $"a/x/new-{i}"));

        var refused = await OrderAsync("a/x", "a/x/4", "a/x/new-4");

        Assert.Contains("old names", refused!.Why, StringComparison.Ordinal);
        Assert.True(refused.IsShare);
        Assert.Equal(refused, (await Store.Moves.ReadMoveExtentAsync(Job("dry", "a/x/4", "a/x/new-4", false), new ShareClaim("a/x", shares), None)).Refusal);
        // What goes back where it was takes an old name away, and leaves one.
        Assert.Null(await OrderAsync("a/x", "a/x/new-0", "a/x/0"));
        await FinishAsync((await Store.Moves.FindMoveAsync("a/x/new-0", None))!);
        Assert.Null(await OrderAsync("b", "b/x", "b/y"));
        Assert.Null(await OrderAsync("a/y", "a/y/0", "a/y/new-0"));
        await FinishAsync((await Store.Moves.FindMoveAsync("a/y/0", None))!);

        Task<MoveRefusal?> OrderAsync(string within, string from, string to) => Store.Moves.CreateMoveAsync(Job(from, from, to, false), new ShareClaim(within, shares), Admin, None);
    }

    private async Task EndAsync(MoveJob job)
    {
        if (job.State == MoveState.Moved) job = (await Store.Moves.OpenAsync(job, None))!;
        while (job.IsOpen) job = (await Store.Moves.RenameAsync(job, 1, Now, None))!;
        Assert.Equal((MoveState.Done, job.RowsTotal), (job.State, job.RowsDone));
    }

    private async Task AssertSpentAsync(params (string Path, long Spent)[] expected)
    {
        foreach (var (path, spent) in expected) Assert.Equal((path, spent), (path, await MonthAsync(path)));
    }

    private async Task<long> MonthAsync(string path) => (await NodeAsync(path)).Months.Sum(m => m.Balance.Spent.Nanos);

    /// <summary>Of today's balances, by cost center.</summary>
    private async Task<Dictionary<string, long>> VersionsAsync()
    {
        var versions = new Dictionary<string, long>();
        foreach (var path in (string[])["a", "a/x", "a/y", From, From + "/deep", To, To + "/deep"])
        {
            if ((await NodeAsync(path)).Days.FirstOrDefault(d => d.Date == Today) is { Balance.Version: > 0 } day) versions.Add(path, day.Balance.Version);
        }

        return versions;
    }
}
