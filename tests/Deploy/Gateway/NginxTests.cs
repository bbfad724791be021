using System.Net;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Deploy.Gateway;

/// <summary>The shipped gateway configuration in a real nginx, before a real engine.</summary>
public sealed class NginxTests() : GatewayTest("nginx")
{
    private const string Search = "acme/engineering/search";

    [ToolFact("nginx", "curl")]
    public async Task Calls_PassUntilTheBudgetIsSpent_AndAreRefusedWhileTheEngineIsGone()
    {
        await using var nginx = await StartAsync();
        var first = await CallAsync("Bearer demo-search");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.StartsWith("rsv_", Upstream.Last["X-Budget-Reservation"], StringComparison.Ordinal);
        // Who pays is the gateway's word, not the client's.
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("Bearer nobody", ("X-Cost-Center", Search))).StatusCode);

        using var engine = Stand.Caller();
        (await engine.PostAsync("/v1/usage", new { request_id = "all", cost_center = Search, cost = 5 })).Is(200);
        var denied = await CallAsync("Bearer demo-search", ("X-Cost-Center", "acme/support"));
        await AssertDeniedAsync(denied, "budget_exceeded", "The budget is spent or held");
        Assert.True(denied.Headers.RetryAfter is not null);
        Assert.True(denied.Headers.Contains("X-Budget-Reset"));
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-support")).StatusCode);
        (await engine.PostAsync("/v1/pause", new { cost_center = "acme", reason = "test" })).Is(200);
        await AssertDeniedAsync(await CallAsync("Bearer demo-support"), "paused", "Requests are paused");

        await Stand.KillEngineAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, (await CallAsync("Bearer demo-support")).StatusCode);
    }

    [ToolFact("nginx", "curl")]
    public async Task Calls_AreSettledWithWhatTheUpstreamSays_ForTheirUser()
    {
        await using var nginx = await StartAsync();
        using var engine = Stand.Caller();
        Assert.Equal("0.0025", Assert.Single((await CallAsync("Bearer demo-search", ("X-Answer-Cost", "0.0025"))).Headers.GetValues("X-Budget-Cost")));
        await AssertSettledAsync(engine, 0.0025m);
        // A failure gives its hold back.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await CallAsync("Bearer demo-search", ("X-Answer-Status", "503"))).StatusCode);
        await AssertSettledAsync(engine, 0.0025m);
        // What is no number is not posted: the hold stays for the application.
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-search", ("X-Answer-Cost", "1,\"final\":false"))).StatusCode);
        Assert.Equal(Nano.Of(0.01m), (await engine.LimitAsync("acme/engineering")).Held);
        Assert.All(await engine.ExportAsync(Search), r => Assert.Equal("search-service", r.User));
    }

    [ToolFact("nginx", "curl")]
    public async Task Calls_WithAShipper_AreSettledFromTheLog()
    {
        await using var nginx = await StartAsync(ships: true);
        await AssertShippedAsync();
    }

    [ToolFact("nginx", "curl")]
    public async Task Headers_ThatTheClientForges_ChangeNothing()
    {
        await using var nginx = await StartAsync();
        string[] ours =
        [
            "X-User-ID", "X-Cost-Center", "X-Session-ID", "X-Budget-Key", "X-Budget-Remaining", "X-Budget-Reservation", "X-Budget-Decision", "X-Budget-Code", "X-Budget-Reset",
            "X-Budget-Utilization", "X-Budget-Currency", "X-Budget-Model", "X-Budget-Amount", "X-Budget-Input-Tokens", "X-Budget-Max-Output-Tokens",
        ];
        // For this cost center no limit is set, so that the engine's answer has no X-Budget-Remaining.
        var answer = await CallAsync("Bearer demo-support", [.. ours.Select(h => (h, "forged")), ("X-User-ID", "twice"), ("X-Answer-Cost", "0.001")]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(Upstream.Last, h => ours.Contains(h.Key) && h.Value.Contains("forged", StringComparison.Ordinal));
        Assert.Equal("support-service", Upstream.Last["X-User-ID"]);
        Assert.False(Upstream.Last.ContainsKey("X-Budget-Remaining"));
        Assert.False(answer.Headers.Contains("X-Budget-Remaining"));
        using var engine = Stand.Caller();
        await Eventually.HoldsAsync("the call is settled", async () => (await engine.ExportAsync("acme/support")).Count == 1);
        Assert.Equal("support-service", Assert.Single(await engine.ExportAsync("acme/support")).User);
    }

    [ToolFact("nginx", "curl")]
    public async Task FailOpen_WhileTheEngineIsSlowOrGone_LetsCallsPass()
    {
        await using var nginx = await StartAsync(open: true);
        Assert.StartsWith("rsv_", await ReservationAsync(), StringComparison.Ordinal);
        await Stand.HaltEngineAsync();
        Assert.Equal("", await ReservationAsync());
        await Stand.KillEngineAsync();
        Assert.Equal("", await ReservationAsync());
        // Not even then is anybody let in whom nginx does not know.
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("Bearer nobody")).StatusCode);
    }

    private async Task<string> ReservationAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-search", ("X-Budget-Reservation", "forged"))).StatusCode);
        return Upstream.Last.GetValueOrDefault("X-Budget-Reservation", "");
    }

    private static async Task AssertDeniedAsync(HttpResponseMessage denied, string code, string title)
    {
        Assert.Equal(HttpStatusCode.TooManyRequests, denied.StatusCode);
        var body = await denied.Content.ReadAsStringAsync();
        Assert.Contains($"\"title\":\"{title}\"", body, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{code}\"", body, StringComparison.Ordinal);
        Assert.Equal("false", Assert.Single(denied.Headers.GetValues("x-should-retry")));
        Assert.Equal(code, Assert.Single(denied.Headers.GetValues("X-Budget-Code")));
    }

    private async Task<RunningProgram> StartAsync(bool open = false, bool ships = false)
    {
        var gateway = Files.Text("deploy", "gateways", "nginx", "gateway.conf")
            .Replace("engine:8080", $"127.0.0.1:{Stand.Address.Port}", StringComparison.Ordinal)
            // A busy machine is slower than a gateway may be.
            .Replace("100ms;", "10s;", StringComparison.Ordinal).Replace("250ms;", open ? "3s;" : "30s;", StringComparison.Ordinal)
            .Replace("listen 8081", $"listen 127.0.0.1:{Port}", StringComparison.Ordinal)
            .Replace("listen 127.0.0.1:8090", $"listen 127.0.0.1:{FreePort.Next()}", StringComparison.Ordinal)
            .Replace("http://127.0.0.1:8090", Upstream.Address.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("/keys/gateway.conf", Stand.KeyFile("gateway.conf"), StringComparison.Ordinal);
        if (open) gateway = gateway.Replace("#open ", "", StringComparison.Ordinal);
        if (ships)
        {
            gateway = gateway.Replace("post_action       /_budget_settle;", "", StringComparison.Ordinal).Replace("#ship ", "", StringComparison.Ordinal)
                .Replace("/var/log/nginx/budget.log", AccessLog, StringComparison.Ordinal);
        }

        var place = Folder.FullName;
        var temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(t => $"{t}_temp_path {place}/{t};\n"));
        var user = Environment.IsPrivilegedProcess ? "user root;\n" : "";
        await File.WriteAllTextAsync(
            Path.Combine(place, "nginx.conf"), $"{user}daemon off;\nworker_processes 1;\nerror_log stderr;\npid {place}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{gateway}\n}}\n");
        var nginx = new RunningProgram("/usr/sbin/nginx", place, "-p", place, "-c", Path.Combine(place, "nginx.conf"));
        await ListensAsync(nginx, "nginx");
        return nginx;
    }
}
