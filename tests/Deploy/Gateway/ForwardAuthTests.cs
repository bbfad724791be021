using System.Net;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Deploy.Gateway;

/// <summary>The shipped configurations of Caddy and HAProxy in the real programs, before a real engine.</summary>
public sealed class ForwardAuthTests : IAsyncLifetime
{
    private static readonly string[] Ours =
    [
        "X-User-ID", "X-Cost-Center", "X-Session-ID", "X-Budget-Key", "X-Budget-Remaining", "X-Budget-Reservation", "X-Budget-Decision", "X-Budget-Code", "X-Budget-Reset",
        "X-Budget-Utilization", "X-Budget-Currency", "X-Budget-Model", "X-Budget-Amount", "X-Budget-Input-Tokens", "X-Budget-Max-Output-Tokens",
    ];

    private readonly Stand _stand = new();
    private readonly DirectoryInfo _folder = Files.NewFolder();
    private readonly int _port = FreePort.Next();
    private readonly HttpClient _http = new();
    private EchoUpstream _upstream = default!;

    public async Task InitializeAsync()
    {
        if (!Shell.Has("caddy") && !Shell.Has("haproxy")) return;
        await _stand.InitializeAsync();
        _upstream = await EchoUpstream.StartAsync();
    }

    [ToolFact("caddy", "curl")]
    public async Task Caddy_AsShipped_AsksForEveryCall()
    {
        await using var caddy = await StartCaddyAsync(open: false);
        // The engine's own answer: this key's profile says 403.
        await AssertAsksForEveryCallAsync(HttpStatusCode.Forbidden, HttpStatusCode.BadGateway);
    }

    [ToolFact("caddy", "curl")]
    public async Task Caddy_FailOpen_LetsCallsPassWhileTheEngineIsSlowOrGone()
    {
        await using var caddy = await StartCaddyAsync(open: true);
        await AssertFailsOpenAsync();
    }

    [ToolFact("haproxy", "curl")]
    public async Task HaProxy_AsShipped_AsksForEveryCall()
    {
        await using var haproxy = await StartHaProxyAsync(open: false);
        await AssertAsksForEveryCallAsync(HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable);
    }

    [ToolFact("haproxy", "curl")]
    public async Task HaProxy_AsShipped_SettlesWhatTheUpstreamSays()
    {
        await using var haproxy = await StartHaProxyAsync(open: false);
        using var engine = _stand.Caller();
        await CallAsync("Bearer demo-search", ("X-Answer-Cost", "0.0025"));
        await AssertSettledAsync(engine, 0.0025m);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await CallAsync("Bearer demo-search", ("X-Answer-Status", "503"))).StatusCode);
        await AssertSettledAsync(engine, 0.0025m);
        await CallAsync("Bearer demo-search", ("X-Answer-Cost", "1,\"final\":false"));
        Assert.Equal(Nano.Of(0.01m), (await engine.LimitAsync("acme/engineering")).Held);
        Assert.All(await engine.ExportAsync("acme/engineering"), r => Assert.Equal("search-service", r.User));
    }

    [ToolFact("haproxy", "curl")]
    public async Task HaProxy_FailOpen_LetsCallsPassWhileTheEngineIsSlowOrGone()
    {
        await using var haproxy = await StartHaProxyAsync(open: true);
        await AssertFailsOpenAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _stand.DisposeAsync();
        if (_upstream is not null) await _upstream.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task AssertAsksForEveryCallAsync(HttpStatusCode denied, HttpStatusCode away)
    {
        // For this cost center no limit is set, so that the engine's answer has no X-Budget-Remaining.
        (string, string)[] forged = [.. Ours.Select(h => (h, "forged")), ("X-User-ID", "twice")];
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-support", forged)).StatusCode);
        Assert.DoesNotContain(_upstream.Last, h => Ours.Contains(h.Key, StringComparer.OrdinalIgnoreCase) && h.Value.Contains("forged", StringComparison.Ordinal));
        Assert.Equal(("support-service", "acme/support"), (_upstream.Last["X-User-ID"], _upstream.Last["X-Cost-Center"]));
        Assert.False(_upstream.Last.ContainsKey("X-Budget-Remaining"));
        Assert.False(_upstream.Last.ContainsKey("Authorization"));
        using var engine = _stand.Caller();
        var reservation = (await engine.GetAsync($"/v1/reservations/{_upstream.Last["X-Budget-Reservation"]}")).Is(200);
        Assert.Equal(("support-service", "acme/support"), (reservation.GetProperty("user").GetString(), reservation.GetProperty("cost_center").GetString()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("Bearer nobody", ("X-Cost-Center", "acme/support"))).StatusCode);

        (await engine.PostAsync("/v1/usage", new { request_id = "all", cost_center = "acme/engineering/search", cost = 5 })).Is(200);
        var answer = await CallAsync("Bearer demo-search", ("X-Cost-Center", "acme/support"));
        Assert.Equal(denied, answer.StatusCode);
        Assert.Contains("\"code\":\"budget_exceeded\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("false", Assert.Single(answer.Headers.GetValues("x-should-retry")));
        Assert.True(answer.Headers.RetryAfter is not null);

        await _stand.KillEngineAsync();
        Assert.Equal(away, (await CallAsync("Bearer demo-support")).StatusCode);
    }

    private async Task AssertFailsOpenAsync()
    {
        Assert.StartsWith("rsv_", await ReservationAsync(), StringComparison.Ordinal);
        // An upstream that fails opens nothing and is not called twice.
        Assert.Equal(HttpStatusCode.BadGateway, (await CallAsync("Bearer demo-search", ("X-Answer-Status", "502"))).StatusCode);
        await _stand.HaltEngineAsync();
        Assert.Equal("", await ReservationAsync());
        await _stand.KillEngineAsync();
        Assert.Equal("", await ReservationAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("Bearer nobody")).StatusCode);
    }

    private async Task<string> ReservationAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-search", ("X-Budget-Reservation", "forged"), ("X-Budget-Decision", "allow"))).StatusCode);
        return _upstream.Last.GetValueOrDefault("X-Budget-Reservation", "");
    }

    private static Task AssertSettledAsync(Caller engine, decimal spent) => Eventually.HoldsAsync(
        $"{spent} is spent and nothing held",
        async () => await engine.LimitAsync("acme/engineering") is var limit && limit.Held == 0 && limit.Spent == Nano.Of(spent));

    private async Task<RunningProgram> StartCaddyAsync(bool open)
    {
        var shipped = Files.Text("deploy", "gateways", "caddy", "Caddyfile")
            .Replace("engine:8080", $"127.0.0.1:{_stand.Address.Port}", StringComparison.Ordinal)
            .Replace("http://:8081", $"http://127.0.0.1:{_port}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8090", _upstream.Address.Authority, StringComparison.Ordinal)
            // A busy machine is slower than a gateway may be.
            .Replace("100ms", "10s", StringComparison.Ordinal).Replace("250ms", open ? "3s" : "30s", StringComparison.Ordinal);
        if (open) shipped = shipped.Replace("#open ", "", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "Caddyfile"), shipped);
        return await StartAsync([], "caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile");
    }

    private async Task<RunningProgram> StartHaProxyAsync(bool open)
    {
        var shipped = Files.Text("deploy", "gateways", "haproxy", "haproxy.cfg")
            .Replace("/etc/haproxy/budget.lua", Files.Deploy("gateways", "haproxy", "budget.lua"), StringComparison.Ordinal)
            .Replace("bind :8081", $"bind 127.0.0.1:{_port}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8090", _upstream.Address.Authority, StringComparison.Ordinal);
        if (open) shipped = string.Join('\n', shipped.Split('\n').Where(l => !l.TrimStart().StartsWith("http-request return status 503", StringComparison.Ordinal)));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "haproxy.cfg"), shipped);
        return await StartAsync([$"BUDGET_ENGINE={_stand.Address.ToString().TrimEnd('/')}", $"BUDGET_TIMEOUT={(open ? 1_000 : 10_000)}"], "haproxy", "-db", "-f", "haproxy.cfg");
    }

    private async Task<RunningProgram> StartAsync(string[] environment, params string[] command)
    {
        var line = await File.ReadAllTextAsync(_stand.KeyFile("gateway.conf"));
        var key = line.Split('"')[1];
        var program = new RunningProgram("env", _folder.FullName, [$"BUDGET_KEY={key}", $"HOME={_folder.FullName}", $"PATH={Environment.GetEnvironmentVariable("PATH")}:/usr/sbin", .. environment, .. command]);
        await Eventually.HoldsAsync($"{command[0]} listens", async () =>
        {
            Assert.False(program.HasExited, program.Output);
            try
            {
                await CallAsync("");
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return program;
    }

    private Task<HttpResponseMessage> CallAsync(string authorization, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_port}/v1/chat/completions") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request);
    }
}
