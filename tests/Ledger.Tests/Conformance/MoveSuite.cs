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

/// <summary>
/// Moves of cost centers. The oracle is a second tenant: what is recorded for the first under the old names is recorded for the second under the new ones from the start, and
/// after the move every sum of the two must be the same.
/// </summary>
public abstract class MoveSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private const string From = "a/x/old";
    private const string To = "a/y/new";

    private static readonly TimeSpan _lease = TimeSpan.FromMinutes(1);

    /// <summary>What a row is told apart by in each table of sums.</summary>
    private static readonly (string Table, string Columns)[] _sums =
    [
        ("balances", "user_name, period, window_date, spent, requests"),
        ("model_spend", "booked_date, model, spent, requests, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens"),
        ("share_spend", "booked_date, kind, name, spent"),
        ("usage_days", "dimension, booked_date, name, spent, spent_on_failures, requests, failed_requests, input_tokens, output_tokens, latencies, latency_micros, histogram"),
    ];

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

        Assert.Equal((MoveState.Moved, true), (job.State, job.RowsTotal > 0 || rolledUp < 100));
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
            job = (await Store.Moves.RenameAsync(job, 5, Now, None))!;
            await AssertConsistentAsync();
        }

        Assert.True(steps > 1 || rolledUp < 100);
        Assert.Equal((MoveState.Done, job.RowsTotal), (job.State, job.RowsDone));
        Assert.Equal(0, await Host.NumberAsync($"select count(*) from usage where cost_center = '{From}' or cost_center like '{From}/%'"));
        await AssertAlikeAsync(afterRollUp: true);
        Assert.Equal(0, await DifferenceAsync("usage", "request_id, user_name, kind, booked_date, cost, requests", "true"));
    }

    [LedgerFact]
    public async Task Move_ThatFailsAtAnyTable_ChangesNothing_AndGoesOn()
    {
        await RecordAsync(merges: true, rolledUp: 30);
        await SetAsync();
        var job = await CreateAsync(From, To);
        var before = await DumpAsync();
        string[] touched =
        [
            "cost_centers", "tracked_users", "balances", "threshold_marks", "model_spend", "share_spend", "usage_days", "usage", "budgets", "increases", "pauses", "api_keys", "channels",
            "cost_center_aliases", "archived_cost_centers", "node_versions", "audit_entries", "cost_center_moves",
        ];
        foreach (var table in touched)
        {
            await Host.PlantFaultAsync(table);
            await Assert.ThrowsAnyAsync<Exception>(() => Store.Moves.CutOverAsync(job, Now, None));
            await Host.MendFaultAsync(table);
            Assert.Equal(before, await DumpAsync());
        }

        job = (await Store.Moves.CutOverAsync(job, Now, None))!;
        Assert.Equal(MoveState.Moved, job.State);
        await AssertAlikeAsync(afterRollUp: false);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Move_WhoseProcessDiesAfterAnyStep_IsGoneOnWithByAnother_Once()
    {
        await RecordAsync(merges: true, rolledUp: 100);
        await CreateAsync(From, To);
        MoveJob? stale = null;
        for (var process = 0; ; process++)
        {
            var claimed = await Store.Moves.ClaimMovesAsync($"p{process}", _lease, None);
            if (claimed.Count == 0) break;
            var job = Assert.Single(claimed);
            Assert.Empty(await Store.Moves.ClaimMovesAsync("other", _lease, None));
            // Who has lost the job does nothing more, whatever step it believes to be next.
            if (stale is not null)
            {
                Assert.Null(await Store.Moves.CutOverAsync(stale, Now, None));
                Assert.Null(await Store.Moves.OpenAsync(stale, None));
                Assert.Null(await Store.Moves.RenameAsync(stale, 5, Now, None));
            }

            stale = job;
            var next = job.State switch
            {
                MoveState.Draining => await Store.Moves.CutOverAsync(job, Now, None),
                MoveState.Moved => await Store.Moves.OpenAsync(job, None),
                _ => await Store.Moves.RenameAsync(job, 5, Now, None),
            };
            Assert.NotNull(next);
            await AssertConsistentAsync();
            await Host.ExecuteAsync($"update cost_center_moves set runner_until = {Host.Later("runner_until", -2 * _lease)}");
        }

        Assert.Equal(MoveState.Done, (await Store.Moves.ListMovesAsync("a", 10, None)).Single().State);
        await AssertAlikeAsync(afterRollUp: true);
    }

    [LedgerFact]
    public async Task Move_TakesBudgetsKeysChannelsAndPausesAlong_AndWhatStandsAtTheNewNameStands()
    {
        await RecordAsync(merges: true, rolledUp: 100);
        await SetAsync();
        var extent = await Store.Moves.ReadMoveExtentAsync(Job("dry", From, To, false), None);
        Assert.Equal((null, 3L, 2L, 2L, 2L, 2L, 1L, 1L), (extent.Refusal, extent.CostCenters, extent.Merged, extent.Budgets, extent.Increases, extent.Pauses, extent.Keys, extent.Channels));
        Assert.Equal([From], extent.BudgetsThatEnd);
        var version = (await NodeAsync(To + "/deep")).Version;

        var job = await CreateAsync(From, To);
        Assert.Equal(PauseCause.Moving, Assert.Single((await NodeAsync(From)).Pauses, p => p.Cause != PauseCause.Paused).Cause);
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
        var policies = await Store.Catalogs.ReadPoliciesAsync(None);
        Assert.Equal((To + "/deep", From), (policies.Aliases.BookedAt(From + "/deep"), policies.Aliases.AskedAt(From, Now)));
        Assert.DoesNotContain(await ListAsync(archived: false), p => CostCenterId.IsWithin(p, From));
        Assert.Contains(From, await ListAsync(archived: true));
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

    [LedgerFact]
    public async Task Move_BackWhereItCameFrom_IsAsIfNothingHadBeen()
    {
        await RecordAsync(merges: false, rolledUp: 100);
        await FinishAsync(await CreateAsync(From, "a/x/other"));
        await FinishAsync(await CreateAsync("a/x/other", From));
        await FinishAsync(await CreateAsync(From, To));

        await AssertAlikeAsync(afterRollUp: true);
        Assert.Equal(To, (await Store.Catalogs.ReadPoliciesAsync(None)).Aliases.BookedAt("a/x/other"));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Move_OfRetainedRows_LeavesOneOfEachDate()
    {
        var old = DateOnly.FromDateTime(Now.AddDays(-200).UtcDateTime);
        foreach (var (id, path) in ((string, string)[])[("1", From), ("2", To), ("3", From + "/deep")])
        {
            await CommitAsync(Row(id, path, 10, date: old) with { Timestamp = Now.AddDays(-200), RecordedAt = Now.AddDays(-200) });
        }

        while (await Store.Housekeeping.RetainAsync(Now.AddDays(-90), 10, None) > 0)
        {
        }

        await FinishAsync(await CreateAsync(From, To));

        Assert.Equal((2, 20), (await Host.NumberAsync("select count(*) from usage"), await Host.NumberAsync($"select cost from usage where cost_center = '{To}'")));
        Assert.Equal(1, await Host.NumberAsync($"select count(*) from usage where request_id = 'retained:{To}/deep:{old:yyyy-MM-dd}'"));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Move_ThatCannotBe_IsRefusedWithTheReason()
    {
        await CommitAsync(Row("1", "a/x/old/b/c/d/e", 1), Row("2", "b/z", 1));
        async Task<string> WhyAsync(string from, string to) => (await Store.Moves.CreateMoveAsync(Job("no", from, to, false), Admin, None))!;
        Assert.Contains("no cost center", await WhyAsync("a/none", "a/y"), StringComparison.Ordinal);
        Assert.Contains("there already", await WhyAsync("a/x", "a/x"), StringComparison.Ordinal);
        Assert.Contains("tenant", await WhyAsync("a/x", "b/x"), StringComparison.Ordinal);
        Assert.Contains("tenant stays", await WhyAsync("a", "a/y"), StringComparison.Ordinal);
        Assert.Contains("below itself", await WhyAsync("a/x", "a/x/y"), StringComparison.Ordinal);
        Assert.Contains("part of", await WhyAsync("a/x/old", "a/x"), StringComparison.Ordinal);
        Assert.Contains("9 segments", await WhyAsync("a/x/old", "a/1/2/3/4"), StringComparison.Ordinal);
        Assert.True(await Store.Moves.ArchiveAsync("a/gone", Admin, None));
        Assert.False(await Store.Moves.ArchiveAsync("a/gone/more", Admin, None));
        Assert.Contains("archived", await WhyAsync("a/x/old", "a/gone/x"), StringComparison.Ordinal);
        Assert.True(await Store.Moves.UnarchiveAsync("a/gone", Admin, None));
        Assert.False(await Store.Moves.UnarchiveAsync("a/gone", Admin, None));
        var job = await CreateAsync("a/x/old", "a/y");
        Assert.Contains("is being moved", await WhyAsync("a/x/old/b", "a/z"), StringComparison.Ordinal);
        Assert.True(await Store.Moves.CancelMoveAsync(job.Id, Admin, None));
        Assert.False(await Store.Moves.CancelMoveAsync(job.Id, Admin, None));
        Assert.Null(await Store.Moves.CutOverAsync(job, Now, None));
        await FinishAsync(await CreateAsync("a/x/old", "a/y"));
        Assert.Contains("old name", await WhyAsync("a/x/old/b", "a/z"), StringComparison.Ordinal);
        Assert.Contains("old name", await WhyAsync("a/y", "a/x/old/b"), StringComparison.Ordinal);
    }

    private static UsageRow Known(int i, string path, string tenant) =>
        Row($"r{i}", path, 1_000 + i, $"u-{i % 4}", Today.AddDays(-(i % 35))) with
        {
            Model = $"m-{i % 3}", Provider = i % 2 == 0 ? "openai" : "anthropic", InputTokens = 10 * i, OutputTokens = i, LatencyMicros = 1_000L * i, TagsJson = $$"""{"feature":"f-{{i % 2}}"}""",
            Status = i % 5 == 0 ? UsageStatus.Error : UsageStatus.Success, ContentHash = HashOf($"r{i}", tenant, i),
        };

    /// <summary>The same rows for both tenants, those of the first where they were before the move.</summary>
    private async Task RecordAsync(bool merges, int rolledUp)
    {
        foreach (var tenant in (string[])["a", "b"])
        {
            // Users are told apart above the new place and above the old one, and at one of those that become one.
            await PutAsync($"{tenant}/y", BudgetOf(100m, new LimitSet(new Limits(new Money(5_000_000_000), null, null, null), [], Enforcement.Hard)));
            await PutAsync($"{tenant}/x", BudgetOf(100m), user: "u-1");
            if (merges) await PutAsync($"{tenant}/y/new", BudgetOf(100m), user: "u-2");
        }

        string[] before = merges ? [From, From + "/deep", From + "/alone", To, To + "/deep", "a/x", "a/y", "a/z"] : [From, From + "/deep", From + "/alone", "a/x", "a/y", "a/z"];
        var after = new CostCenterMove(From, To);
        for (var i = 0; i < 40; i++)
        {
            var path = i == 1 ? From : before[i % before.Length];
            await CommitAsync(Known(i, path, "a"), Known(i, "b" + after.NewNameOf(path)[1..], "b"));
            if (i * 100 / 40 == rolledUp) await RollUpAsync();
        }

        if (rolledUp >= 100) await RollUpAsync();
    }

    private async Task SetAsync()
    {
        await PutAsync(From, BudgetOf(6m));
        await PutAsync(From + "/deep", BudgetOf(7m));
        await PutAsync(To, BudgetOf(5m));
        foreach (var (id, path) in ((string, string)[])[("top", From), ("deep", From + "/deep")])
        {
            await Store.Increases.PutIncreaseAsync(new Increase(id, path, null, Period.Daily, new Money(5), Now.AddDays(1), null, "k", Now), Admin, None);
        }

        foreach (var (path, model, reason) in ((string, string?, string)[])[(From, null, "ends"), (To, null, "stays"), (From, "gpt-4.1", "moved")])
        {
            await Store.Pauses.PutPauseAsync(new Pause(path, null, model, null, reason, "k", Now), Admin, None);
        }

        await Store.Keys.InsertKeyAsync(new StoredKey("k1", "team", new byte[32], ["check"], From + "/deep", null, null, Now, "k", null), Admin, None);
        await Host.ExecuteAsync(
            $"insert into channels (name, type, under, settings, updated_at, updated_by) select 'c', 0, '{From}', '', updated_at, 'k' from budgets where cost_center = '{To}' and user_name = ''");
        await Host.ExecuteAsync(
            $"insert into threshold_marks (cost_center, user_name, period, window_date, at, generation, fired, changed_at) select '{From}', '', 1, b.window_date, 500000000, 1, b.fired, n.updated_at " +
            $"from (select min(window_date) as window_date, {(Host.Options.Postgres is null ? "1" : "true")} as fired from balances) b, budgets n where n.cost_center = '{To}' and n.user_name = ''");
    }

    private static MoveJob Job(string id, string from, string to, bool keeps) =>
        new(id, new CostCenterMove(from, to), keeps, "because", MoveState.Draining, Now, "key-1", 0, 0, 0, null, null);

    private async Task<MoveJob> CreateAsync(string from, string to, bool keeps = false)
    {
        var id = $"mov_{NextId():N}";
        Assert.Null(await Store.Moves.CreateMoveAsync(Job(id, from, to, keeps), Admin, None));
        return (await Store.Moves.FindMoveAsync(id, None))!;
    }

    private async Task FinishAsync(MoveJob created)
    {
        MoveJob? job = created;
        job = await Store.Moves.CutOverAsync(job, Now, None);
        job = await Store.Moves.OpenAsync(job!, None);
        while (job!.IsOpen) job = await Store.Moves.RenameAsync(job, 5, Now, None);
        Assert.Equal(MoveState.Done, job.State);
    }

    private async Task RollUpAsync()
    {
        while (await Store.Housekeeping.RollUpAsync(100, None) > 0)
        {
        }
    }

    private async Task<IReadOnlyList<string>> ListAsync(bool archived) =>
        [.. (await Store.CostCenters.ListCostCentersAsync("a", null, 100, _ => Today, None, archived)).Select(c => c.CostCenter)];

    private async Task AssertAlikeAsync(bool afterRollUp)
    {
        if (afterRollUp) await RollUpAsync();
        foreach (var (table, columns) in _sums)
        {
            // While rows wait for the roll-up the two may have come to different ones.
            if (!afterRollUp && table != "balances") continue;
            // Of users the move may tell more apart than were told before.
            var which = table == "balances" ? "(spent <> 0 or requests <> 0) and user_name = ''" : "true";
            Assert.Equal((table, 0), (table, await DifferenceAsync(table, columns, which)));
        }

        Assert.Equal(0, await Host.NumberAsync(
            $"""
            select count(*) from (
                select substr(cost_center, 2), user_name, period, window_date, spent, requests from balances where cost_center like 'b%' and user_name > '' and requests > 0
                except select substr(cost_center, 2), user_name, period, window_date, spent, requests from balances where cost_center like 'a%') d
            """));
    }

    /// <summary>How many rows of the one tenant the other does not have alike.</summary>
    private async Task<long> DifferenceAsync(string table, string columns, string which)
    {
        string Of(char tenant) => $"select substr(cost_center, 2), {columns} from {table} where cost_center like '{tenant}%' and {which}";
        return await Host.NumberAsync($"select count(*) from ({Of('a')} except {Of('b')}) d") + await Host.NumberAsync($"select count(*) from ({Of('b')} except {Of('a')}) d");
    }

    private async Task<string> DumpAsync()
    {
        var text = new List<long>();
        foreach (var (table, columns) in _sums)
        {
            var sum = string.Join(" + ", columns.Split(", ").Where(c => c is "spent" or "requests" or "latencies"));
            text.Add(await Host.NumberAsync($"select cast(coalesce(sum(({sum}) * length(cost_center)), 0) as bigint) from {table}"));
        }

        foreach (var table in (string[])["budgets", "increases", "pauses", "tracked_users", "node_versions", "usage", "cost_centers"])
        {
            var column = table == "cost_centers" ? "path" : "cost_center";
            text.Add(await Host.NumberAsync($"select cast(coalesce(sum(length({column})), 0) + count(*) as bigint) from {table}"));
        }

        text.Add(await Host.NumberAsync("select count(*) from cost_center_aliases"));
        return string.Join(' ', text);
    }
}
