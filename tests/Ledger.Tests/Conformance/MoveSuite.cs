using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>One move, step by step: what it does to every sum, and what becomes of it when a step fails or its process dies.</summary>
public abstract class MoveSuite(LedgerHost host, ITestOutputHelper output) : MoveConformance(host, output)
{
    [LedgerFact]
    public Task Move_ToANewName_LeavesEverySumAsIfItHadBeenThereFromTheStart() => MoveAsync(merges: false, rolledUp: 100);

    [LedgerFact]
    public Task Move_OntoAnother_LeavesEverySumAsIfBothHadBeenOneFromTheStart() => MoveAsync(merges: true, rolledUp: 100);

    [LedgerFact]
    public Task Move_WhileRowsWaitForTheRollUps_LeavesEverySumAsIfBothHadBeenOneFromTheStart() => MoveAsync(merges: true, rolledUp: 35);

    private async Task MoveAsync(bool merges, int rolledUp)
    {
        await RecordAsync(merges, rolledUp);
        var job = await CreateAsync(From, To);

        job = (await Store.Moves.CutOverAsync(job, Now, None))!;

        Assert.Equal((MoveState.Moved, true), (job.State, job.RowsTotal > 0));
        await AssertAlikeAsync(afterRollUp: false);
        job = (await Store.Moves.OpenAsync(job, None))!;
        // What comes late, under the old names, is booked under the new ones, and so is what corrects or repeats a row that has its old name still.
        await CommitAsync(Row("late", From + "/deep", 70, "late-user"), Correction("c1", From, "r1", -1), Row("late", "b/y/new/deep", 70, "late-user"), Correction("c1", "b/y/new", "r1", -1));
        var again = await CommitAsync(Known(1, From, "a"), Known(1, To, "a"));
        Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Duplicate], again.Records.Select(r => r.Outcome));
        await AssertAlikeAsync(afterRollUp: false);
        await AssertConsistentAsync();

        var steps = 0;
        for (; job.State == MoveState.Renaming; steps++)
        {
            job = (await Store.Moves.RenameAsync(job, 20, Now, None))!;
            await AssertConsistentAsync();
        }

        Assert.True(steps > 1 || rolledUp < 100);
        Assert.Equal((MoveState.Done, job.RowsTotal), (job.State, job.RowsDone));
        foreach (var (table, which) in ((string, string)[])[("usage", "true"), ("balances", "(spent <> 0 or requests <> 0)"), ("model_spend", "true"), ("share_spend", "true"), ("usage_days", "true")])
        {
            Assert.Equal((table, 0), (table, await Host.NumberAsync($"select count(*) from {table} where {which} and (cost_center = '{From}' or cost_center like '{From}/%')")));
        }

        await AssertAlikeAsync(afterRollUp: true);
        Assert.Equal(0, await DifferenceAsync("usage", "request_id, user_name, kind, booked_date, cost, requests", "true"));
    }

    [LedgerFact]
    public async Task Move_ThatFailsAtAnyTable_ChangesNothing_AndGoesOn()
    {
        await RecordAsync(merges: true, rolledUp: 30);
        await SetAsync();
        var job = await CreateAsync(From, To);
        string[] touched =
        [
            "cost_centers", "balances", "threshold_marks", "budgets", "increases", "pauses", "api_keys", "channels", "cost_center_aliases", "archived_cost_centers", "node_versions", "audit_entries", "cost_center_moves",
        ];
        // What is done before the one transaction stays: both places tell the same users apart.
        await Host.PlantFaultAsync("cost_center_aliases");
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Moves.CutOverAsync(job, Now, None));
        await Host.MendFaultAsync("cost_center_aliases");
        var before = await DumpAsync();
        foreach (var table in touched)
        {
            await Host.PlantFaultAsync(table);
            await Assert.ThrowsAnyAsync<Exception>(() => Store.Moves.CutOverAsync(job, Now, None));
            await Host.MendFaultAsync(table);
            Assert.Equal(before, await DumpAsync());
        }

        job = (await Store.Moves.CutOverAsync(job, Now, None))!;
        Assert.Equal(MoveState.Moved, job.State);
        var after = await DumpAsync();
        Assert.All(touched, table => Assert.NotEqual(before[table], after[table]));
        await AssertAlikeAsync(afterRollUp: false);
        await AssertConsistentAsync();

        async Task<Dictionary<string, string>> DumpAsync()
        {
            var dump = new Dictionary<string, string>();
            foreach (var table in touched) dump.Add(table, await Host.DumpAsync(table));
            return dump;
        }
    }

    [LedgerFact]
    public async Task Move_WhoseProcessDiesAfterAnyStep_IsGoneOnWithByAnother_Once()
    {
        await RecordAsync(merges: true, rolledUp: 100);
        await CreateAsync(From, To);
        MoveJob? stale = null;
        for (var process = 0; ; process++)
        {
            var claimed = await Store.Moves.ClaimMovesAsync($"p{process}", [], 10, Lease, None);
            if (claimed.Count == 0) break;
            var job = Assert.Single(claimed);
            Assert.Empty(await Store.Moves.ClaimMovesAsync("other", [], 10, Lease, None));
            // Who has lost the job does nothing more, whatever step it believes to be next.
            if (stale is not null)
            {
                Assert.Null(await Store.Moves.CutOverAsync(stale, Now, None));
                Assert.Null(await Store.Moves.OpenAsync(stale, None));
                Assert.Null(await Store.Moves.RenameAsync(stale, 20, Now, None));
            }

            stale = job;
            var next = job.State switch
            {
                MoveState.Draining => await Store.Moves.CutOverAsync(job, Now, None),
                MoveState.Moved => await Store.Moves.OpenAsync(job, None),
                _ => await Store.Moves.RenameAsync(job, 20, Now, None),
            };
            Assert.NotNull(next);
            await AssertConsistentAsync();
            await Host.ExecuteAsync($"update cost_center_moves set runner_until = {Host.Later("runner_until", -2 * Lease)}");
        }

        Assert.Equal(MoveState.Done, (await Store.Moves.ListMovesAsync("a", 10, None)).Single().State);
        await AssertAlikeAsync(afterRollUp: true);
    }

    [LedgerFact]
    public async Task Move_TakesBudgetsKeysChannelsAndPausesAlong_AndWhatStandsAtTheNewNameStands()
    {
        await RecordAsync(merges: true, rolledUp: 100);
        await SetAsync();
        await Store.Schedules.PutScheduleAsync(new Schedule("weekly", From + "/deep", ["ops"], Period.Weekly, DayOfWeek.Monday, 8), Now, new ShareClaim(null, Schedule.Shares), Admin, None);
        var extent = await Store.Moves.ReadMoveExtentAsync(Job("dry", From, To, false), Claim, None);
        Assert.Equal((null, 3L, 2L, 2L, 2L, 2L, 1L, 1L), (extent.Refusal, extent.CostCenters, extent.Merged, extent.Budgets, extent.Increases, extent.Pauses, extent.Keys, extent.Channels));
        Assert.Equal([From], extent.BudgetsThatEnd);
        var version = (await NodeAsync(To + "/deep")).Version;

        var job = await CreateAsync(From, To);
        Assert.Equal(PauseCause.Moving, Assert.Single((await NodeAsync(From)).Pauses, p => p.Cause != PauseCause.None).Cause);
        await Store.Moves.CutOverAsync(job, Now, None);

        var (target, deep, old) = (await NodeAsync(To), await NodeAsync(To + "/deep"), await NodeAsync(From));
        Assert.Equal((new Money(5_000_000_000), new Money(7_000_000_000)), (target.Budget!.Own!.Limits.Daily!.Value, deep.Budget!.Own!.Limits.Daily!.Value));
        Assert.Equal(["deep"], deep.Increases.Select(i => i.Id));
        Assert.Empty(target.Increases);
        Assert.Equal([(null, "stays"), ("gpt-4.1", "moved")], target.Pauses.OrderBy(p => p.Model).Select(p => (p.Model, p.Reason!)));
        Assert.True(deep.Version > version);
        Assert.Null(old.Budget);
        Assert.Equal((PauseCause.Moved, To), (Assert.Single(old.Pauses).Cause, old.Pauses[0].MovedTo));
        Assert.Equal([To + "/deep"], (await Store.Catalogs.ReadKeysAsync(None)).Select(k => k.CostCenter));
        Assert.Equal(1, await Host.NumberAsync($"select count(*) from channels where under = '{To}'"));
        Assert.Equal(To + "/deep", (await Store.Schedules.ReadScheduleAsync("weekly", None))!.Schedule.CostCenter);
        var policies = await Store.Catalogs.ReadPoliciesAsync(None);
        Assert.Equal((To + "/deep", From), (policies.Aliases.BookedAt(From + "/deep"), policies.Aliases.AskedAt(From, Now)));
        Assert.DoesNotContain(await ListAsync(archived: false), p => CostCenterId.IsWithin(p, From));
        Assert.Contains(From, await ListAsync(archived: true));
    }

    /// <summary>What is told of a charge while its row has the old name still: the charge counts under the new one already.</summary>
    [LedgerFact]
    public async Task Move_OfCharges_TakesBackWhereTheyCountNow()
    {
        RecordEntry[] told =
        [
            new(Row("settles", From, 25), Charged: Charged(0)),
            new(Row("tells", From, 4) with { Final = false }, Charged: Charged(1)),
            new(AssumedUsage.Release(From, "u-1", Charged(2).Id, Today, Now), Charged: Charged(2)),
        ];
        for (var i = 0; i < 4; i++)
        {
            var charge = Row(Charged(i).Id, From, 30) with { Flags = RowFlags.Assumed };
            await Store.Records.CommitAsync(new LedgerBatch(NextId(), [new RecordEntry(charge, Guard: new ChargeGuard(KeyOf(i), new Stamp(7), From, 0, Stored: false))], []), None);
        }

        await RollUpAsync();
        var job = (await Store.Moves.CutOverAsync(await CreateAsync(From, To), Now, None))!;
        var result = await Store.Records.CommitAsync(new LedgerBatch(NextId(), told, []), None);

        Assert.All(result.Records, r => Assert.Equal(RecordOutcome.Recorded, r.Outcome));
        Assert.Equal((new Money(25 + 30 + 30), Money.Zero, Money.Zero, new Money(85)), (await SpentAsync(To), await SpentAsync(From), await SpentAsync("a/x"), await SpentAsync("a")));
        await AssertConsistentAsync();
        var again = await Store.Records.CommitAsync(new LedgerBatch(NextId(), told, []), None);
        Assert.All(again.Records, r => Assert.Equal(RecordOutcome.Duplicate, r.Outcome));
        job = (await Store.Moves.OpenAsync(job, None))!;
        while (job.IsOpen) job = (await Store.Moves.RenameAsync(job, 1, Now, None))!;
        Assert.Equal((new Money(85), 0), (await SpentAsync(To), await Host.NumberAsync($"select count(*) from usage where cost_center = '{From}'")));
        await AssertConsistentAsync();

        static Guid KeyOf(int i) => new(i, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8);
        static ChargedHold Charged(int i) => new(AssumedUsage.IdOf(KeyOf(i), new Stamp(7)), From);
    }

    /// <summary>A threshold that was told of before must be armed again where its sum falls under it, or it is never told of any more.</summary>
    [LedgerFact]
    public async Task Move_HasThresholdsOfEveryAncestorLookedAtAgain()
    {
        foreach (var path in (string[])["a", "a/x", "a/y"]) await PutAsync(path, BudgetOf(100m));
        await CommitAsync(Row("1", From, 90));
        await RollUpAsync();
        var job = await CreateAsync(From, To);
        await Host.ExecuteAsync("delete from looks");
        await Store.Moves.CutOverAsync(job, Now, None);

        foreach (var path in (string[])["a", "a/x", "a/y"]) Assert.Equal((path, 1), (path, await Host.NumberAsync($"select count(*) from looks where cost_center = '{path}'")));
    }
}
