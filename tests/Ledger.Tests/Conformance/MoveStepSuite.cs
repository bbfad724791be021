using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Repricing;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>No transaction of a move is larger than it may be, and what is read while its steps are under way is what will be read after them.</summary>
public abstract class MoveStepSuite(LedgerHost host, ITestOutputHelper output) : MoveConformance(host, output)
{
    private const int Limit = 5;

    private static readonly string[] _rollUps = ["model_spend", "share_spend", "usage_days"];

    [LedgerFact]
    public async Task Move_OfManySums_WritesFewOfThemInOneTransaction()
    {
        await RecordAsync(merges: true, rolledUp: 60);
        var job = await CreateAsync(From, To);
        foreach (var table in (string[])["usage", "balances", .. _rollUps]) await Host.CountWritesAsync(table);

        job = (await Store.Moves.CutOverAsync(job, Now, None))!;

        var atOnce = await Host.WrittenAsync();
        // Only what decides: months, and the latest days.
        Assert.Equal(["balances"], atOnce.Keys);
        job = (await Store.Moves.OpenAsync(job, None))!;
        var steps = 0;
        for (; job.IsOpen; steps++)
        {
            job = (await Store.Moves.RenameAsync(job, Limit, Now, None))!;
            // Each row goes from one name to another, and from two ancestors to two others; a histogram is written by itself.
            Assert.All(await Host.WrittenAsync(), table => Assert.InRange(table.Value, 0, Limit * 12));
        }

        Assert.True(steps > 20, $"{steps} steps");
        await AssertAlikeAsync(afterRollUp: true);
        await AssertConsistentAsync();
    }

    /// <summary>Whoever reads sees the second tenant's figures at the first, whatever step the move has come to, and whatever is rolled up meanwhile.</summary>
    [LedgerFact]
    public async Task Reports_WhileAMoveIsUnderWay_HaveEverythingAtItsNewName()
    {
        await RecordAsync(merges: true, rolledUp: 100);
        await CommitAsync(Row("late", From, 70, "late-user"), Row("late", "b/y/new", 70, "late-user"));
        var job = (await Store.Moves.CutOverAsync(await CreateAsync(From, To), Now, None))!;
        await RollUpAsync();
        job = (await Store.Moves.OpenAsync(job, None))!;
        for (var steps = 0; job.IsOpen; steps++)
        {
            if (steps % 5 == 0) await AssertReportsAlikeAsync();
            job = (await Store.Moves.RenameAsync(job, Limit, Now, None))!;
        }

        await AssertReportsAlikeAsync();
        await AssertAlikeAsync(afterRollUp: true);
        Assert.Equal(0, await Host.NumberAsync("select count(*) from spend_list_fills"));
        await AssertReportsAlikeAsync();
    }

    /// <summary>A process may die after any step: what it had committed stands, and the next goes on from there.</summary>
    [LedgerFact]
    public async Task Move_WhoseStepsFailAtAnyTable_GoesOnWhereItWas()
    {
        await RecordAsync(merges: true, rolledUp: 100);
        var job = (await Store.Moves.CutOverAsync(await CreateAsync(From, To), Now, None))!;
        job = (await Store.Moves.OpenAsync(job, None))!;
        for (var steps = 0; job.IsOpen; steps++)
        {
            foreach (var table in steps % 10 == 0 ? (string[])["usage", "balances", .. _rollUps] : [])
            {
                await Host.PlantFaultAsync(table);
                try
                {
                    job = (await Store.Moves.RenameAsync(job, Limit, Now, None))!;
                }
                catch (Exception fault) when (fault.Message.Contains("planted", StringComparison.Ordinal))
                {
                    // Nothing of the step is there.
                }

                await Host.MendFaultAsync(table);
                await AssertConsistentAsync();
                if (!job.IsOpen) break;
            }

            if (job.IsOpen) job = (await Store.Moves.RenameAsync(job, Limit, Now, None))!;
        }

        Assert.Equal(MoveState.Done, job.State);
        await AssertAlikeAsync(afterRollUp: true);
    }

    [LedgerFact]
    public async Task Move_OfMoreThanGoesAtOnce_IsRefusedWithTheReason()
    {
        await CommitAsync(Row("1", From + "/deep", 1));
        var many = $"with recursive n(i) as (select 1 union all select i + 1 from n where i <= {ILedgerMoves.MaxDeciding}) insert into balances select '{From}', 'u' || i, b.period, b.window_date, 1, 1, 1 from n, balances b";
        await Host.ExecuteAsync($"{many} where b.cost_center = '{From}' and b.period = 3");
        var job = Job("many", From, To, keeps: false);

        Assert.Contains("at most 50000 balances", (await Store.Moves.CreateMoveAsync(job, Claim, Admin, None))!.Why, StringComparison.Ordinal);
        Assert.Null(await Store.Moves.CreateMoveAsync(Job("part", From + "/deep", To, keeps: false), Claim, Admin, None));
        Assert.True(await Store.Moves.CancelMoveAsync("part", Admin, None));
        Assert.Null(await Store.Moves.CreateMoveAsync(Job("kept", From, To, keeps: true), Claim, Admin, None));
    }

    /// <summary>A job goes by names, so none of what it is about may move; all else may.</summary>
    [LedgerFact]
    public async Task Move_BesideAJobThatRatesOtherUsageAgain_IsTaken()
    {
        await CommitAsync(Row("1", From, 1), Row("2", "b/z", 1), Row("3", "a/z", 1));
        foreach (var of in (string[])["b", "a/z"]) await RateAsync(of);
        var job = await CreateAsync(From, To);

        Assert.Equal(MoveState.Moved, (await Store.Moves.CutOverAsync(job, Now, None))!.State);

        await RateAsync("b/z");
        Assert.Contains("of 'b' again", (await Store.Moves.CreateMoveAsync(Job("no", "b/z", "b/y", false), Claim, Admin, None))!.Why, StringComparison.Ordinal);
        await RateAsync(null);
        await CommitAsync(Row("4", "c/x", 1));
        Assert.Contains("of all cost centers again", (await Store.Moves.CreateMoveAsync(Job("no", "c/x", "c/y", false), Claim, Admin, None))!.Why, StringComparison.Ordinal);

        async Task RateAsync(string? of) => Assert.True(await Store.Repricing.CreateRepriceAsync(RatingOf(of), new ShareClaim(null, ILedgerRepricing.Shares), Admin, None));
    }

    /// <summary>The old balance of a user who is told apart in the middle would come twice: with its steps, and with what is filled in from the rows.</summary>
    [LedgerFact]
    public async Task PerUser_SetWhileAMoveIsUnderWay_CountsOlderDaysOnce()
    {
        await CommitAsync([.. Enumerable.Range(0, 20).Select(i => Row($"r{i}", i % 2 == 0 ? From : "a/y", 1 + i, "ann", Today.AddDays(-i)))]);
        await PutAsync(From, BudgetOf(1m, LimitSet.None));
        var job = (await Store.Moves.CutOverAsync(await CreateAsync(From, To), Now, None))!;
        job = (await Store.Moves.OpenAsync(job, None))!;

        var refused = 0;
        foreach (var node in (string[])["a/y", "a/x"])
        {
            try
            {
                await PutAsync(node, BudgetOf(1m, LimitSet.None));
            }
            catch (MoveUnderWayException)
            {
                refused++;
            }
        }

        while (job.IsOpen) job = (await Store.Moves.RenameAsync(job, Limit, Now, None))!;
        await AssertConsistentAsync();
        Assert.Equal(2, refused);
        foreach (var node in (string[])["a/y", "a/x"]) await PutAsync(node, BudgetOf(1m, LimitSet.None));
        await AssertConsistentAsync();
        Assert.Equal(20, (await Store.Nodes.ReadUserAsync("a/y", "ann", Today.AddDays(-30), None)).Days.Count);
    }

    [LedgerFact]
    public async Task RowsToBeRatedAgain_WhileTheyWaitForTheirNewNames_AreFoundWhereTheyCount()
    {
        await CommitAsync(Row("1", From, 1) with { Flags = RowFlags.Unpriced }, Row("2", To, 1) with { Flags = RowFlags.Unpriced });
        var job = (await Store.Moves.CutOverAsync(await CreateAsync(From, To), Now, None))!;
        await Store.Moves.OpenAsync(job, None);

        Assert.Equal(["1", "2"], (await Store.Repricing.ReadRepriceRowsAsync(RatingOf(To), 10, None)).Select(r => r.Row.RequestId));
        Assert.Empty(await Store.Repricing.ReadRepriceRowsAsync(RatingOf(From), 10, None));
        Assert.Equal(2, (await Store.Repricing.ReadRepriceExtentAsync(RatingOf("a/y").Order, None)).Rated);
    }

    private RepriceJob RatingOf(string? of) => new(
        $"rpr_{NextId():N}", new RepriceOrder(UsageRange.All, of, [], RowFlags.None, false, null), RepriceState.Open, Now, "k", RowPosition.Start, new RepriceTally(), 0, false, null, null);

    private async Task AssertReportsAlikeAsync()
    {
        foreach (var path in (string[])["", "/x", "/y", "/y/new", "/y/new/deep", "/y/new/alone", "/z"])
        {
            var (ours, theirs) = (await ReportsOfAsync("a" + path), await ReportsOfAsync("b" + path));
            foreach (var (line, expected) in ours.Zip(theirs)) Assert.Equal((path, expected), (path, line));
            Assert.Equal(theirs.Count, ours.Count);
        }
    }

    private async Task<List<string>> ReportsOfAsync(string path)
    {
        var lines = new List<string>();
        foreach (var from in (DateOnly[])[Today.AddDays(-40), new DateOnly(Today.Year, Today.Month, 1).AddMonths(-1)])
        {
            var to = from.Day == 1 ? from.AddMonths(2) : Today.AddDays(1);
            var range = new ReportRange(path, from, to);
            // Of what was moved away a day with nothing is left.
            foreach (var day in (await Store.Reports.ReadDaysAsync(range, None)).Where(d => d.Requests > 0)) lines.Add($"{day.Date}: {day.Spent} {day.Requests} {TextOf(day.Usage)}");
            foreach (var dimension in (UsageDimension[])[UsageDimension.Model, UsageDimension.Provider, UsageDimension.User, UsageDimension.Tag])
            {
                var found = await Store.Reports.ReadNamesAsync(range, dimension, dimension == UsageDimension.Tag ? "feature" : null, null, 100, None);
                lines.Add($"{dimension}: {found.Total.Spent} {found.Total.Requests} {TextOf(found.Total.Usage)}, others {TextOf(found.Other)}");
                foreach (var name in found.Items) lines.Add($"{dimension} {name.Name}: {TextOf(name.Usage)}");
            }

            var centers = await Store.Reports.ReadCostCentersAsync(range, path.Split('/').Length + 1, null, 100, None);
            foreach (var center in centers.Items) lines.Add($"{center.CostCenter[1..]}: {center.Spent} {center.Requests} {TextOf(center.Usage)}");
            var spikes = await Store.Reports.ReadSpikesAsync(range, path.Split('/').Length + 1, 1, 100, None);
            foreach (var spike in spikes) lines.Add($"spike {spike.CostCenter[1..]}: {spike.Date} {spike.Spent} {spike.DayBefore}");
        }

        foreach (var model in await Store.CostCenters.ReadModelsAsync(path, Today, 100, None)) lines.Add($"month {model}");
        var facts = await Store.Spend.ReadSpendFactsAsync(path, Today, None);
        lines.AddRange(facts.Models.Select(m => $"fact {m}").Concat(facts.Users.Select(u => $"user {u}")).Concat(facts.Features.Select(f => $"feature {f}")));
        return lines;
    }

    private static string TextOf(UsageSum sum) => (sum with { Histogram = null }) + " " + sum.Histogram;
}
