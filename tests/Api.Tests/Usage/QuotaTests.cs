using System.Net;
using System.Text;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>A flood of usage is refused before anything of it is taken, told in advance, and never hurts another tenant.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private const string Root = "X-Budget-Key: 0123456789abcdef0123456789abcdef";
    private ApiHost _api = null!;

    public async Task InitializeAsync() =>
        _api = await ApiHost.StartAsync(["--Keys:Open=true", "--Usage:MaxRecordsPerMinute=100", "--Usage:MaxUsersPerHour=100", "--CostCenters:MaxCreatedPerHour=10"]);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Records_BeyondTheQuota_AreRefusedWithATime_AndTakenWhenSentAgain()
    {
        for (var i = 0; i < 79; i++) Assert.Null((await PostAsync("flood", $"r{i}")).Header("RateLimit"));
        Assert.Matches("^\"records\";r=20;t=\\d+$", (await PostAsync("flood", "r79")).Header("RateLimit")!);
        for (var i = 80; i < 100; i++) await PostAsync("flood", $"r{i}");

        var refused = (await SendAsync("flood", "r100")).ExpectProblem(429, "quota_exceeded");

        Assert.InRange(int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(100, await CountAsync("flood"));
        await PostAsync("other", "r0");
    }

    [Fact]
    public async Task Duplicates_TakeNothingOfTheQuota()
    {
        for (var i = 0; i < 300; i++) (await SendAsync("repeats", "same")).Expect(HttpStatusCode.OK);

        await PostAsync("repeats", "new");
    }

    [Fact]
    public async Task Batch_BeyondTheQuota_IsRefusedRecordByRecord_AndNamesEach()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 150).Select(i => Record(i % 3 == 2 ? "calm" : "storm", $"b{i}"))
            .Concat(Enumerable.Range(0, 50).Select(i => Record("storm", $"c{i}"))));
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_api.Address, "/v1/usage")) { Content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson") };
        var reply = (await _api.SendAsync(request)).Expect(HttpStatusCode.OK);

        Assert.Equal((150, 50), ((int)reply.Json["recorded"]!, (int)reply.Json["rejected"]!));
        Assert.All(reply.Json["results"]!.AsArray(), r => Assert.Equal(("quota_exceeded", true), ((string?)r!["code"], (bool)r["retryable"]!)));
        Assert.NotNull(reply.Header("Retry-After"));
        Assert.Equal(50, await CountAsync("calm"));
    }

    [Fact]
    public async Task NewCostCenters_BeyondTheQuota_AreRefused_KnownOnesAreNot()
    {
        await PostAsync("names", "r");
        for (var i = 0; i < 9; i++) await PostAsync($"names/made-up-{i}", $"m{i}");

        (await SendAsync("names/made-up-9", "m9")).ExpectProblem(429, "quota_exceeded");

        await PostAsync("names/made-up-0", "again");
        await PostAsync("names-of-others/new", "r");
        var denied = (await _api.SendAsync("POST", "/v1/check", """{"cost_center":"names/made-up-10","amount":1}""")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("rate_limited", (string?)denied["reason"]);
    }

    [Fact]
    public async Task Usage_BookedElsewhereThanItsReservation_CountsThatCostCenterOnce()
    {
        await PostAsync("moves/asks", "r");
        for (var i = 0; i < 20; i++)
        {
            var check = (await _api.SendAsync("POST", "/v1/check", """{"cost_center":"moves/asks","amount":1}""")).Expect(HttpStatusCode.OK).Json;
            var record = $$"""{"cost_center":"moves/pays","request_id":"e{{i}}","cost":1,"reservation_id":"{{check["reservation_id"]}}"}""";
            (await _api.SendAsync("POST", "/v1/usage", record)).Expect(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task NewUsers_BeyondTheQuota_AreRefused_KnownOnesAreNot()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true", "--Usage:MaxUsersPerHour=100"]);
        for (var i = 0; i < 100; i++) (await api.SendAsync("POST", "/v1/usage", Record("users", $"u{i}", $"user-{i}"))).Expect(HttpStatusCode.OK);

        (await api.SendAsync("POST", "/v1/usage", Record("users", "one-more", "user-100"))).ExpectProblem(429, "quota_exceeded");

        (await api.SendAsync("POST", "/v1/usage", Record("users", "again", "user-7"))).Expect(HttpStatusCode.OK);
    }

    /// <summary>Who has a key of a subtree makes keys for what is below it, and none of them takes more than the one that made it could.</summary>
    [Fact]
    public async Task Keys_MadeForBelow_TakeNoMoreTogetherThanTheirSubtree()
    {
        await using var api = await StartWithKeysAsync("--Usage:MaxRecordsPerMinute=104");
        var eng = await NewKeyAsync(api, "acme/eng", Root);
        var taken = 0;
        foreach (var below in (string[])["acme/eng/a", "acme/eng/b", "acme/eng/c"]) taken += await FloodAsync(api, await NewKeyAsync(api, below, eng), below, 60);

        Assert.Equal(52, taken);
        Assert.Contains("'acme/eng'", (await api.SendAsync("POST", "/v1/usage", Record("acme/eng", "own"), eng)).ExpectProblem(429, "quota_exceeded").Body, StringComparison.Ordinal);
        Assert.Equal(20, await FloodAsync(api, await NewKeyAsync(api, "acme/ops", Root), "acme/ops", 20));
    }

    /// <summary>Half of its parent's for each level, so what one of them takes leaves as much to the others.</summary>
    [Fact]
    public async Task KeyOfADeeperSubtree_HasHalfOfWhatTheOneAboveItHas()
    {
        await using var api = await StartWithKeysAsync("--Usage:MaxRecordsPerMinute=104");

        Assert.Equal(26, await FloodAsync(api, await NewKeyAsync(api, "acme/eng/a", Root), "acme/eng/a", 60));
        Assert.Equal(26, await FloodAsync(api, await NewKeyAsync(api, "acme/eng", Root), "acme/eng", 60));
        Assert.Equal(52, await FloodAsync(api, await NewKeyAsync(api, "acme", Root), "acme/eng", 60));
    }

    [Fact]
    public async Task NewCostCenters_OfOneSubtree_LeaveRoomForTheOthersOfTheTenant()
    {
        await using var api = await StartWithKeysAsync("--CostCenters:MaxCreatedPerHour=40");
        for (var i = 0; i < 20; i++) (await api.SendAsync("POST", "/v1/usage", Record($"acme/eng/made-up-{i}", $"e{i}"), Root)).Expect(HttpStatusCode.OK);

        var refused = (await api.SendAsync("POST", "/v1/usage", Record("acme/eng/made-up-20", "e20"), Root)).ExpectProblem(429, "quota_exceeded");

        Assert.Contains("in its tenant or subtree", refused.Body, StringComparison.Ordinal);
        (await api.SendAsync("POST", "/v1/usage", Record("acme/eng/made-up-0", "again"), Root)).Expect(HttpStatusCode.OK);
        for (var i = 0; i < 10; i++) (await api.SendAsync("POST", "/v1/usage", Record($"acme/ops/new-{i}", $"o{i}"), Root)).Expect(HttpStatusCode.OK);
    }

    private async Task<ApiReply> PostAsync(string costCenter, string id) => (await SendAsync(costCenter, id)).Expect(HttpStatusCode.OK);

    private Task<ApiReply> SendAsync(string costCenter, string id) => _api.SendAsync("POST", "/v1/usage", Record(costCenter, id));

    private async Task<int> CountAsync(string costCenter) => (int)(await _api.SendAsync("GET", $"/v1/cost-centers/{costCenter}")).Json["requests_today"]!;

    private static string Record(string costCenter, string id, string user = "u") => $$"""{"request_id":"{{id}}","cost_center":"{{costCenter}}","cost":0.01,"user":"{{user}}"}""";

    private static async Task<ApiHost> StartWithKeysAsync(string option)
    {
        var api = await ApiHost.StartAsync(["--BUDGET_ADMIN_KEY=0123456789abcdef0123456789abcdef", option]);
        foreach (var path in (string[])["acme", "acme/eng", "acme/ops"]) (await api.SendAsync("PUT", $"/v1/budgets/{path}", """{"daily":10}""", Root)).Expect(HttpStatusCode.Created);
        return api;
    }

    private static async Task<string> NewKeyAsync(ApiHost api, string costCenter, string maker) => "X-Budget-Key: " + (string?)(await api.SendAsync(
        "POST", "/v1/keys", $$"""{"name":"k","scopes":["admin","usage"],"cost_center":"{{costCenter}}"}""", maker)).Expect(HttpStatusCode.Created).Json["key"];

    /// <summary>How many of so many records are taken.</summary>
    private static async Task<int> FloodAsync(ApiHost api, string key, string costCenter, int records)
    {
        var lines = string.Join('\n', Enumerable.Range(0, records).Select(i => Record(costCenter, $"{key[^8..]}-{i}")));
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api.Address, "/v1/usage")) { Content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson") };
        request.Headers.Add("X-Budget-Key", key["X-Budget-Key: ".Length..]);
        var reply = await api.SendAsync(request);
        return reply.Status == HttpStatusCode.TooManyRequests ? 0 : (int)reply.Expect(HttpStatusCode.OK).Json["recorded"]!;
    }
}
