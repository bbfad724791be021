using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Tests.Telemetry;

public class OtlpTests
{
    [Fact]
    public async Task Traces_AndMetrics_ArriveAtTheCollector()
    {
        await using var collector = await Collector.StartAsync();
        await using (var host = await ApiHost.StartAsync(["--Keys:Open=true", $"--Telemetry:Endpoint={collector.Address}", "--Telemetry:Protocol=http", "--Telemetry:SampleRatio=1"]))
        {
            (await host.SendAsync("POST", "/v1/check", """{"cost_center":"acme/search","user":"ann@example.com","amount":1}""")).Expect(HttpStatusCode.OK);
            (await host.SendAsync("GET", "/metrics")).Expect(HttpStatusCode.OK);
        }

        // The host's end has sent what waited.
        await Eventually.HoldsAsync("both have arrived", () => collector.Has("/v1/traces") && collector.Has("/v1/metrics"));
        var traces = collector.TextOf("/v1/traces");
        Assert.Contains("budget.check", traces, StringComparison.Ordinal);
        Assert.Contains("budget-engine", traces, StringComparison.Ordinal);
        Assert.Contains("POST /v1/check", traces, StringComparison.Ordinal);
        Assert.Contains("http.response.status_code", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /metrics", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("ann@example.com", traces, StringComparison.Ordinal);
        Assert.Contains("budget.checks", collector.TextOf("/v1/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatIsNotSampled_MakesNoActivityAtAll()
    {
        var (traced, untraced) = (ActivityTraceId.CreateRandom(), ActivityTraceId.CreateRandom());
        var made = new ConcurrentQueue<ActivityTraceId>();
        // Listens to what others have made, and has nothing made itself.
        using var listener = new ActivityListener { ShouldListenTo = _ => true, ActivityStopped = a => made.Enqueue(a.TraceId) };
        ActivitySource.AddActivityListener(listener);
        await using var collector = await Collector.StartAsync();
        await using (var host = await ApiHost.StartAsync(["--Keys:Open=true", $"--Telemetry:Endpoint={collector.Address}", "--Telemetry:Protocol=http", "--Telemetry:SampleRatio=0"]))
        {
            (await host.SendAsync("POST", "/v1/check", """{"cost_center":"acme/search","amount":1}""")).Expect(HttpStatusCode.OK);
            await host.SendAsync("GET", "/v1/budgets/acme", null, $"traceparent: 00-{untraced}-{ActivitySpanId.CreateRandom()}-00");
            await host.SendAsync("GET", "/v1/budgets/acme", null, $"traceparent: 00-{traced}-{ActivitySpanId.CreateRandom()}-01");
        }

        Assert.Contains(traced, made);
        Assert.DoesNotContain(untraced, made);
        await Eventually.HoldsAsync("the caller's has arrived", () => collector.Has("/v1/traces"));
        Assert.DoesNotContain("/v1/check", collector.TextOf("/v1/traces"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Telemetry:SampleRatio=2", "Telemetry:SampleRatio")]
    [InlineData("Telemetry:Endpoint=collector", "Telemetry:Endpoint")]
    [InlineData("Telemetry:Protocol=thrift", "Telemetry:Protocol")]
    public async Task Setting_ThatIsWrong_IsRefused(string setting, string named)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () => await (await ApiHost.StartAsync(["--Keys:Open=true", $"--{setting}"])).DisposeAsync());
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Keeps what is sent to it. Names are readable in the bytes of protobuf.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<(string Path, string Text)> _received = [];

        private Collector(WebApplication app) => _app = app;

        public string Address => _app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var collector = new Collector(builder.Build());
            collector._app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                collector._received.Enqueue((context.Request.Path.Value!, Encoding.Latin1.GetString(body.ToArray())));
            });
            await collector._app.StartAsync();
            return collector;
        }

        public bool Has(string path) => _received.Any(r => r.Path == path);

        public string TextOf(string path) => string.Concat(_received.Where(r => r.Path == path).Select(r => r.Text));

        public async ValueTask DisposeAsync()
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}
