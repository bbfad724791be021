using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>
/// Invariant 2: random traffic of every kind, on both sides of a midnight that also ends a month. Afterwards the rows are exactly those that were
/// acknowledged, and every balance is the sum of its rows as this test adds them up.
/// </summary>
public sealed class ConservationTests(ITestOutputHelper output)
{
    private const int Workers = 10;
    private const int Turns = 40;

    /// <summary>Midnight in Saigon, between 28 February and 1 March.</summary>
    private static readonly DateTimeOffset _midnight = new(2027, 2, 28, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public Task RandomTraffic_Sqlite_BalancesAreTheSumsOfTheAcknowledgedRows() => RunAsync(postgres: false);

    [PostgresFact]
    public Task RandomTraffic_Postgres_BalancesAreTheSumsOfTheAcknowledgedRows() => RunAsync(postgres: true);

    private async Task RunAsync(bool postgres)
    {
        var random = new Random(Seed.Next(output));
        using var store = Store.New(postgres);
        var clock = new SetClock(_midnight.AddMinutes(-30));
        await using var engine = await EngineHost.StartAsync(store, clock);
        var caller = engine.Caller;
        await caller.SetBudgetAsync("acme", new { monthly = 1_000_000, time_zone = "Asia/Ho_Chi_Minh" });
        await caller.SetBudgetAsync("acme/d1", new { daily = 100_000, per_user = new { daily = 50_000 } });
        await caller.SetBudgetAsync("acme/d2", new { total = 900_000, per_child = new { weekly = 400_000 }, durable_holds = true });
        var traffic = new MixedTraffic(caller, clock);

        await RunWorkersAsync(traffic, random);
        clock.Now = _midnight.AddMilliseconds(1);
        await RunWorkersAsync(traffic, random);
        await traffic.SettleRestAsync();

        var rows = await caller.ExportAsync();
        output.WriteLine($"{rows.Count} rows; {string.Join(", ", traffic.Counts.OrderBy(c => c.Key).Select(c => $"{c.Value} {c.Key}"))}");
        output.WriteLine(string.Join(", ", rows.SelectMany(r => r.Flags).GroupBy(f => f).Select(g => $"{g.Count()} {g.Key}")));
        Assert.Equal(traffic.Booked.Values.OrderBy(r => r.Id), rows.Select(r => new BookedRecord(r.RequestId, r.CostCenter, r.User, r.Cost, r.BookedDate)).OrderBy(r => r.Id));
        Books.AssertEqual(Books.Of(rows, "acme/d1"), await store.ReadBalancesAsync());
        Assert.Equal(rows.Count, await caller.AssertConsistentAsync());
        await AssertLiveAsync(caller, rows);
    }

    private static Task RunWorkersAsync(MixedTraffic traffic, Random random) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => traffic.RunAsync(new Random(random.Next()), Turns)));

    private static async Task AssertLiveAsync(Caller caller, List<Row> rows)
    {
        var (today, month) = (new DateOnly(2027, 3, 1), new DateOnly(2027, 3, 1));
        var books = Books.Of(rows);
        foreach (var path in rows.SelectMany(r => Books.SelfAndAncestors(r.CostCenter)).Distinct())
        {
            var node = await caller.CostCenterAsync(path);
            var (day, whole) = (books.GetValueOrDefault(new(path, "", false, today)), books.GetValueOrDefault(new(path, "", true, month)));
            Assert.Equal((path, day.Spent, whole.Spent, day.Requests), (path, Nano.Of(node.GetProperty("spent_today")), Nano.Of(node.GetProperty("spent_month")), node.GetProperty("requests_today").GetInt64()));
            // Ancestors keep the hold of what has expired 5 s longer than its owner.
            await Eventually.HoldsAsync($"nothing is held for {path}", async () =>
                (await caller.LimitsAsync(path)).All(w => w.Held == 0)
                && (await caller.CostCenterAsync(path)).GetProperty("reservations").GetProperty("open").GetInt32() == 0);
        }
    }
}

internal sealed record BookedRecord(string Id, string CostCenter, string User, long Cost, DateOnly Date);

/// <summary>Callers that do everything that callers do, and keep what the engine has acknowledged.</summary>
internal sealed class MixedTraffic(Caller caller, SetClock clock)
{
    private readonly ConcurrentQueue<(string Id, JsonObject Record)> _sent = [];
    private readonly ConcurrentQueue<(string Reservation, string Path, string User, DateOnly Date)> _open = [];
    private readonly ConcurrentQueue<(string Reservation, string Path, string User, DateOnly Date)> _lapsing = [];
    private int _ids;

    public ConcurrentDictionary<string, BookedRecord> Booked { get; } = [];

    public ConcurrentDictionary<string, int> Counts { get; } = [];

    private DateOnly Today => DateOf(clock.Now);

    public async Task RunAsync(Random random, int turns)
    {
        for (var i = 0; i < turns; i++)
        {
            await (random.Next(12) switch
            {
                0 or 1 => SingleAsync(random),
                2 => BatchAsync(random, lines: false),
                3 or 4 => BatchAsync(random, lines: true),
                5 => RepeatAsync(random),
                6 => ConflictAsync(random),
                7 => CorrectAsync(random),
                8 => StreamAsync(random),
                9 => ReleaseAsync(random),
                10 => ReserveAsync(random),
                _ => SettleOpenAsync(random),
            });
        }
    }

    /// <summary>Those with a ttl of a second lapse and are settled afterwards; what is still open is settled or released.</summary>
    public async Task SettleRestAsync()
    {
        while (_open.TryDequeue(out var open))
        {
            if (open.Date == Today) (await caller.DeleteAsync($"/v1/reservations/{open.Reservation}")).Is(200);
            else
            {
                Assert.Equal(["late"], await SettleAsync(open, 0.001m));
                Count("settles over midnight");
            }
        }

        while (_lapsing.TryDequeue(out var lapsing))
        {
            await Eventually.HoldsAsync("the reservation lapses", async () => (await caller.GetAsync($"/v1/reservations/{lapsing.Reservation}")).Body.GetProperty("state").GetString() == "expired");
            Assert.Contains("after_expiry", await SettleAsync(lapsing, 0.25m));
            Count("settles after expiry");
        }
    }

    private async Task SingleAsync(Random random)
    {
        var (id, record) = NextRecord(random);
        (await caller.PostAsync("/v1/usage", record)).Is(200);
        Book(id, record);
        Count("singles");
    }

    private async Task BatchAsync(Random random, bool lines)
    {
        var batch = Enumerable.Range(0, random.Next(1, 60)).Select(_ => NextRecord(random)).ToList();
        var fresh = batch.Count;
        // Repeats within the body and of earlier ones, a conflict, and a record that is none.
        var bodies = batch.Select(b => b.Record).Append((JsonObject)batch[random.Next(fresh)].Record.DeepClone()).ToList();
        if (_sent.TryPeek(out var earlier)) bodies.Add((JsonObject)earlier.Record.DeepClone());
        var conflict = (JsonObject)batch[0].Record.DeepClone();
        conflict["cost"] = 77;
        bodies.Add(conflict);
        bodies.Add(new JsonObject { ["request_id"] = "bad", ["cost_center"] = "acme/d0", ["cost"] = -1 });
        var answer = lines
            ? await caller.PostNdJsonAsync("/v1/usage", bodies)
            : await caller.PostAsync("/v1/usage", new JsonArray([.. bodies.Select(b => b.DeepClone())]));
        var body = answer.Is(200);
        Assert.True((fresh, bodies.Count - fresh - 2, 2) == (body.GetProperty("recorded").GetInt32(), body.GetProperty("duplicates").GetInt32(), body.GetProperty("rejected").GetInt32()), answer.Text);
        foreach (var (id, record) in batch) Book(id, record);
        Count(lines ? "NDJSON bodies" : "arrays");
    }

    private async Task RepeatAsync(Random random)
    {
        if (!TryPick(random, out var id, out var record)) return;
        var answer = await caller.PostAsync("/v1/usage", record);
        answer.Is(200);
        Assert.Equal("duplicate", answer.Result);
        Assert.Equal(Booked[id].Cost, Nano.Of(answer.Body.GetProperty("cost")));
        Count("duplicates");
    }

    private async Task ConflictAsync(Random random)
    {
        if (!TryPick(random, out _, out var record)) return;
        var other = (JsonObject)record.DeepClone();
        other["cost"] = record["cost"]!.GetValue<decimal>() + 1;
        var answer = await caller.PostAsync("/v1/usage", other);
        Assert.True(answer is { Status: 409, Code: "request_id_conflict" }, answer.Text);
        Count("conflicts");
    }

    private async Task CorrectAsync(Random random)
    {
        if (!TryPick(random, out var id, out _)) return;
        var original = Booked[id];
        var correction = $"correct-{id}";
        // A row is corrected once, by at most what it cost.
        var amount = random.Next(3) == 0 ? Nano.PerUnit / 3 : -Math.Max(1, original.Cost / 2);
        if (!Booked.TryAdd(correction, original with { Id = correction, Cost = amount })) return;
        (await caller.PostAsync("/v1/usage/corrections", new { request_id = correction, corrects = id, amount = Nano.ToUnits(amount), reason = "test" })).Is(200);
        var tooMuch = await caller.PostAsync("/v1/usage/corrections", new { request_id = correction + "-2", corrects = id, amount = -Nano.ToUnits(original.Cost) - 1, reason = "test" });
        Assert.True(tooMuch is { Status: 422, Code: "correction_too_large" }, tooMuch.Text);
        Count("corrections");
    }

    /// <summary>A stream: heartbeats, then the rest; sometimes more than was granted.</summary>
    private async Task StreamAsync(Random random)
    {
        var open = await CheckAsync(random, ttlSeconds: null);
        for (var i = random.Next(1, 4); i > 0; i--) await SettleAsync(open, 0.125m * random.Next(1, 5), final: false);
        await SettleAsync(open, 0.125m);
        Count("streams");
    }

    private async Task ReleaseAsync(Random random)
    {
        var open = await CheckAsync(random, ttlSeconds: null);
        (await caller.DeleteAsync($"/v1/reservations/{open.Reservation}")).Is(200);
        if (random.Next(2) == 0) Assert.Contains("after_release", await SettleAsync(open, 0.5m));
        Count("releases");
    }

    private async Task ReserveAsync(Random random)
    {
        var lapses = random.Next(2) == 0;
        (lapses ? _lapsing : _open).Enqueue(await CheckAsync(random, lapses ? 1 : null));
        Count("reservations left open");
    }

    private async Task SettleOpenAsync(Random random)
    {
        if (!_open.TryDequeue(out var open)) return;
        var flags = await SettleAsync(open, random.Next(1, 2_000) / 1_000m);
        if (open.Date < Today)
        {
            Assert.Contains("late", flags);
            Count("settles over midnight");
        }
    }

    private async Task<(string Reservation, string Path, string User, DateOnly Date)> CheckAsync(Random random, int? ttlSeconds)
    {
        var (path, user) = (PathOf(random), UserOf(random));
        var check = await caller.CheckAsync(path, random.Next(1, 2_000) / 1_000m, ttlSeconds: ttlSeconds, user: user);
        Assert.True(check.Allowed, check.Text);
        return (check.ReservationId, path, user, Today);
    }

    private async Task<string[]> SettleAsync((string Reservation, string Path, string User, DateOnly Date) open, decimal cost, bool final = true)
    {
        var id = NextId();
        var record = new JsonObject { ["request_id"] = id, ["reservation_id"] = open.Reservation, ["cost"] = cost, ["final"] = final };
        var answer = await caller.PostAsync("/v1/usage", record);
        answer.Is(200);
        Assert.True(Booked.TryAdd(id, new BookedRecord(id, open.Path, open.User, Nano.Of(cost), open.Date)));
        _sent.Enqueue((id, record));
        return answer.Flags;
    }

    /// <summary>A record of now, of minutes ago, or of up to two months ago.</summary>
    private (string Id, JsonObject Record) NextRecord(Random random)
    {
        var id = NextId();
        var age = random.Next(4) switch { 0 => TimeSpan.FromDays(random.Next(60)) + TimeSpan.FromMinutes(random.Next(1440)), 1 => TimeSpan.FromMinutes(random.Next(90)), _ => TimeSpan.Zero };
        var record = new JsonObject
        {
            ["request_id"] = id, ["cost_center"] = PathOf(random), ["user"] = UserOf(random), ["cost"] = Nano.ToUnits(random.NextInt64(1, 3 * Nano.PerUnit)),
            ["final"] = random.Next(10) > 0, ["status"] = random.Next(10) == 0 ? "error" : "success",
            ["timestamp"] = (clock.Now - age).ToString("O", CultureInfo.InvariantCulture),
        };
        return (id, record);
    }

    private void Book(string id, JsonObject record)
    {
        var date = DateOf(DateTimeOffset.Parse(record["timestamp"]!.GetValue<string>(), CultureInfo.InvariantCulture));
        var booked = new BookedRecord(id, record["cost_center"]!.GetValue<string>(), record["user"]!.GetValue<string>(), Nano.Of(record["cost"]!.GetValue<decimal>()), date);
        Assert.True(Booked.TryAdd(id, booked));
        _sent.Enqueue((id, record));
    }

    private bool TryPick(Random random, out string id, out JsonObject record)
    {
        (id, record) = ("", []);
        var sent = _sent.ToArray();
        if (sent.Length == 0) return false;
        (id, record) = sent[random.Next(sent.Length)];
        return true;
    }

    private void Count(string what) => Counts.AddOrUpdate(what, 1, (_, n) => n + 1);

    private string NextId() => $"r-{Interlocked.Increment(ref _ids)}";

    /// <summary>Usage at every level of the tree.</summary>
    private static string PathOf(Random random) => random.Next(8) == 0 ? $"acme/d{random.Next(3)}" : $"acme/d{random.Next(3)}/p{random.Next(4)}";

    private static string UserOf(Random random) => $"u{random.Next(4)}";

    /// <summary>Saigon: 7 hours ahead, without summer time.</summary>
    private static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime.AddHours(7));
}
