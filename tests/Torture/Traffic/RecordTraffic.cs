using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Torture.Traffic;

/// <summary>Posts that need no reservation: singles, bodies of many that partly repeat, corrections, repeats and conflicts.</summary>
internal sealed class RecordTraffic(Caller caller, Places places, History history)
{
    private const int MaxBatch = 40;
    private int _ids;

    public string NextId(string kind) => $"{kind}-{places.Tenant}-{Interlocked.Increment(ref _ids)}";

    public async Task<bool> SingleAsync(Random random, string? path = null)
    {
        var record = history.Add(Next(random, path));
        history.Take(record, await caller.PostAsync(record.Target, record.Body));
        history.Count("single posts");
        return record.IsAcknowledged;
    }

    public async Task BatchAsync(Random random, bool lines)
    {
        var fresh = Enumerable.Range(0, random.Next(1, MaxBatch)).Select(_ => history.Add(Next(random, null))).ToList();
        var records = new List<PostedRecord?>(fresh);
        // Twice within the body, known from earlier, and one that is no record.
        records.Add(fresh[random.Next(fresh.Count)]);
        if (history.Pick(random) is { Kind: PostKind.Usage } known) records.Add(known);
        records.Insert(random.Next(records.Count), null);
        var before = records.ConvertAll(r => r is { IsAcknowledged: true });
        var bodies = records.ConvertAll(r => r is null ? new JsonObject { ["request_id"] = "bad", ["cost"] = -1 } : r.Body.DeepClone().AsObject());
        var answer = lines ? await caller.PostNdJsonAsync("/v1/usage", bodies) : await caller.PostAsync("/v1/usage", new JsonArray([.. bodies]));
        history.Count(lines ? "NDJSON bodies" : "arrays");
        if (answer.Status == 503) return;
        if (answer.Status != 200) history.Violation($"a batch of {records.Count} was answered {answer.Status}: {answer.Text}");
        else Take(records, before, answer.Body.GetProperty("results").EnumerateArray().ToDictionary(r => r.GetProperty("index").GetInt32()), lines);
    }

    /// <summary>The same again: it must be known, at the same cost.</summary>
    public async Task RepeatAsync(Random random)
    {
        if (history.Pick(random) is not { } record) return;
        history.Take(record, await caller.PostAsync(record.Target, record.Body));
        history.Count("repeats");
    }

    /// <summary>The same id with another content: refused, with no effect.</summary>
    public async Task ConflictAsync(Random random)
    {
        if (history.Pick(random) is not { Kind: PostKind.Usage } record) return;
        var other = record.Body.DeepClone().AsObject();
        other["cost"] = Nano.ToUnits(record.Cost) + 1;
        var answer = await caller.PostAsync(record.Target, other);
        history.Count("conflicts");
        if (answer is not ({ Status: 503 } or { Status: 409, Code: "request_id_conflict" })) history.Violation($"{record.Id} with other content: {answer.Status} {answer.Text}");
    }

    public async Task CorrectAsync(Random random)
    {
        if (history.Pick(random) is not { Kind: PostKind.Usage } record || !record.TryCorrect()) return;
        // What is booked under a durable budget is corrected downwards only: its limit is checked without any allowance.
        var amount = random.Next(4) == 0 && !places.Durable.Any(d => record.CostCenter.StartsWith(d, StringComparison.Ordinal)) ? Nano.PerUnit / 100 : -Math.Max(1, record.Cost / 2);
        if (-amount > record.Cost) return;
        var id = NextId("correct");
        var body = new JsonObject { ["request_id"] = id, ["corrects"] = record.Id, ["amount"] = Nano.ToUnits(amount), ["reason"] = "torture" };
        // A request id is known within a tenant, and a correction has no cost center to tell which.
        var correction = history.Add(new PostedRecord(PostKind.Correction, id, body, record.CostCenter, record.User, amount, true, null, record.Id));
        history.Take(correction, await caller.PostAsync(correction.Target, body));
        history.Count("corrections");
    }

    private void Take(List<PostedRecord?> records, List<bool> before, Dictionary<int, JsonElement> results, bool lines)
    {
        for (var i = 0; i < records.Count; i++)
        {
            var (word, retryable) = results.TryGetValue(i, out var result)
                ? (result.GetProperty("result").GetString()!, result.TryGetProperty("retryable", out var again) && again.GetBoolean())
                : (lines ? "recorded" : "nothing", false);
            if (records[i] is not { } record)
            {
                if (word != "rejected" || retryable) history.Violation($"what is no record was {word}");
                continue;
            }

            if (word is "recorded" or "duplicate") history.Acknowledge(record);
            else if (!retryable && !(result.ValueKind == JsonValueKind.Object && history.IsOfTime(result.GetProperty("code").GetString()))) history.Violation($"{record.Id} in a batch: {(results.ContainsKey(i) ? result.GetRawText() : "no result")}");
            if (before[i] && word == "recorded") history.Violation($"{record.Id} was acknowledged before, and is recorded again in a batch");
        }
    }

    private PostedRecord Next(Random random, string? path)
    {
        var (id, user) = (NextId("r"), $"u{random.Next(4)}");
        path ??= places.AnyPath(random);
        var body = new JsonObject { ["request_id"] = id, ["cost_center"] = path, ["user"] = user };
        long cost;
        if (random.Next(3) == 0)
        {
            var (input, output) = (random.Next(1, 5_000), random.Next(1, 2_000));
            (body["model"], body["input_tokens"], body["output_tokens"]) = (Places.Model, input, output);
            cost = (input * 2_000L) + (output * 8_000L);
        }
        else
        {
            cost = random.NextInt64(1, Nano.PerUnit / 50);
            body["cost"] = Nano.ToUnits(cost);
        }

        var final = random.Next(10) > 0;
        body["final"] = final;
        return new PostedRecord(PostKind.Usage, id, body, path, user, cost, final, null, null);
    }
}
