using System.Net;
using System.Net.Sockets;
using System.Text;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Events;

/// <summary>With a host of their own: limits, slow readers, the end of the process.</summary>
public class EventHostTests
{
    [Fact]
    public async Task SlowReader_IsCutOff_OthersAreNot()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        var hub = api.Services.GetRequiredService<EventHub>();
        using var slow = new TcpClient { ReceiveBufferSize = 4_096 };
        await slow.ConnectAsync(api.Address.Host, api.Address.Port);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /v1/events HTTP/1.1\r\nHost: {api.Address.Authority}\r\n\r\n"));
        await Eventually.HoldsAsync("the slow one listens", () => hub.Listeners == 1);
        using var other = await EventClient.OpenAsync(api, "/v1/events?cost_center=quiet", null);
        Assert.Equal(2, hub.Listeners);

        var data = Encoding.UTF8.GetBytes($"\"{new string('x', 10_000)}\"");
        await Eventually.HoldsAsync(
            "the slow one is cut off",
            () =>
            {
                for (var i = 0; i < 100; i++) hub.Publish(new EventDraft(EventKind.Decision, "loud", data));
                return hub.Listeners == 1;
            });
        hub.Publish(new EventDraft(EventKind.Decision, "quiet/x", Encoding.UTF8.GetBytes("{\"cost_center\":\"quiet/x\"}")));
        Assert.Equal("quiet/x", (await other.NextAsync())!.CostCenter);
    }

    [Fact]
    public async Task Listener_BeyondTheMost_IsRefused()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        var hub = api.Services.GetRequiredService<EventHub>();
        var listeners = Enumerable.Range(0, new EventOptions().MaxListeners).Select(_ => hub.Join(new EventFilter(null, 0), null)!).ToList();
        var refused = (await api.SendAsync("GET", "/v1/events")).ExpectProblem(503, "overloaded");
        Assert.NotNull(refused.Header("Retry-After"));
        hub.Leave(listeners[0]);
        using var listening = await EventClient.OpenAsync(api, "/v1/events", null);
    }

    [Fact]
    public async Task Stop_EndsTheStream()
    {
        var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        using var events = await EventClient.OpenAsync(api, "/v1/events", null);
        var ended = events.EndAsync();
        await api.DisposeAsync();
        await ended;
    }

    [Fact]
    public async Task OpenMode_EndsWithTheFirstKey()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        using var events = await EventClient.OpenAsync(api, "/v1/events", null);
        (await api.SendAsync("POST", "/v1/keys", """{"name":"k","scopes":["read"]}""")).Expect(HttpStatusCode.Created);
        await events.EndAsync();
    }
}
