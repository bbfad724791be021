using System.Net;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;

namespace BudgetEngine.Deploy.Gateway;

/// <summary>The shipped configurations of Caddy and HAProxy in the real programs, before a real engine.</summary>
public sealed class ForwardAuthTests() : GatewayTest("caddy", "haproxy")
{
    private static readonly string[] Ours =
    [
        "X-User-ID", "X-Cost-Center", "X-Session-ID", "X-Budget-Key", "X-Budget-Remaining", "X-Budget-Reservation", "X-Budget-Decision", "X-Budget-Code", "X-Budget-Reset",
        "X-Budget-Utilization", "X-Budget-Currency", "X-Budget-Model", "X-Budget-Amount", "X-Budget-Input-Tokens", "X-Budget-Max-Output-Tokens",
    ];

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

    [ToolFact("caddy", "curl")]
    public async Task Caddy_WithAShipper_IsSettledFromItsLog()
    {
        await using var caddy = await StartCaddyAsync(open: false, ships: true);
        await AssertShippedAsync();
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
        using var engine = Stand.Caller();
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

    private async Task AssertAsksForEveryCallAsync(HttpStatusCode denied, HttpStatusCode away)
    {
        // For this cost center no limit is set, so that the engine's answer has no X-Budget-Remaining.
        (string, string)[] forged = [.. Ours.Select(h => (h, "forged")), ("X-User-ID", "twice")];
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-support", forged)).StatusCode);
        Assert.DoesNotContain(Upstream.Last, h => Ours.Contains(h.Key, StringComparer.OrdinalIgnoreCase) && h.Value.Contains("forged", StringComparison.Ordinal));
        Assert.Equal(("support-service", "acme/support"), (Upstream.Last["X-User-ID"], Upstream.Last["X-Cost-Center"]));
        Assert.False(Upstream.Last.ContainsKey("X-Budget-Remaining"));
        Assert.False(Upstream.Last.ContainsKey("Authorization"));
        using var engine = Stand.Caller();
        var reservation = (await engine.GetAsync($"/v1/reservations/{Upstream.Last["X-Budget-Reservation"]}")).Is(200);
        Assert.Equal(("support-service", "acme/support"), (reservation.GetProperty("user").GetString(), reservation.GetProperty("cost_center").GetString()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("Bearer nobody", ("X-Cost-Center", "acme/support"))).StatusCode);

        (await engine.PostAsync("/v1/usage", new { request_id = "all", cost_center = "acme/engineering/search", cost = 5 })).Is(200);
        var answer = await CallAsync("Bearer demo-search", ("X-Cost-Center", "acme/support"));
        Assert.Equal(denied, answer.StatusCode);
        Assert.Contains("\"code\":\"budget_exceeded\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("false", Assert.Single(answer.Headers.GetValues("x-should-retry")));
        Assert.True(answer.Headers.RetryAfter is not null);

        await Stand.KillEngineAsync();
        Assert.Equal(away, (await CallAsync("Bearer demo-support")).StatusCode);
    }

    private async Task AssertFailsOpenAsync()
    {
        Assert.StartsWith("rsv_", await ReservationAsync(), StringComparison.Ordinal);
        // An upstream that fails opens nothing and is not called twice.
        Assert.Equal(HttpStatusCode.BadGateway, (await CallAsync("Bearer demo-search", ("X-Answer-Status", "502"))).StatusCode);
        await Stand.HaltEngineAsync();
        Assert.Equal("", await ReservationAsync());
        await Stand.KillEngineAsync();
        Assert.Equal("", await ReservationAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("Bearer nobody")).StatusCode);
    }

    private async Task<string> ReservationAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-search", ("X-Budget-Reservation", "forged"), ("X-Budget-Decision", "allow"))).StatusCode);
        return Upstream.Last.GetValueOrDefault("X-Budget-Reservation", "");
    }

    private async Task<RunningProgram> StartCaddyAsync(bool open, bool ships = false)
    {
        var shipped = Files.Text("deploy", "gateways", "caddy", "Caddyfile")
            .Replace("engine:8080", $"127.0.0.1:{Stand.Address.Port}", StringComparison.Ordinal)
            .Replace("http://:8081", $"http://127.0.0.1:{Port}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8090", Upstream.Address.Authority, StringComparison.Ordinal)
            // A busy machine is slower than a gateway may be.
            .Replace("100ms", "10s", StringComparison.Ordinal).Replace("250ms", open ? "3s" : "30s", StringComparison.Ordinal);
        if (open) shipped = shipped.Replace("#open ", "", StringComparison.Ordinal);
        if (ships)
        {
            shipped = shipped.Replace("#ship ", "", StringComparison.Ordinal).Replace("header_down -X-Usage-Cost", "", StringComparison.Ordinal)
                .Replace("/var/log/caddy/budget.log", AccessLog, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(Path.Combine(Folder.FullName, "Caddyfile"), shipped);
        return await StartAsync([], "caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile");
    }

    private async Task<RunningProgram> StartHaProxyAsync(bool open)
    {
        var shipped = Files.Text("deploy", "gateways", "haproxy", "haproxy.cfg")
            .Replace("/etc/haproxy/budget.lua", Files.Deploy("gateways", "haproxy", "budget.lua"), StringComparison.Ordinal)
            .Replace("bind :8081", $"bind 127.0.0.1:{Port}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8090", Upstream.Address.Authority, StringComparison.Ordinal);
        if (open) shipped = string.Join('\n', shipped.Split('\n').Where(l => !l.TrimStart().StartsWith("http-request return status 503", StringComparison.Ordinal)));
        await File.WriteAllTextAsync(Path.Combine(Folder.FullName, "haproxy.cfg"), shipped);
        return await StartAsync([$"BUDGET_ENGINE={Stand.Address.ToString().TrimEnd('/')}", $"BUDGET_TIMEOUT={(open ? 1_000 : 10_000)}"], "haproxy", "-db", "-f", "haproxy.cfg");
    }

    private async Task<RunningProgram> StartAsync(string[] environment, params string[] command)
    {
        var line = await File.ReadAllTextAsync(Stand.KeyFile("gateway.conf"));
        var key = line.Split('"')[1];
        var program = new RunningProgram("env", Folder.FullName, [$"BUDGET_KEY={key}", $"HOME={Folder.FullName}", $"PATH={Environment.GetEnvironmentVariable("PATH")}:/usr/sbin", .. environment, .. command]);
        await ListensAsync(program, command[0]);
        return program;
    }
}
