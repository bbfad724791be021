using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.TestKit.Traffic;

/// <summary>Singles, arrays, NDJSON and check-and-settle, by many callers, each record with an id of its own.</summary>
public sealed class CrashTraffic
{
    public const decimal Amount = 0.5m;

    /// <summary>Where it spends.</summary>
    public static IReadOnlyList<string> Paths { get; } = [.. Enumerable.Range(0, 12).Select(i => $"acme/d{i / 4}/p{i % 4}")];

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

    private static string PathOf(Random random) => Paths[random.Next(Paths.Count)];

    private void Acknowledge(SentRecord sent)
    {
        sent.Acknowledge();
        Interlocked.Increment(ref _acknowledged);
    }
}
