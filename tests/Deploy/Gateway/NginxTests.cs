using System.Net;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Deploy.Gateway;

/// <summary>The shipped gateway configuration in a real nginx, before a real engine.</summary>
public sealed class NginxTests : IAsyncLifetime
{
    private const string Search = "acme/engineering/search";

    private readonly Stand _stand = new();
    private readonly DirectoryInfo _folder = Files.NewFolder();
    private readonly int _port = FreePort.Next();
    private readonly HttpClient _http = new();
    private EchoUpstream _upstream = default!;

    public async Task InitializeAsync()
    {
        if (!Shell.Has("nginx")) return;
        await _stand.InitializeAsync();
        _upstream = await EchoUpstream.StartAsync();
    }

    [ToolFact("nginx", "curl")]
    public async Task Calls_PassUntilTheBudgetIsSpent_AndAreRefusedWhileTheEngineIsGone()
    {
        await using var nginx = await StartAsync();
        var first = await CallAsync("Bearer demo-search");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.StartsWith("rsv_", _upstream.Last["X-Budget-Reservation"], StringComparison.Ordinal);
        // Who pays is the gateway's word, not the client's.
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("Bearer nobody", ("X-Cost-Center", Search))).StatusCode);

        using var engine = _stand.Caller();
        (await engine.PostAsync("/v1/usage", new { request_id = "all", cost_center = Search, cost = 5 })).Is(200);
        var denied = await CallAsync("Bearer demo-search", ("X-Cost-Center", "acme/support"));
        await AssertDeniedAsync(denied, "budget_exceeded", "The budget is spent");
        Assert.True(denied.Headers.RetryAfter is not null);
        Assert.True(denied.Headers.Contains("X-Budget-Reset"));
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-support")).StatusCode);
        (await engine.PostAsync("/v1/pause", new { cost_center = "acme", reason = "test" })).Is(200);
        await AssertDeniedAsync(await CallAsync("Bearer demo-support"), "paused", "Paused");

        await _stand.KillEngineAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, (await CallAsync("Bearer demo-support")).StatusCode);
    }

    [ToolFact("nginx", "curl")]
    public async Task Calls_AreSettledWithWhatTheUpstreamSays_ForTheirUser()
    {
        await using var nginx = await StartAsync();
        using var engine = _stand.Caller();
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
        Assert.DoesNotContain(_upstream.Last, h => ours.Contains(h.Key) && h.Value.Contains("forged", StringComparison.Ordinal));
        Assert.Equal("support-service", _upstream.Last["X-User-ID"]);
        Assert.False(_upstream.Last.ContainsKey("X-Budget-Remaining"));
        Assert.False(answer.Headers.Contains("X-Budget-Remaining"));
        using var engine = _stand.Caller();
        await Eventually.HoldsAsync("the call is settled", async () => (await engine.ExportAsync("acme/support")).Count == 1);
        Assert.Equal("support-service", Assert.Single(await engine.ExportAsync("acme/support")).User);
    }

    [ToolFact("nginx", "curl")]
    public async Task FailOpen_WhileTheEngineIsSlowOrGone_LetsCallsPass()
    {
        await using var nginx = await StartAsync(open: true);
        Assert.StartsWith("rsv_", await ReservationAsync(), StringComparison.Ordinal);
        await _stand.HaltEngineAsync();
        Assert.Equal("", await ReservationAsync());
        await _stand.KillEngineAsync();
        Assert.Equal("", await ReservationAsync());
        // Not even then is anybody let in whom nginx does not know.
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("Bearer nobody")).StatusCode);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _stand.DisposeAsync();
        if (_upstream is not null) await _upstream.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<string> ReservationAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-search", ("X-Budget-Reservation", "forged"))).StatusCode);
        return _upstream.Last.GetValueOrDefault("X-Budget-Reservation", "");
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

    private static Task AssertSettledAsync(Caller engine, decimal spent) => Eventually.HoldsAsync(
        $"{spent} is spent and nothing held",
        async () => await engine.LimitAsync("acme/engineering") is var limit && limit.Held == 0 && limit.Spent == Nano.Of(spent));

    private async Task<RunningProgram> StartAsync(bool open = false)
    {
        var gateway = Files.Text("deploy", "gateways", "nginx", "gateway.conf")
            .Replace("engine:8080", $"127.0.0.1:{_stand.Address.Port}", StringComparison.Ordinal)
            // A busy machine is slower than a gateway may be.
            .Replace("100ms;", "10s;", StringComparison.Ordinal).Replace("250ms;", open ? "3s;" : "30s;", StringComparison.Ordinal)
            .Replace("listen 8081", $"listen 127.0.0.1:{_port}", StringComparison.Ordinal)
            .Replace("listen 127.0.0.1:8090", $"listen 127.0.0.1:{FreePort.Next()}", StringComparison.Ordinal)
            .Replace("http://127.0.0.1:8090", _upstream.Address.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("/keys/gateway.conf", _stand.KeyFile("gateway.conf"), StringComparison.Ordinal);
        if (open) gateway = gateway.Replace("#open ", "", StringComparison.Ordinal);
        var place = _folder.FullName;
        var temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(t => $"{t}_temp_path {place}/{t};\n"));
        var user = Environment.IsPrivilegedProcess ? "user root;\n" : "";
        await File.WriteAllTextAsync(
            Path.Combine(place, "nginx.conf"), $"{user}daemon off;\nworker_processes 1;\nerror_log stderr;\npid {place}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{gateway}\n}}\n");
        var nginx = new RunningProgram("/usr/sbin/nginx", place, "-p", place, "-c", Path.Combine(place, "nginx.conf"));
        await Eventually.HoldsAsync("nginx listens", async () =>
        {
            Assert.False(nginx.HasExited, nginx.Output);
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
        return nginx;
    }

    private Task<HttpResponseMessage> CallAsync(string authorization, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_port}/v1/chat/completions") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request);
    }
}
