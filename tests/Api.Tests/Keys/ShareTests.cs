using System.Net;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Keys;

/// <summary>A key with a subtree has a share of keys, channels and listeners; others, and the whole installation, keep theirs.</summary>
public sealed class ShareTests : IAsyncLifetime
{
    private const string Root = "X-Budget-Key: 0123456789abcdef0123456789abcdef";
    private const string Channel = """{"type":"email","to":["a@example.com"]}""";
    private ApiHost _api = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiHost.StartAsync(
        [
            "--BUDGET_ADMIN_KEY=0123456789abcdef0123456789abcdef", "--Keys:MaxKeys=32", "--Keys:MaxKeysPerTenant=8", "--Alerts:MaxChannels=16", "--Alerts:MaxChannelsPerTenant=8",
            "--Events:MaxListeners=16", "--Events:MaxListenersPerTenant=8",
        ]);
        foreach (var path in new[] { "acme/a/x", "acme/b/x", "other/x" }) (await _api.SendAsync("PUT", $"/v1/budgets/{path}", """{"daily":10}""", Root)).Expect(HttpStatusCode.Created);
    }

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Keys_OfASubtree_LeaveRoomForTheTenant_OthersAndTheInstallation()
    {
        var greedy = await NewKeyAsync("acme/a", Root);
        for (var i = 0; i < 3; i++) await NewKeyAsync("acme/a", greedy);

        var refused = (await MakeAsync("acme/a", greedy)).ExpectProblem(429, "quota_exceeded");

        Assert.Contains("'acme/a' may have 4, its tenant 8", refused.Body, StringComparison.Ordinal);
        var other = await NewKeyAsync("other", Root);
        await NewKeyAsync("other/x", other);
        var tenant = await NewKeyAsync("acme", Root);
        await NewKeyAsync("acme/b", tenant);
        await NewKeyAsync("acme/a", Root);
    }

    [Fact]
    public async Task Keys_MadeAndRevokedAgainAndAgain_AreBoundedToo()
    {
        var greedy = await NewKeyAsync("acme/a", Root);
        for (var i = 0; i < 3; i++)
        {
            var made = (await MakeAsync("acme/a", greedy)).Expect(HttpStatusCode.Created).Json;
            (await _api.SendAsync("DELETE", $"/v1/keys/{made["id"]}", null, greedy)).Expect(HttpStatusCode.NoContent);
        }

        (await MakeAsync("acme/a", greedy)).ExpectProblem(429, "quota_exceeded");
    }

    [Fact]
    public async Task Channels_OfASubtree_LeaveRoomForTheTenant_OthersAndTheInstallation()
    {
        var greedy = await NewKeyAsync("acme/a", Root);
        for (var i = 0; i < 4; i++) (await _api.SendAsync("PUT", $"/v1/channels/greedy-{i}", Channel, greedy)).Expect(HttpStatusCode.Created);

        (await _api.SendAsync("PUT", "/v1/channels/greedy-4", Channel, greedy)).ExpectProblem(429, "quota_exceeded");

        (await _api.SendAsync("PUT", "/v1/channels/greedy-3", Channel, greedy)).Expect(HttpStatusCode.OK);
        foreach (var (name, key) in new[] { ("b", await NewKeyAsync("acme/b", Root)), ("tenant", await NewKeyAsync("acme", Root)), ("other", await NewKeyAsync("other", Root)), ("root", Root) })
        {
            (await _api.SendAsync("PUT", $"/v1/channels/{name}", Channel, key)).Expect(HttpStatusCode.Created);
        }
    }

    [Fact]
    public async Task Listeners_OfASubtree_LeaveRoomForTheTenant_OthersAndTheInstallation()
    {
        var greedy = await NewKeyAsync("acme/a", Root);
        var listening = new List<EventClient>();
        for (var i = 0; i < 4; i++) listening.Add(await EventClient.OpenAsync(_api, "/v1/events", greedy));

        (await _api.SendAsync("GET", "/v1/events", null, greedy)).ExpectProblem(429, "quota_exceeded");

        foreach (var key in new[] { await NewKeyAsync("acme/b", Root), await NewKeyAsync("other", Root), Root }) listening.Add(await EventClient.OpenAsync(_api, "/v1/events", key));
        foreach (var one in listening) one.Dispose();
    }

    private async Task<string> NewKeyAsync(string costCenter, string maker) => $"X-Budget-Key: {(await MakeAsync(costCenter, maker)).Expect(HttpStatusCode.Created).Json["key"]}";

    private Task<ApiReply> MakeAsync(string costCenter, string maker) =>
        _api.SendAsync("POST", "/v1/keys", $$"""{"name":"k","scopes":["admin"],"cost_center":"{{costCenter}}"}""", maker);
}
