using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Machine;
using Microsoft.Playwright;

namespace BudgetEngine.Dashboard.Tests.Browser;

/// <summary>Debian's Chromium, and a host in open mode with believable content.</summary>
public sealed class BrowserHost : IAsyncLifetime
{
    /// <summary>As long as a path can be.</summary>
    public static readonly string LongPath = string.Join('/', Enumerable.Repeat(new string('a', 64), 8));

    private IPlaywright? _playwright;

    public ApiHost Api { get; private set; } = default!;

    public IBrowser Browser { get; private set; } = default!;

    public async Task InitializeAsync()
    {
        if (!Shell.Has("chromium")) return;
        Api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await FillAsync();
        _playwright = await Playwright.CreateAsync();
        // The sandbox needs rights that a container's root has not.
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = PathOf("chromium"), Args = ["--no-sandbox", "--disable-gpu"] });
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null) await Browser.CloseAsync();
        _playwright?.Dispose();
        if (Api is not null) await Api.DisposeAsync();
    }

    /// <summary>A page whose console, requests and errors are watched.</summary>
    public async Task<WatchedPage> NewPageAsync(int width = 1440, int height = 1000, ColorScheme scheme = ColorScheme.Light, bool script = true, Uri? address = null)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = (address ?? Api.Address).ToString(), ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme, JavaScriptEnabled = script,
        });
        return new WatchedPage(context, await context.NewPageAsync());
    }

    private async Task FillAsync()
    {
        foreach (var (path, budget) in (ValueTuple<string, string>[])
        [
            ("halden", """{"daily":2000,"monthly":32000}"""), ("halden/engineering", """{"daily":900,"per_user":{"daily":50}}"""), ("halden/engineering/ci-agents", """{"daily":120}"""),
            ("halden/support", """{"daily":80,"enforcement":"soft"}"""), ("halden/marketing", """{"daily":400}"""), ("labs", """{"daily":130}"""),
        ]) await PutAsync("/v1/budgets/" + path, budget);
        await PutAsync("/v1/prices/gpt-4.1", """{"input":2,"output":8,"cached_input":0.5}""");
        await PutAsync("/v1/channels/ops-slack", """{"type":"slack","url":"https://hooks.invalid/services/T0/B0/x","under":"halden","levels":["critical","exceeded"]}""");
        await PutAsync("/v1/channels/finance-mail", """{"type":"email","to":["finance@example.com"],"types":["spend.summary"]}""");
        await PutAsync("/v1/schedules/weekly-halden", """{"cost_center":"halden","channels":["finance-mail","ops-slack"],"period":"weekly"}""");
        foreach (var (path, model, cost) in (ValueTuple<string, string, string>[])
        [
            ("halden/engineering/search", "gpt-4.1", "212.4"), ("halden/engineering/ci-agents", "gpt-4.1", "120.11"), ("halden/support/chat", "claude-sonnet-4.5", "96.03"),
            ("halden/marketing/copy", "gpt-4.1", "31.7"), ("labs/evals", "gemini-2.5-flash", "118.2"), ("halden/engineering/search", "acme-tuned-7b", "0.000012"),
        ])
        {
            await SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{path}}-{{model}}","cost_center":"{{path}}","model":"{{model}}","cost":{{cost}},"user":"u-1"}""");
        }

        await SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{new string('r', 200)}}","cost_center":"{{LongPath}}","model":"{{new string('m', 200)}}","cost":987.654321,"user":"{{new string('u', 128)}}"}""");
        await PutAsync("/v1/budgets/" + LongPath, """{"daily":0,"monthly":5000}""");
        await SendAsync("POST", "/v1/check", """{"cost_center":"halden/engineering/search","amount":31.12,"request_id":"req-1"}""");
        await SendAsync("POST", "/v1/check", """{"cost_center":"halden/engineering/ci-agents","amount":1}""");
        await SendAsync("POST", "/v1/pause", """{"cost_center":"halden/marketing/copy","reason":"Loop in the campaign job"}""");
    }

    private Task PutAsync(string path, string body) => SendAsync("PUT", path, body);

    private async Task SendAsync(string method, string path, string body)
    {
        var reply = await Api.SendAsync(method, path, body);
        Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.Created, $"{method} {path}: {reply.Body}");
    }

    private static string PathOf(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(d => Path.Combine(d, program)).First(File.Exists);
}

[CollectionDefinition(nameof(BrowserHost))]
public sealed class BrowserHosts : ICollectionFixture<BrowserHost>;
