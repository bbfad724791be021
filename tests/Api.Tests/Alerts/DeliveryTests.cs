using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Api.Tests.Metrics;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Alerts;

/// <summary>Channels that really arrive somewhere: what is told of deliveries.</summary>
public class DeliveryTests : IAsyncLifetime
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private ApiHost _api = null!;
    private Receiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _api = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={KeyedHost.AdminKey}", "--Alerts:AllowPrivateAddresses=true", "--AutoCreateTenants=true"]);
    }

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task TestMessage_IsDelivered_AndSentAgain()
    {
        await PutAsync("hook", "\"under\":\"dlv\"");
        var tested = (await SendAsync("POST", "/v1/channels/hook/test")).Expect(HttpStatusCode.Accepted).Json;
        var id = (string)tested["alert_id"]!;
        var delivery = await DeliveryAsync(id, "delivered");
        Assert.Equal("hook", (string?)delivery["channel"]);
        Assert.Equal(1, (int)delivery["attempts"]!);
        Assert.Null(delivery["next_at"]);
        Assert.NotNull(delivery["ended_at"]);
        Assert.Equal([id], _receiver.Ids);
        // Each test is an alert of its own.
        Assert.NotEqual(id, (string?)(await SendAsync("POST", "/v1/channels/hook/test")).Json["alert_id"]);

        var again = (await SendAsync("POST", $"/v1/alerts/{id}/redeliver")).Expect(HttpStatusCode.Accepted).Json;
        Assert.Equal(id, (string?)again["alert_id"]);
        Assert.Equal(["hook"], again["channels"]!.AsArray().Select(c => (string?)c));
        await Eventually.HoldsAsync("it arrives again, under its id", () => _receiver.Ids.Count(i => i == id) == 2);
        await Eventually.HoldsAsync("the notifier has counted it", async () => (long)(await SendAsync("GET", "/v1/channels/hook")).Json["health"]!["sent"]! >= 3);
        Assert.True((await MetricsTests.ScrapeAsync(_api, KeyedHost.Admin))["""budget_notifications_total{channel="hook",result="sent"}"""] >= 3);
    }

    [Fact]
    public async Task Failure_IsVisible_AndAGoneEndpointIsOff()
    {
        await PutAsync("hook", "\"under\":\"dlv\"");
        _receiver.Status = 500;
        var id = (string)(await SendAsync("POST", "/v1/channels/hook/test")).Json["alert_id"]!;
        JsonNode delivery = null!;
        await Eventually.HoldsAsync("an attempt was made", async () => (int)(delivery = (await DeliveriesAsync(id))[0]!)["attempts"]! > 0);
        Assert.Equal("pending", (string?)delivery["state"]);
        Assert.NotNull(delivery["next_at"]);
        Assert.Contains("500", (string?)delivery["last_error"], StringComparison.Ordinal);

        _receiver.Status = 410;
        await SendAsync("POST", "/v1/channels/hook/test");
        JsonNode channel = null!;
        await Eventually.HoldsAsync("the channel is off", async () => (channel = (await SendAsync("GET", "/v1/channels/hook")).Json)["disabled"] is not null);
        Assert.NotNull(channel["disabled"]!["reason"]);
        Assert.NotNull(channel["disabled"]!["at"]);
        await DeliveryAsync(id, "dropped");
        (await SendAsync("POST", "/v1/channels/hook/test")).ExpectProblem(400, "invalid_request");
        Assert.Empty((await SendAsync("POST", $"/v1/alerts/{id}/redeliver")).Expect(HttpStatusCode.Accepted).Json["channels"]!.AsArray());

        _receiver.Status = 200;
        await PutAsync("hook", "\"under\":\"dlv\"");
        Assert.Null((await SendAsync("GET", "/v1/channels/hook")).Json["disabled"]);
        (await SendAsync("POST", "/v1/channels/hook/test")).Expect(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Subtree_SeesAndRepeatsOnlyDeliveriesToItsOwnChannels()
    {
        await PutAsync("operator", "\"types\":[\"budget.paused\"]");
        await PutAsync("team", "\"under\":\"dlv-s/team\",\"types\":[\"budget.paused\"]");
        await SendAsync("PUT", "/v1/budgets/dlv-s/team/x", """{"daily":1}""");
        (await SendAsync("POST", "/v1/pause", """{"cost_center":"dlv-s/team/x"}""")).Expect(HttpStatusCode.OK);
        await Eventually.HoldsAsync("both channels were told", () => _receiver.Ids.Count == 2);
        var id = _receiver.Ids.First();
        Assert.Equal(["operator", "team"], (await DeliveriesAsync(id)).Select(d => (string?)d!["channel"]));

        var made = await SendAsync("POST", "/v1/keys", """{"name":"k","scopes":["admin"],"cost_center":"dlv-s/team"}""");
        var key = $"X-Budget-Key: {made.Expect(HttpStatusCode.Created).Json["key"]}";
        var seen = (await _api.SendAsync("GET", $"/v1/alerts/{id}", null, key)).Expect(HttpStatusCode.OK).Json["deliveries"]!.AsArray();
        Assert.Equal(["team"], seen.Select(d => (string?)d!["channel"]));
        var again = (await _api.SendAsync("POST", $"/v1/alerts/{id}/redeliver", null, key)).Expect(HttpStatusCode.Accepted).Json;
        Assert.Equal(["team"], again["channels"]!.AsArray().Select(c => (string?)c));
    }

    private async Task PutAsync(string name, string rest) => Assert.True(
        (await SendAsync("PUT", $"/v1/channels/{name}", $$"""{"type":"webhook","url":"{{_receiver.Address}}","secret":"{{Secret}}",{{rest}}}""")).Status is HttpStatusCode.Created or HttpStatusCode.OK);

    private async Task<JsonNode> DeliveryAsync(string alertId, string state)
    {
        JsonNode delivery = null!;
        await Eventually.HoldsAsync($"the delivery is {state}", async () => (string?)(delivery = (await DeliveriesAsync(alertId))[0]!)["state"] == state);
        return delivery;
    }

    private async Task<JsonArray> DeliveriesAsync(string alertId) => (await SendAsync("GET", $"/v1/alerts/{alertId}")).Expect(HttpStatusCode.OK).Json["deliveries"]!.AsArray();

    private Task<ApiReply> SendAsync(string method, string path, string? body = null) => _api.SendAsync(method, path, body, KeyedHost.Admin);
}
