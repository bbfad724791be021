using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using BudgetEngine.Integration.Tests.Harness;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Integration.Tests.Traffic;

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
