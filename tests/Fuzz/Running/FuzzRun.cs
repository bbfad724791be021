using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Fuzz.Grammar;
using BudgetEngine.Fuzz.Host;
using BudgetEngine.Fuzz.Oracles;

namespace BudgetEngine.Fuzz.Running;

/// <summary>Inputs over several connections against one host, every answer judged, and the state of the host judged at the end.</summary>
internal sealed class FuzzRun : IDisposable
{
    private const int Connections = 6;

    /// <summary>Of the requests that could change something, one in so many runs alone, between two looks at the store.</summary>
    private const int AloneOneIn = 64;

    /// <summary>
    /// What caches, pools and the state that callers make may grow by: so much, and so many bytes per input. The events that are remembered for listeners are up to 16 MB of it, and the
    /// inputs fill them. A leak of 1 kB per input would pass it in the short form.
    /// </summary>
    private const long MayGrow = 48L << 20;

    private const long MayGrowPerInput = 64;

    private const int LooksBeforeMovesAreCancelled = 20;

    private static readonly TimeSpan _stillComing = TimeSpan.FromMilliseconds(100);

    private readonly FuzzHost _host;
    private readonly FuzzOptions _options;
    private readonly FuzzReport _report;
    private readonly Harvest _harvest = new();
    private readonly Requests _requests;
    private readonly AnswerOracle _oracle;
    private readonly StoreSnapshot _store;
    private readonly Turnstile _turnstile = new(Connections);
    private long _next;
    private long _lastUnanswered;

    private FuzzRun(FuzzHost host, FuzzOptions options, Operations operations, string? root)
    {
        (_host, _options, _report) = (host, options, new FuzzReport(options.Seed));
        var reservations = new ReservationIds(_harvest);
        _requests = new Requests(operations, new Values(operations.Schemas, _harvest, reservations), _harvest, reservations, new PriceFiles(PriceFiles.Find(root)));
        _oracle = new AnswerOracle(host.Directory);
        _store = new StoreSnapshot(host.Directory);
    }

    public static async Task<FuzzReport> RunAsync(FuzzOptions options, string? root, Action<string> tell)
    {
        await using var host = await FuzzHost.StartAsync();
        var operations = new Operations(await host.GetJsonAsync("/openapi/v1.json"));
        using var run = new FuzzRun(host, options, operations, root);
        await run.RunAsync(tell);
        return run._report;
    }

    public void Dispose() => _store.Dispose();

    private async Task RunAsync(Action<string> tell)
    {
        await PrepareAsync();
        var started = TimeProvider.System.GetTimestamp();
        // Caches, pools and compiled code are there after a first share; what comes after must not stay.
        var warm = Math.Min(_options.Inputs / 5, 50_000);
        await StormAsync(warm, null, tell);
        _report.LiveBytesAtStart = LiveBytes();
        await StormAsync(_options.Inputs, _options.For, tell);
        _report.LiveBytesAtEnd = LiveBytes();
        _report.Inputs = Math.Min(_next, _options.Inputs);
        _report.Took = TimeProvider.System.GetElapsedTime(started);
        await AfterwardsAsync();
    }

    private async Task PrepareAsync()
    {
        using var client = _host.NewClient();
        for (var i = 0; i < Values.Tenants; i++)
        {
            var budget = i % 2 == 0 ? """{"daily":1000,"per_user":{"daily":100}}""" : """{"monthly":100000,"durable_holds":true}""";
            (await client.PutAsync($"/v1/budgets/f{i}/a1", Json(budget))).EnsureSuccessStatusCode();
        }

        for (var i = 0; i < 10; i++) (await client.PutAsync($"/v1/prices/model-{i}", Json("""{"input":2,"output":8,"effective_from":"2020-01-01T00:00:00Z"}"""))).EnsureSuccessStatusCode();
    }

    private async Task StormAsync(long until, TimeSpan? span, Action<string> tell)
    {
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            using var wire = new Wire(_host.Address);
            while (span is null || TimeProvider.System.GetElapsedTime(started) < span)
            {
                var number = Interlocked.Increment(ref _next);
                if (number > until)
                {
                    Interlocked.Decrement(ref _next);
                    return;
                }

                // An input's randomness is its own: the same number of the same seed is drawn the same, whoever draws it.
                var random = new Random(unchecked((int)((_options.Seed * 2_654_435_761L) ^ (number * 40_503L))));
                await OneAsync(wire, _requests.Next((int)number, random), random);
                if (number % 100_000 == 0) tell($"{number:N0} inputs, {_report.Findings.Count} findings");
            }
        })));
    }

    private async Task OneAsync(Wire wire, FuzzInput input, Random random)
    {
        var alone = input.Changes && random.Next(AloneOneIn) == 0;
        await (alone ? _turnstile.EnterAloneAsync() : _turnstile.EnterAsync());
        try
        {
            var fault = alone ? await AloneAsync(wire, input, random) : await JudgedAsync(wire, input, random);
            if (fault is not null && _report.IsShown(fault)) await KeepAsync(wire, input, fault);
        }
        finally
        {
            if (alone) _turnstile.LeaveAlone();
            else _turnstile.Leave();
        }
    }

    private async Task<string?> JudgedAsync(Wire wire, FuzzInput input, Random random)
    {
        var answer = await AnswerAsync(wire, input);
        if (answer.Fault is not null) return answer.Fault;
        _report.Count(input, answer.Answer);
        if (answer.Answer is { Status: < 300 } good) Learn(good, random);
        return _oracle.Fault(input, answer.Answer);
    }

    /// <summary>With nobody else writing: what is refused changes nothing, and of a batch as many rows are new as it says.</summary>
    private async Task<string?> AloneAsync(Wire wire, FuzzInput input, Random random)
    {
        await QuietAsync();
        var (before, rows) = (_store.Read(), _store.Rows());
        var (answer, fault) = await AnswerAsync(wire, input);
        if (fault is not null) return fault;
        _report.Count(input, answer);
        if (answer is { Status: < 300 }) Learn(answer, random);
        if ((fault = _oracle.Fault(input, answer)) is not null || answer is null) return fault;
        _report.CountPurity();
        var recorded = Recorded(answer);
        if (recorded is { } count && _store.Rows() - rows != count) return $"a batch says {count} recorded, and {_store.Rows() - rows} rows are new";
        if (answer.Status < 400 || recorded is not null) return null;
        var after = _store.Read();
        return after == before ? null : $"refused with {answer.Status}, and the store has changed: {before} -> {after}";
    }

    /// <summary>A body that broke off may still be on its way to the ledger: its whole records are kept by contract. A job that rates usage again books when it likes.</summary>
    private async Task QuietAsync()
    {
        for (var looks = 0; _store.HasOpenJobs(); looks++)
        {
            if (looks == LooksBeforeMovesAreCancelled) await CancelMovesAsync();
            await Task.Delay(_stillComing);
        }

        while (Environment.TickCount64 - Volatile.Read(ref _lastUnanswered) < 2_000)
        {
            var before = _store.Read();
            await Task.Delay(_stillComing);
            if (_store.Read() == before) return;
        }
    }

    /// <summary>A move waits for what is held at its old place, and an input may have held it for a day.</summary>
    private async Task CancelMovesAsync()
    {
        using var client = _host.NewClient();
        foreach (var move in _store.DrainingMoves())
        {
            using var answer = await client.PostAsync($"/v1/moves/{move}/cancel", null);
            if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.Conflict) Told($"a move that is draining cannot be cancelled: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private async Task<(WireAnswer? Answer, string? Fault)> AnswerAsync(Wire wire, FuzzInput input)
    {
        try
        {
            var answer = await wire.SendAsync(input.Render(_host.Address.Authority), input);
            if (answer is null || input.Framing == Framing.Truncated) Volatile.Write(ref _lastUnanswered, Environment.TickCount64);
            return (answer, null);
        }
        catch (TimeoutException hang)
        {
            return (null, hang.Message);
        }
    }

    private static long? Recorded(WireAnswer answer)
    {
        if (answer.ContentType is not ("application/json" or "application/problem+json") || answer.Body.Length == 0) return null;
        using var json = JsonDocument.Parse(answer.Body, new JsonDocumentOptions { MaxDepth = 1_000 });
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("recorded", out var recorded) ? recorded.GetInt64() : null;
    }

    private void Learn(WireAnswer answer, Random random)
    {
        if (answer.Headers.TryGetValue("ETag", out var etag)) _harvest.Add("etag", etag, random);
        if (answer.ContentType != "application/json" || answer.Body.Length is 0 or > 100_000) return;
        if (JsonNode.Parse(answer.Body) is not JsonObject json) return;
        foreach (var name in (string[])["reservation_id", "request_id", "next_cursor"]) if (json[name] is JsonValue value) _harvest.Add(name, (string)value!, random);
        if ((string?)json["result"] == "recorded") _harvest.Add("recorded", (string)json["request_id"]!, random);
        if (json["alert_id"] is JsonValue alert) _harvest.Add("alert_id", (string)alert!, random);
        if (json["scopes"] is not null && json["id"] is JsonValue id) _harvest.Add("key_id", (string)id!, random);
    }

    private async Task KeepAsync(Wire wire, FuzzInput input, string fault)
    {
        var minimiser = new Minimiser(async smaller => await AnswerAsync(wire, smaller) is var (answer, hang) ? hang ?? _oracle.Fault(smaller, answer) : null, fault);
        var small = fault.StartsWith("refused", StringComparison.Ordinal) || fault.StartsWith("a batch", StringComparison.Ordinal) || fault.StartsWith("a cost", StringComparison.Ordinal) || fault.StartsWith("no answer", StringComparison.Ordinal) ? input : await minimiser.RunAsync(input);
        _report.Findings.Enqueue(new Finding(fault, small, Minimiser.Save(small, _host.Address.Authority)));
    }

    private async Task AfterwardsAsync()
    {
        using var client = _host.NewClient();
        var consistency = await client.GetStringAsync("/v1/consistency");
        if (!JsonNode.Parse(consistency)!["consistent"]!.GetValue<bool>()) Told($"/v1/consistency: {consistency}");
        if (_store.BelievedForgery(_host.HasGivenOut) is { } forgery) Told($"a forged reservation id is believed: {forgery}");
        using var good = await client.PostAsync("/v1/usage", Json("""{"request_id":"good-after-all","cost_center":"good/leaf","cost":1}"""));
        if (!good.IsSuccessStatusCode) Told($"a good request is answered {(int)good.StatusCode}: {await good.Content.ReadAsStringAsync()}");
        foreach (var error in _host.Log.Errors) Told($"logged as an error: {error[..Math.Min(error.Length, 800)]}");
        foreach (var leak in _host.Log.Leaks) Told($"a log line holds a key: {leak[..Math.Min(leak.Length, 300)].Replace(FuzzHost.AdminKey, "(the admin key)", StringComparison.Ordinal)}");
        if (_report.LiveBytesAtEnd - _report.LiveBytesAtStart > MayGrow + (_report.Inputs * MayGrowPerInput)) Told($"live memory grew from {_report.LiveBytesAtStart:N0} to {_report.LiveBytesAtEnd:N0} bytes");
    }

    private void Told(string fault)
    {
        if (_report.IsShown(fault)) _report.Findings.Enqueue(new Finding(fault, null, null));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
