using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>
/// Invariant 3: the process is killed (<c>kill -9</c>) under load, again and again. What was acknowledged is there, once; what was not may be repeated with
/// the same id and counts once. BUDGET_CRASH_ROUNDS sets the number of rounds.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Workers = 12;
    private const int DurableLeaves = 5;

    [Fact]
    public Task KillUnderLoad_Sqlite_LosesNothingAcknowledgedAndCountsNothingTwice() => RunAsync(postgres: false, Rounds(LongForms.Wanted ? 6 : 2));

    [PostgresFact]
    public Task KillUnderLoad_Postgres_LosesNothingAcknowledgedAndCountsNothingTwice() => RunAsync(postgres: true, Rounds(LongForms.Wanted ? 4 : 2));

    [Fact]
    public Task StopUnderLoad_Sqlite_LosesNothingAcknowledgedAndKeepsOpenReservations() => StopAsync(postgres: false, Rounds(2));

    [PostgresFact]
    public Task StopUnderLoad_Postgres_LosesNothingAcknowledgedAndKeepsOpenReservations() => StopAsync(postgres: true, Rounds(2));

    [Fact]
    public Task KillUnderLoad_DurableHoldsOnSqlite_NeverPassesTheLimitAndForgetsNoHold() => KillDurableAsync(postgres: false, Rounds(2));

    [PostgresFact]
    public Task KillUnderLoad_DurableHoldsOnPostgres_NeverPassesTheLimitAndForgetsNoHold() => KillDurableAsync(postgres: true, Rounds(2));

    [Fact]
    public Task Kill_OfAProcessAloneOnSqlite_GrantsWithItsFirstCheck() => GrantAfterKillAsync(postgres: false);

    [PostgresFact]
    public Task Kill_OfAProcessAloneOnPostgres_GrantsWithItsFirstCheckOnceTheOldLeaseIsSilent() => GrantAfterKillAsync(postgres: true);

    private static int Rounds(int few) =>
        int.TryParse(Environment.GetEnvironmentVariable("BUDGET_CRASH_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : few;

    private async Task RunAsync(bool postgres, int rounds)
    {
        using var store = Store.New(postgres);
        var random = Seed.NewRandom(output);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme", new { monthly = 1_000_000 });
        await engine.Caller.SetBudgetAsync("acme/d1", new { daily = 500_000, per_user = new { daily = 400_000 } });
        var traffic = new CrashTraffic();
        for (var round = 1; round <= rounds; round++)
        {
            var until = random.Next(150, 900);
            using var stop = new CancellationTokenSource();
            var before = traffic.Acknowledged;
            var workers = Enumerable.Range(0, Workers).Select(w => traffic.RunAsync(engine.Caller, new Random(random.Next()), stop.Token)).ToList();
            await Eventually.HoldsAsync($"{until} records are acknowledged", () => traffic.Acknowledged - before >= until, 60);
            await engine.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(workers);

            await engine.RestartAsync();
            var (lost, unknown) = await VerifyAsync(engine.Caller, traffic, round);
            output.WriteLine($"round {round}: killed after {until}; {traffic.Sent.Count} sent, {traffic.Acknowledged} acknowledged, {lost} lost, {unknown} of unknown outcome repeated");
        }

        Books.AssertEqual(Books.Of(await engine.Caller.ExportAsync(), "acme/d1"), await store.ReadBalancesAsync());
    }

    /// <summary>
    /// A process alone has the ledger under an exclusive lock, so nobody else can hold what the killed one held (ADR 7): once it is ready it grants, without a
    /// wait for the lease of the killed one. PostgreSQL may have freed the lock of a process that lives, so there the start itself waits until the lease has not
    /// been renewed for five seconds.
    /// </summary>
    private static async Task GrantAfterKillAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme/dept", new { daily = 100 });
        Assert.True((await engine.Caller.CheckAsync("acme/dept/leaf", 1)).Allowed);
        await engine.KillAsync();
        var silent = postgres ? TimeSpan.FromSeconds((await store.QueryAsync("select extract(epoch from now() - renewed_at)::float8 from leases", r => r.GetDouble(0))).Single()) : default;
        var killed = Stopwatch.StartNew();

        await engine.RestartAsync();

        silent += killed.Elapsed;
        var first = await engine.Caller.CheckAsync("acme/dept/leaf", 1);
        Assert.True(first.Allowed, first.Text);
        if (postgres) Assert.True(silent >= TimeSpan.FromSeconds(5), $"granted when the lease of the killed process was {silent} old");
    }

    /// <summary>With <c>durable_holds</c> a crash adds nothing to the bound: what was granted is held by the next process too.</summary>
    private async Task KillDurableAsync(bool postgres, int rounds)
    {
        const int limit = 400;
        using var store = Store.New(postgres);
        var random = Seed.NewRandom(output);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme/dept", new { daily = limit, durable_holds = true });
        var granted = new ConcurrentDictionary<string, bool>();
        for (var round = 1; round <= rounds; round++)
        {
            var until = granted.Count + random.Next(10, limit / rounds);
            var workers = Enumerable.Range(0, Workers).Select(w => ReserveAndSettleAsync(engine.Caller, new Random(random.Next()), granted)).ToList();
            await Eventually.HoldsAsync($"{until} reservations are granted", () => granted.Count >= until || workers.TrueForAll(w => w.IsCompleted), 60);
            await engine.KillAsync();
            await Task.WhenAll(workers);
            await engine.RestartAsync();
            var window = await engine.Caller.LimitAsync("acme/dept");
            Assert.True(window.Spent + window.Held <= window.Limit, window.ToString());
            Assert.True(window.Spent + window.Held >= granted.Count * Nano.PerUnit, $"{granted.Count} granted; {window}");
            output.WriteLine($"round {round}: {granted.Count} granted, {granted.Count(g => g.Value)} settled; {window}");
        }

        // To the full, then every hold that a caller knows of is settled (again): none was forgotten, and the limit is not passed.
        while (await engine.Caller.CheckAsync("acme/dept/last", 1) is { Allowed: true } last) granted[last.ReservationId] = false;
        foreach (var reservation in granted.Keys)
        {
            var settled = await engine.Caller.SettleAsync($"settle-{reservation}"[^60..], reservation, 1);
            settled.Is(200);
            Assert.Empty(settled.Flags);
        }

        var full = await engine.Caller.LimitAsync("acme/dept");
        Assert.True((full.Limit, granted.Count * Nano.PerUnit) == (full.Spent + full.Held, full.Spent), $"{granted.Count} granted; {full}");
        await engine.Caller.AssertConsistentAsync();
    }

    private static async Task ReserveAndSettleAsync(Caller caller, Random random, ConcurrentDictionary<string, bool> granted)
    {
        try
        {
            while (await caller.CheckAsync($"acme/dept/p{random.Next(DurableLeaves)}", 1) is { Allowed: true } check)
            {
                granted[check.ReservationId] = false;
                if (random.Next(2) == 0) continue;
                (await caller.SettleAsync($"settle-{check.ReservationId}"[^60..], check.ReservationId, 1)).Is(200);
                granted[check.ReservationId] = true;
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // The engine was killed.
        }
    }

    /// <summary>SIGTERM in the middle: what was granted and not settled is held again by the next process.</summary>
    private async Task StopAsync(bool postgres, int rounds)
    {
        using var store = Store.New(postgres);
        var random = Seed.NewRandom(output);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme", new { monthly = 1_000_000 });
        await engine.Caller.SetBudgetAsync("acme/d1", new { daily = 500_000, per_user = new { daily = 400_000 } });
        var traffic = new CrashTraffic { LeavesReservationsOpen = true };
        for (var round = 1; round <= rounds; round++)
        {
            var until = random.Next(150, 900);
            using var stop = new CancellationTokenSource();
            var before = traffic.Acknowledged;
            var workers = Enumerable.Range(0, Workers).Select(w => traffic.RunAsync(engine.Caller, new Random(random.Next()), stop.Token)).ToList();
            await Eventually.HoldsAsync($"{until} records are acknowledged", () => traffic.Acknowledged - before >= until, 60);
            var exit = engine.StopAsync();
            await Task.WhenAll(workers);
            Assert.True(await exit == 0, engine.Output);

            await engine.RestartAsync();
            var rows = await RowsOnceAsync(engine.Caller);
            Assert.Empty(traffic.Sent.Values.Where(s => s.Acknowledged && !rows.ContainsKey(s.Id)).Select(s => s.Id));
            var held = (await engine.Caller.LimitAsync("acme", "monthly")).Held;
            foreach (var open in traffic.Open)
            {
                var state = await engine.Caller.GetAsync($"/v1/reservations/{open}");
                Assert.True(state.Status == 200 && state.Body.GetProperty("state").GetString() == "held", $"round {round}: {open}: {state.Text}");
            }

            // Granted with an answer that the caller did not get any more: at most one per worker and round.
            var known = traffic.Open.Count * CrashTraffic.Amount;
            Assert.InRange(held, Nano.Of(known), Nano.Of(known + Workers * round * CrashTraffic.Amount));
            output.WriteLine($"round {round}: stopped after {until}; {traffic.Sent.Count} sent, {traffic.Acknowledged} acknowledged, {traffic.Open.Count} open reservations kept, held {Nano.ToUnits(held)}");
            await engine.Caller.AssertConsistentAsync();
        }

        foreach (var open in traffic.Open) (await engine.Caller.DeleteAsync($"/v1/reservations/{open}")).Is(200);
        Assert.InRange((await engine.Caller.LimitAsync("acme", "monthly")).Held, 0, Nano.Of(Workers * rounds * CrashTraffic.Amount));
    }

    private static async Task<(int Lost, int Unknown)> VerifyAsync(Caller caller, CrashTraffic traffic, int round)
    {
        await caller.AssertConsistentAsync();
        Assert.Equal(0, (await caller.LimitAsync("acme", "monthly")).Held);
        var rows = await RowsOnceAsync(caller);
        var lost = traffic.Sent.Values.Where(s => s.Acknowledged && !rows.ContainsKey(s.Id)).Select(s => s.Id).ToList();
        Assert.True(lost.Count == 0, $"round {round}: {lost.Count} acknowledged records are lost: {string.Join(", ", lost.Take(5))}");
        Assert.All(rows.Values, r => Assert.Equal(traffic.Sent[r.RequestId].Cost, r.Cost));

        var unknown = traffic.Sent.Values.Where(s => !s.Acknowledged).ToList();
        foreach (var sent in unknown)
        {
            var answer = await caller.PostAsync("/v1/usage", sent.Record);
            answer.Is(200);
            Assert.Equal(rows.ContainsKey(sent.Id) ? "duplicate" : "recorded", answer.Result);
            if (answer.Result == "recorded" && sent.Record.ContainsKey("reservation_id")) Assert.Contains("no_reservation", answer.Flags);
            sent.Acknowledge();
        }

        var after = await RowsOnceAsync(caller);
        Assert.Equal(traffic.Sent.Count, after.Count);
        await caller.AssertConsistentAsync();
        return (lost.Count, unknown.Count);
    }

    private static async Task<Dictionary<string, Row>> RowsOnceAsync(Caller caller)
    {
        var rows = await caller.ExportAsync();
        var twice = rows.GroupBy(r => r.RequestId).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        Assert.True(twice.Count == 0, $"there twice: {string.Join(", ", twice.Take(5))}");
        return rows.ToDictionary(r => r.RequestId);
    }
}
