using System.Net;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Deploy.Gateway;

/// <summary>The example gateway's configuration in a real nginx, before a real engine.</summary>
public sealed class NginxTests : IAsyncLifetime
{
    private readonly Stand _stand = new();
    private readonly DirectoryInfo _folder = Files.NewFolder();
    private readonly int _port = FreePort.Next();
    private readonly int _upstream = FreePort.Next();
    private readonly HttpClient _http = new();

    public Task InitializeAsync() => Shell.Has("nginx") ? _stand.InitializeAsync() : Task.CompletedTask;

    [ToolFact("nginx", "curl")]
    public async Task Calls_PassUntilTheBudgetIsSpent_AndAreRefusedWhileTheEngineIsGone()
    {
        await using var nginx = await StartAsync();

        var first = await CallAsync("Bearer demo-search");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Contains("\"reservation\":\"rsv_", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Who pays is the gateway's word, not the client's.
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync("Bearer nobody", "acme/engineering/search")).StatusCode);

        using var engine = _stand.Caller();
        (await engine.PostAsync("/v1/usage", new { request_id = "all", cost_center = "acme/engineering/search", cost = 5 })).Is(200);
        var denied = await CallAsync("Bearer demo-search", "acme/support");
        Assert.Equal(HttpStatusCode.TooManyRequests, denied.StatusCode);
        Assert.Contains("\"code\":\"budget_exceeded\"", await denied.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(denied.Headers.RetryAfter is not null);
        Assert.Equal("false", Assert.Single(denied.Headers.GetValues("x-should-retry")));
        Assert.Equal(HttpStatusCode.OK, (await CallAsync("Bearer demo-support")).StatusCode);

        await _stand.KillEngineAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, (await CallAsync("Bearer demo-support")).StatusCode);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _stand.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<RunningProgram> StartAsync()
    {
        var gateway = Files.Text("deploy", "gateways", "nginx", "gateway.conf")
            .Replace("engine:8080", $"127.0.0.1:{_stand.Address.Port}", StringComparison.Ordinal)
            // A busy machine is slower than a gateway may be.
            .Replace("100ms;", "10s;", StringComparison.Ordinal).Replace("250ms;", "30s;", StringComparison.Ordinal)
            .Replace("listen 8081", $"listen 127.0.0.1:{_port}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8090", $"127.0.0.1:{_upstream}", StringComparison.Ordinal)
            .Replace("/keys/gateway.conf", _stand.KeyFile("gateway.conf"), StringComparison.Ordinal);
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

    private Task<HttpResponseMessage> CallAsync(string authorization, string? costCenter = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_port}/v1/chat/completions") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (costCenter is not null) request.Headers.Add("X-Cost-Center", costCenter);
        return _http.SendAsync(request);
    }
}
