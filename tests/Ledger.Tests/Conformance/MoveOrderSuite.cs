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

/// <summary>Moves one after the other, beside other writers, and those that cannot be.</summary>
public abstract class MoveOrderSuite(LedgerHost host, ITestOutputHelper output) : MoveConformance(host, output)
{
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

    /// <summary>A node of an old name may be in memory, and knows that it has spent nothing. What is booked there once the name leads nowhere any more is news to it.</summary>
    [LedgerFact]
    public async Task Usage_OfANameThatIsNoOldOneAnyMore_HasVersionsAfterThoseThatWereKnownThere()
    {
        for (var i = 0; i < 5; i++) await CommitAsync(Row($"r{i}", From, 10), Row($"s{i}", From, 10, date: Today.AddDays(-1)));
        var job = (await Store.Moves.CutOverAsync(await CreateAsync(From, To), Now, None))!;
        var known = (await NodeAsync(From)).Days.ToDictionary(d => d.Date, d => d.Balance.Version);
        job = (await Store.Moves.OpenAsync(job, None))!;
        while (job.IsOpen) job = (await Store.Moves.RenameAsync(job, 5, Now, None))!;

        await Host.ExecuteAsync("delete from cost_center_aliases");
        await CommitAsync(Row("late", From, 7), Row("later", From, 1, date: Today.AddDays(-1)));

        var days = (await NodeAsync(From)).Days.ToDictionary(d => d.Date, d => d.Balance);
        Assert.Equal((new Money(7), new Money(1)), (days[Today].Spent, days[Today.AddDays(-1)].Spent));
        Assert.All(known, k => Assert.True(days[k.Key].Version > k.Value, $"{k.Key}: {days[k.Key].Version} after {k.Value}"));
    }

    /// <summary>Another process may have moved it since this one looked: only the transaction knows.</summary>
    [LedgerFact]
    public async Task Nothing_IsSetAtAnOldName()
    {
        await CommitAsync(Row("1", From, 10));
        await FinishAsync(await CreateAsync(From, To));
        var below = From + "/deep";
        var claim = new ShareClaim(null, Schedule.Shares);

        await RefusedAsync(() => PutAsync(below, BudgetOf(7m)));
        await RefusedAsync(() => Store.Increases.PutIncreaseAsync(new Increase("late", below, null, Period.Daily, new Money(5), Now.AddDays(1), null, "k", Now), Admin, None));
        await RefusedAsync(() => Store.Pauses.PutPauseAsync(new Pause(below, null, null, null, null, "k", Now), Admin, None));
        await RefusedAsync(() => Store.Keys.InsertKeyAsync(new StoredKey("late", "team", new byte[32], ["check"], below, null, null, Now, "k", null), Admin, None));
        await RefusedAsync(() => Store.Schedules.PutScheduleAsync(new Schedule("late", below, ["ops"], Period.Weekly, DayOfWeek.Monday, 8), Now, claim, Admin, None));
        await RefusedAsync(() => Store.Channels.PutChannelAsync(new Channel("late", below, ChannelType.Webhook, [], [], new ChannelTarget { Url = "https://x.example/" }, null), claim, Admin, None));
        Assert.Empty(await Store.Budgets.ListBudgetsAsync("a", null, 10, None));
        await PutAsync(To + "/deep", BudgetOf(7m));

        async Task RefusedAsync(Func<Task> write) => Assert.Equal($"'{below}' was moved: it is '{To}/deep' now.", (await Assert.ThrowsAsync<CostCenterMovedException>(write)).Message);
    }

    [LedgerFact]
    public async Task Move_OfWhatAPartHasLeftBefore_TakesTheHistoryThatItLeft_AndMakesNoNameAnew()
    {
        await CommitAsync(Row("1", From + "/kept", 10), Row("2", From + "/gone", 20), Row("3", From, 5));
        await FinishAsync(await CreateAsync(From + "/kept", "a/k", keeps: true));
        await FinishAsync(await CreateAsync(From + "/gone", "a/g"));
        await FinishAsync(await CreateAsync(From, To));

        Assert.Equal((new Money(15), new Money(10), Money.Zero, new Money(20)), (await SpentAsync(To), await SpentAsync(To + "/kept"), await SpentAsync("a/k"), await SpentAsync("a/g")));
        Assert.Equal(["a", "a/g", "a/k", "a/x", "a/y", To], await ListAsync(archived: false));
        // Whoever repeats a record of before, under whichever name, has sent it already; what is new goes where the part went.
        var repeats = await CommitAsync(Row("1", From + "/kept", 10), Row("2", From + "/gone", 20), Row("4", From + "/kept", 1));
        Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Duplicate, RecordOutcome.Recorded], repeats.Records.Select(r => r.Outcome));
        Assert.Equal((new Money(1), new Money(36)), (await SpentAsync("a/k"), await SpentAsync("a")));
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
        async Task<string> WhyAsync(string from, string to) => (await Store.Moves.CreateMoveAsync(Job("no", from, to, false), Claim, Admin, None))!.Why;
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

    /// <summary>
    /// Names go to and fro, parts of what was moved move on, and usage comes under any name that leads somewhere: the second tenant has each row where the first must have it
    /// at the end.
    /// </summary>
    [LedgerFact]
    public async Task Moves_OneAfterTheOther_OfRandomParts_WithUsageUnderOldNames_LoseNothing()
    {
        var seed = Environment.GetEnvironmentVariable("BUDGET_SEED") is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : Random.Shared.Next();
        Output.WriteLine($"BUDGET_SEED={seed}");
        var random = new Random(seed);
        foreach (var node in (string[])["x", "y/u", "z"]) await PutAsync($"a/{node}", BudgetOf(9m, new LimitSet(new Limits(new Money(5), null, null, null), [], Enforcement.Hard)));
        List<string> places = ["a/x", "a/x/p", "a/x/p/q", "a/y", "a/y/u", "a/z", "a/z/p"];
        // By the name under which they were sent, and where they must be now.
        var rows = new List<(int Id, string At)>();
        var moves = 0;
        for (var step = 0; step < 60; step++)
        {
            var path = places[random.Next(places.Count)];
            var aliases = (await Store.Catalogs.ReadPoliciesAsync(None)).Aliases;
            rows.Add((step, aliases.BookedAt(path)));
            await CommitAsync(Row($"r{step}", path, 1_000 + step, $"u-{step % 3}") with { LatencyMicros = step * 100 });
            if (random.Next(4) == 0) await RollUpAsync();
            if (random.Next(6) != 0) continue;
            var (from, to) = (places[random.Next(places.Count)], $"a/{(char)('x' + random.Next(3))}/n{random.Next(4)}");
            var id = $"mov_{step}";
            if (await Store.Moves.CreateMoveAsync(Job(id, from, to, false), Claim, Admin, None) is not null) continue;
            moves++;
            await FinishAsync((await Store.Moves.FindMoveAsync(id, None))!);
            rows = rows.ConvertAll(r => (r.Id, new CostCenterMove(from, to).NewNameOf(r.At)));
            places.Add(to);
            await AssertConsistentAsync();
        }

        foreach (var node in (string[])["x", "y/u", "z"]) await PutAsync($"b/{node}", BudgetOf(9m, new LimitSet(new Limits(new Money(5), null, null, null), [], Enforcement.Hard)));
        foreach (var (id, at) in rows) await CommitAsync(Row($"r{id}", "b" + at[1..], 1_000 + id, $"u-{id % 3}") with { LatencyMicros = id * 100 });
        Output.WriteLine($"{moves} moves");
        await AssertAlikeAsync(afterRollUp: true);
        Assert.Equal(0, await DifferenceAsync("usage", "request_id, user_name, kind, booked_date, cost, requests", "true"));
        await AssertConsistentAsync();
    }

    /// <summary>Writers of several processes commit under the old name all the while: each row is booked once, and counted where its name leads at that moment.</summary>
    [LedgerFact]
    public async Task Move_WhileOthersCommitUnderTheOldName_LosesNothing()
    {
        await PutAsync(From, BudgetOf(9m, new LimitSet(new Limits(new Money(5), null, null, null), [], Enforcement.Hard)));
        for (var i = 0; i < 30; i++) await CommitAsync(Row($"r{i}", From + "/deep", 1, $"u-{i % 3}"));
        var writers = new List<StoreUnderTest> { Store };
        if (Host.SeveralProcesses)
        {
            writers.Add(Host.NewStore());
            await writers[1].OpenAsync(migrate: false, LedgerUse.Shared, None);
        }

        using var done = new CancellationTokenSource();
        var written = 30;
        var writing = writers.ConvertAll(store => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var id = Interlocked.Increment(ref written);
                var batch = new LedgerBatch(new Guid(id, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8), [new RecordEntry(Row($"r{id}", id % 2 == 0 ? From : "a/y", 1, $"u-{id % 3}"))], []);
                // Whoever is refused for another transaction's sake sends again, as the writer does.
                while (!await TryAsync(store, batch))
                {
                }
            }
        }));
        await FinishAsync(await CreateAsync(From, To));
        await FinishAsync(await CreateAsync(To, From));
        await done.CancelAsync();
        await Task.WhenAll(writing);

        Assert.Equal(written, await Host.NumberAsync("select count(*) from usage"));
        Assert.Equal(new Money(written), await SpentAsync("a"));
        Assert.Equal(0, await Host.NumberAsync($"select count(*) from usage where cost_center like '{To}%'"));
        await AssertConsistentAsync();
    }

    private static async Task<bool> TryAsync(StoreUnderTest store, LedgerBatch batch)
    {
        try
        {
            Assert.Equal(RecordOutcome.Recorded, (await store.Records.CommitAsync(batch, None)).Records[0].Outcome);
            return true;
        }
        catch (LedgerContentionException)
        {
            return false;
        }
    }
}
