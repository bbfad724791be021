using System.Text.Json.Nodes;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Torture.Traffic;

/// <summary>Checks, and everything that can become of a reservation.</summary>
internal sealed class HoldTraffic(Caller caller, Places places, History history, RecordTraffic records)
{
    public const int LongTtl = 300;
    public const int LongestShortTtl = 3;

    /// <summary>Reserve, use at most that, in time: what budgets with <c>durable_holds</c> promise to the nano-unit.</summary>
    public async Task DurableAsync(Random random)
    {
        if (await CheckAsync(random, places.DurablePath(random), LongTtl, mustSurvive: true) is not { ReservationId: not null } grant) return;
        var left = grant.Amount;
        if (random.Next(5) == 0)
        {
            await ExtendAsync(grant, grant.Amount + (Nano.PerUnit / 100), LongTtl);
            history.Count("extensions");
        }

        for (var beats = random.Next(6) == 0 ? random.Next(1, 4) : 0; beats > 0; beats--)
        {
            var part = random.NextInt64(1, Math.Max(2, left / 4));
            // What became of it is not known: the reservation stays as it is until that has been asked.
            if (!await SettleAsync(grant, part, final: false)) return;
            left -= part;
            history.Count("heartbeats");
        }

        switch (random.Next(8))
        {
            case 0:
                history.Count("durable holds left open");
                break;
            case 1:
                await ReleaseAsync(grant);
                history.Count("releases");
                break;
            default:
                grant.IsEnding = true;
                await SettleAsync(grant, random.NextInt64(1, left + 1));
                history.Count("durable settles");
                break;
        }
    }

    /// <summary>Whatever gateways do: too late, too much, twice, not at all.</summary>
    public async Task MessyAsync(Random random)
    {
        var kept = random.Next(25) == 0;
        var ttl = kept ? LongTtl : random.Next(1, LongestShortTtl + 1);
        if (await CheckAsync(random, places.AnyPath(random), ttl, mustSurvive: false) is not { ReservationId: not null } grant) return;
        if (kept)
        {
            history.Count("holds left open");
            return;
        }

        grant.IsEnding = true;
        switch (random.Next(10))
        {
            case 0:
                history.Count("holds left to lapse");
                break;
            case 1:
                await ReleaseAsync(grant);
                history.Count("releases");
                if (random.Next(2) == 0) await SettleAsync(grant, grant.Amount / 2);
                break;
            case 2:
                await SettleAsync(grant, grant.Amount / 2, final: false);
                await SettleAsync(grant, random.NextInt64(1, grant.Amount));
                history.Count("heartbeats");
                break;
            case 3:
                await Task.Delay(TimeSpan.FromSeconds(ttl));
                await SettleAsync(grant, grant.Amount / 3);
                history.Count("settles at the deadline");
                break;
            case 4:
                await SettleAsync(grant, grant.Amount + random.NextInt64(1, Nano.PerUnit / 20));
                history.Count("settles above the grant");
                break;
            case 5:
                await SettleAsync(grant, grant.Amount / 2);
                await SettleAsync(grant, grant.Amount / 5);
                history.Count("settles twice");
                break;
            case 6:
                await ExtendAsync(grant, null, LongestShortTtl);
                await SettleAsync(grant, grant.Amount / 2);
                history.Count("extensions");
                break;
            default:
                await SettleAsync(grant, random.NextInt64(1, grant.Amount + 1));
                history.Count("settles");
                break;
        }
    }

    /// <summary>Admission as anyone can see it, at any moment: nothing at these nodes may ever pass a limit.</summary>
    public async Task ProbeAsync(Random random)
    {
        var node = places.Durable[random.Next(places.Durable.Count)];
        var answer = await caller.GetAsync($"/v1/limits?cost_center={node}/p0");
        history.Count("probes of a limit");
        if (answer.Status == 503) return;
        foreach (var window in answer.Is(200).GetProperty("items").EnumerateArray().Select(w => new WindowFacts(w)))
        {
            if (window.Spent + window.Held > window.Limit) history.Violation($"seen above the limit: {window}");
        }
    }

    /// <summary>The same question again, under the same id: the reservation that it answers is the one that there is.</summary>
    public async Task<Answer> AskAgainAsync(Grant grant)
    {
        var answer = await caller.PostAsync("/v1/check", grant.Body);
        if (answer.Status != 200) return answer;
        // An outage decided it: where a process died on the way, holds of the first try may be left at its ancestors until they lapse. Asked again, they are ended.
        grant.IsUnknown = answer is { Allowed: false, Reason: "ledger_unavailable" };
        grant.ReservationId = answer.Allowed && !answer.Body.GetProperty("degraded").GetBoolean() ? answer.ReservationId : null;
        return answer;
    }

    public async Task<bool> SettleAsync(Grant grant, long cost, bool final = true)
    {
        var id = records.NextId("s");
        var body = new JsonObject { ["request_id"] = id, ["reservation_id"] = grant.ReservationId, ["cost"] = Nano.ToUnits(cost), ["final"] = final };
        var record = history.Add(new PostedRecord(PostKind.Usage, id, body, grant.CostCenter, grant.User, cost, final, grant.ReservationId, null));
        history.Take(record, await caller.PostAsync(record.Target, body));
        // A heartbeat renews the deadline.
        if (!final) history.Holds(LongestShortTtl);
        else if (record.IsAcknowledged) grant.EndedAt ??= Environment.TickCount64;
        return record.IsAcknowledged;
    }

    private async Task<Grant?> CheckAsync(Random random, string path, int ttl, bool mustSurvive)
    {
        var (id, user, amount) = (records.NextId("c"), $"u{random.Next(4)}", random.NextInt64(Nano.PerUnit / 1_000, Nano.PerUnit / 2));
        var body = new JsonObject { ["request_id"] = id, ["cost_center"] = path, ["user"] = user, ["amount"] = Nano.ToUnits(amount), ["ttl_seconds"] = ttl };
        var grant = history.Add(new Grant(id, body, path, user, amount, mustSurvive) { IsUnknown = true });
        var answer = await AskAgainAsync(grant);
        history.Holds(ttl == LongTtl ? 0 : ttl);
        history.Count("checks");
        if (answer.Status == 503) return null;
        if (answer.Status != 200)
        {
            history.Violation($"check {id} was answered {answer.Status}: {answer.Text}");
            return null;
        }

        if (!answer.Allowed) history.Count($"denied {answer.Reason}");
        else if (grant.ReservationId is null) history.Count("allowed degraded");
        return grant;
    }

    private async Task ExtendAsync(Grant grant, long? amount, int ttl)
    {
        var body = Without.Nulls(new { ttl_seconds = ttl, amount = amount is { } nanos ? Nano.ToUnits(nanos) : (decimal?)null });
        var answer = await caller.PostAsync($"/v1/reservations/{grant.ReservationId}/extend", body);
        if (ttl != LongTtl) history.Holds(ttl);
        // An extension that comes after a crash finds a hold that was in memory gone.
        if (answer is not ({ Status: 200 or 503 } or { Status: 409, Code: "reservation_ended" })) history.Violation($"extend {grant.ReservationId}: {answer.Status} {answer.Text}");
    }

    public async Task ReleaseAsync(Grant grant)
    {
        grant.IsEnding = true;
        grant.IsUnknown = true;
        var answer = await caller.DeleteAsync($"/v1/reservations/{grant.ReservationId}");
        if (answer.Status is 200 or 409)
        {
            grant.IsUnknown = false;
            grant.EndedAt ??= Environment.TickCount64;
        }
        else if (answer.Status != 503) history.Violation($"release {grant.ReservationId}: {answer.Status} {answer.Text}");
    }
}
