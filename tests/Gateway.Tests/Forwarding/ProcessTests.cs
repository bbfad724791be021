using System.Net;
using BudgetEngine.Gateway.Tests.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Providers;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Gateway.Tests.Forwarding;

/// <summary>The gateway as processes: by itself, in open mode, at the end of its silo.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private readonly PricedEngine _priced = new();
    private FakeProvider _provider = default!;

    public async Task InitializeAsync() => _provider = await FakeProvider.StartAsync();

    public async Task DisposeAsync()
    {
        await _priced.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Gateway_ByItself_AsksTheEngineAndFailsClosedWithoutIt()
    {
        await _priced.StartAsync(adminKey: null);
        var costCenter = await _priced.NewCostCenterAsync();
        await using var gateway = await EngineProcess.StartAsync(
            ["gateway", $"--Gateway:Engine={_priced.Engine.Address}", "--Gateway:EngineTimeout=00:00:05", .. GatewayStand.UpstreamsOf(_provider)]);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(Ask(costCenter, "words=3"))).StatusCode);
        Assert.Equal(_provider.Total, Nano.ToUnits((await _priced.LimitOfAsync(costCenter)).Spent));
        await _priced.Engine.KillAsync();
        using var denied = await http.SendAsync(Ask(costCenter, "words=3"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, denied.StatusCode);
        Assert.Contains("engine_unavailable", await denied.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(_provider.Requests);
    }

    [Fact]
    public async Task Silo_InOpenMode_ServesThisMachineOnly_AndSettlesWhatAStopBreaksOff()
    {
        await _priced.StartAsync(adminKey: null, ["--Gateway:Enabled=true", "--Gateway:DrainWithin=00:00:01", .. GatewayStand.UpstreamsOf(_provider)]);
        var costCenter = await _priced.NewCostCenterAsync();
        using var http = new HttpClient { BaseAddress = _priced.Engine.Address };
        foreach (var (header, value) in new[] { ("Origin", "https://evil.example"), ("X-Forwarded-For", "203.0.113.7"), ("Sec-Fetch-Site", "cross-site"), ("Host", "evil.example") })
        {
            using var foreign = Ask(costCenter, "words=3");
            foreign.Headers.TryAddWithoutValidation(header, value);
            Assert.Equal((header, HttpStatusCode.Unauthorized), (header, (await http.SendAsync(foreign)).StatusCode));
        }

        Assert.Empty(_provider.Requests);
        using var response = await http.SendAsync(Ask(costCenter, "words=9 pause=4", stream: true), HttpCompletionOption.ResponseHeadersRead);
        var stream = await response.Content.ReadAsStreamAsync();
        var read = "";
        var buffer = new byte[256];
        while (read.Split(FakeProvider.Word).Length < 5) read += System.Text.Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
        Assert.Equal(0, await _priced.Engine.StopAsync());
        await Eventually.HoldsAsync("the provider is idle", () => _provider.UnderWay == 0);
        await _priced.Engine.RestartAsync();
        var limit = await _priced.LimitOfAsync(costCenter);
        Assert.Equal((_provider.Total, 0), (Nano.ToUnits(limit.Spent), limit.Held));
        Assert.True(_provider.Total > 0);
    }

    [Fact]
    public async Task Configuration_ThatIsWrong_IsToldAllAtOnceAndDoesNotStart()
    {
        var run = await EngineProcess.RunAsync(
            ["gateway", "--Gateway:Engine=nowhere", "--Gateway:Upstreams:v1:BaseUrl=ftp://x", "--urls", $"http://127.0.0.1:{TestKit.Machine.FreePort.Next()}"]);
        Assert.Equal(1, run.ExitCode);
        foreach (var fault in new[] { "Gateway:Engine is 'nowhere'", "Gateway:Upstreams:v1:BaseUrl is 'ftp://x'", "a name is a segment" }) Assert.Contains(fault, run.Errors, StringComparison.Ordinal);
        var misspelt = await EngineProcess.RunAsync(["gateway", "--Gateway:Engine=http://127.0.0.1:9", "--Gateway:Upstreams:openai:BaseURLs=http://x"]);
        Assert.Contains("Gateway:Upstreams:openai:BaseURLs is unknown", misspelt.Errors, StringComparison.Ordinal);
    }

    private static HttpRequestMessage Ask(string costCenter, string prompt, bool stream = false)
    {
        var request = GatewayStand.Ask(GatewayStand.OpenAi, "sk-of-the-caller", prompt, stream);
        request.Headers.Add("X-Cost-Center", costCenter);
        return request;
    }
}
