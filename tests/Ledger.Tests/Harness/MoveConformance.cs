using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Harness;

/// <summary>
/// What tests of moves share. The oracle is a second tenant: what is recorded for the first under the old names is recorded for the second under the new ones from the start, and
/// after the move every sum of the two must be the same.
/// </summary>
public abstract class MoveConformance(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    protected const string From = "a/x/old";

    protected const string To = "a/y/new";

    protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    protected static readonly ShareClaim Claim = new(null, CostCenterAliases.Shares);

    /// <summary>What a row is told apart by in each table of sums.</summary>
    private static readonly (string Table, string Columns)[] _sums =
    [
        ("balances", "user_name, period, window_date, spent, requests"),
        ("model_spend", "booked_date, model, spent, requests, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens"),
        ("share_spend", "booked_date, kind, name, spent"),
        ("usage_days", "dimension, booked_date, name, spent, spent_on_failures, requests, failed_requests, input_tokens, output_tokens, latencies, latency_micros, histogram"),
    ];

    protected static UsageRow Known(int i, string path, string tenant) =>
        Row($"r{i}", path, 1_000 + i, $"u-{i % 4}", Today.AddDays(-(i % 35))) with
        {
            Model = $"m-{i % 3}", Provider = i % 2 == 0 ? "openai" : "anthropic", InputTokens = 10 * i, OutputTokens = i, LatencyMicros = 1_000L * i, TagsJson = $$"""{"feature":"f-{{i % 2}}"}""",
            Status = i % 5 == 0 ? UsageStatus.Error : UsageStatus.Success, ContentHash = HashOf($"r{i}", tenant, i),
        };

    /// <summary>The same rows for both tenants, those of the first where they were before the move.</summary>
    protected async Task RecordAsync(bool merges, int rolledUp)
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

    protected async Task SetAsync()
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

    protected static MoveJob Job(string id, string from, string to, bool keeps) =>
        new(id, new CostCenterMove(from, to), keeps, "because", MoveState.Draining, Now, "key-1", 0, 0, 0, null, null);

    protected async Task<MoveJob> CreateAsync(string from, string to, bool keeps = false)
    {
        var id = $"mov_{NextId():N}";
        Assert.Null(await Store.Moves.CreateMoveAsync(Job(id, from, to, keeps), Claim, Admin, None));
        return (await Store.Moves.FindMoveAsync(id, None))!;
    }

    protected async Task FinishAsync(MoveJob created)
    {
        MoveJob? job = created;
        job = await Store.Moves.CutOverAsync(job, Now, None);
        job = await Store.Moves.OpenAsync(job!, None);
        while (job!.IsOpen) job = await Store.Moves.RenameAsync(job, 20, Now, None);
        Assert.Equal(MoveState.Done, job.State);
    }

    protected Task RollUpAsync() => RollUpAllAsync(100);

    protected async Task<IReadOnlyList<string>> ListAsync(bool archived) =>
        [.. (await Store.CostCenters.ListCostCentersAsync("a", null, 100, _ => Today, None, archived)).Select(c => c.CostCenter)];

    protected async Task AssertAlikeAsync(bool afterRollUp)
    {
        if (afterRollUp) await RollUpAsync();
        foreach (var (table, columns) in _sums)
        {
            // While rows wait for the roll-up the two may have come to different ones.
            if (!afterRollUp && table != "balances") continue;
            // Of users the move may tell more apart than were told before. Days by which nothing is decided follow in steps.
            var which = table == "balances" ? $"(spent <> 0 or requests <> 0) and user_name = ''{(afterRollUp ? "" : " and period = 3")}" : "true";
            Assert.Equal((table, 0), (table, await DifferenceAsync(table, columns, which)));
        }

        Assert.Equal(0, await Host.NumberAsync(
            $"""
            select count(*) from (
                select substr(cost_center, 2), user_name, period, window_date, spent, requests from balances where cost_center like 'b%' and user_name > '' and requests > 0 {(afterRollUp ? "" : "and period = 3")}
                except select substr(cost_center, 2), user_name, period, window_date, spent, requests from balances where cost_center like 'a%') d
            """));
    }

    /// <summary>How many rows of the one tenant the other does not have alike.</summary>
    protected async Task<long> DifferenceAsync(string table, string columns, string which)
    {
        string Of(char tenant) => $"select substr(cost_center, 2), {columns} from {table} where cost_center like '{tenant}%' and {which}";
        return await Host.NumberAsync($"select count(*) from ({Of('a')} except {Of('b')}) d") + await Host.NumberAsync($"select count(*) from ({Of('b')} except {Of('a')}) d");
    }
}
