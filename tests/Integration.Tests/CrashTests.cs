using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>
/// Invariant 3: the process is killed (<c>kill -9</c>) under load, again and again. What was acknowledged is there, once; what was not may be repeated with
/// the same id and counts once. BUDGET_CRASH_ROUNDS sets the number of rounds.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Workers = 12;

    [Fact]
    public Task KillUnderLoad_Sqlite_LosesNothingAcknowledgedAndCountsNothingTwice() => RunAsync(postgres: false, Rounds(6));

    [PostgresFact]
    public Task KillUnderLoad_Postgres_LosesNothingAcknowledgedAndCountsNothingTwice() => RunAsync(postgres: true, Rounds(4));

    [Fact]
    public Task StopUnderLoad_Sqlite_LosesNothingAcknowledgedAndKeepsOpenReservations() => StopAsync(postgres: false, Rounds(2));

    [PostgresFact]
    public Task StopUnderLoad_Postgres_LosesNothingAcknowledgedAndKeepsOpenReservations() => StopAsync(postgres: true, Rounds(2));

    private static int Rounds(int few) =>
        int.TryParse(Environment.GetEnvironmentVariable("BUDGET_CRASH_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : few;

    private async Task RunAsync(bool postgres, int rounds)
    {
        using var store = Store.New(postgres);
        var random = new Random(Seed.Next(output));
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

    /// <summary>SIGTERM in the middle: what was granted and not settled is held again by the next process.</summary>
    private async Task StopAsync(bool postgres, int rounds)
    {
        using var store = Store.New(postgres);
        var random = new Random(Seed.Next(output));
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

/// <summary>A record that was sent, and whether the engine has said that it is durable.</summary>
internal sealed class SentRecord(string id, JsonObject record, long cost)
{
    public string Id => id;

    public JsonObject Record => record;

    public long Cost => cost;

    public bool Acknowledged { get; private set; }

    public void Acknowledge() => Acknowledged = true;
}

/// <summary>Singles, arrays, NDJSON and check-and-settle, by many callers, each record with an id of its own.</summary>
internal sealed class CrashTraffic
{
    public const decimal Amount = 0.5m;

    private int _ids;
    private int _acknowledged;

    /// <summary>Some checks are not settled.</summary>
    public bool LeavesReservationsOpen { get; init; }

    /// <summary>Reservations that were granted and that nothing was done with.</summary>
    public ConcurrentBag<string> Open { get; } = [];

    public ConcurrentDictionary<string, SentRecord> Sent { get; } = [];

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Until stopped, or until the engine is gone.</summary>
    public async Task RunAsync(Caller caller, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await (random.Next(4) switch
                {
                    0 => SettleAsync(caller, random),
                    1 => BatchAsync(caller, random, lines: false),
                    2 => BatchAsync(caller, random, lines: true),
                    _ => SingleAsync(caller, random),
                });
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    private async Task SingleAsync(Caller caller, Random random)
    {
        var sent = Next(random, null);
        if ((await caller.PostAsync("/v1/usage", sent.Record)).Status == 200) Acknowledge(sent);
    }

    private async Task BatchAsync(Caller caller, Random random, bool lines)
    {
        var batch = Enumerable.Range(0, random.Next(2, 40)).Select(_ => Next(random, null)).ToList();
        var answer = lines
            ? await caller.PostNdJsonAsync("/v1/usage", batch.Select(s => s.Record))
            : await caller.PostAsync("/v1/usage", new JsonArray([.. batch.Select(s => s.Record.DeepClone())]));
        var rejected = answer.Is(200).GetProperty("results").EnumerateArray().Where(r => r.GetProperty("result").GetString() == "rejected").Select(r => r.GetProperty("index").GetInt32());
        foreach (var sent in batch.Where((_, i) => !rejected.Contains(i))) Acknowledge(sent);
    }

    private async Task SettleAsync(Caller caller, Random random)
    {
        var check = await caller.CheckAsync(PathOf(random), Amount, user: $"u{random.Next(3)}");
        if (LeavesReservationsOpen && !check.Allowed) return;
        Assert.True(check.Allowed, check.Text);
        if (LeavesReservationsOpen && random.Next(3) > 0)
        {
            Open.Add(check.ReservationId);
            return;
        }

        var sent = Next(random, check.ReservationId);
        if ((await caller.PostAsync("/v1/usage", sent.Record)).Status == 200) Acknowledge(sent);
    }

    private SentRecord Next(Random random, string? reservation)
    {
        var (id, cost) = ($"r-{Interlocked.Increment(ref _ids)}", random.NextInt64(1, Nano.PerUnit));
        var record = new JsonObject { ["request_id"] = id, ["cost"] = Nano.ToUnits(cost) };
        if (reservation is not null) record["reservation_id"] = reservation;
        else (record["cost_center"], record["user"]) = (PathOf(random), $"u{random.Next(3)}");
        return Sent[id] = new SentRecord(id, record, cost);
    }

    private static string PathOf(Random random) => $"acme/d{random.Next(3)}/p{random.Next(4)}";

    private void Acknowledge(SentRecord sent)
    {
        sent.Acknowledge();
        Interlocked.Increment(ref _acknowledged);
    }
}
