using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Alerts;

[Collection(nameof(KeyedHost))]
public class AlertTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Crossing_IsListedWithItsFigures()
    {
        // The evaluation after a limit's change may see the usage already, and is the cause then: of three cost centers one is found by the usage's own.
        JsonNode alert;
        var spare = 0;
        do
        {
            var costCenter = $"alr-a/x{spare}";
            await SpendAsync(costCenter, limit: 10, cost: 8);
            alert = (await AlertsAsync(costCenter, 1))[0];
            Assert.Equal(costCenter, (string?)alert["cost_center"]);
        }
        while ((string?)alert["cause"] != "usage" && ++spare < 3);
        Assert.Equal("usage", (string?)alert["cause"]);
        Assert.Null(alert["user"]);
        Assert.Equal("daily", (string?)alert["period"]);
        Assert.Equal(0.7m, (decimal)alert["threshold"]!);
        Assert.Equal("warning", (string?)alert["level"]);
        Assert.Equal(0, (int)alert["generation"]!);
        Assert.Equal(8m, (decimal)alert["spent"]!);
        Assert.Equal(10m, (decimal)alert["limit"]!);
        Assert.Equal(0.8m, (decimal)alert["utilization"]!);
        Assert.NotNull(alert["resets_at"]);
        foreach (var member in new[] { "at", "window_start", "forecast", "top_models", "recommendations", "detail", "by" }) Assert.True(alert.AsObject().ContainsKey(member), member);

        var one = (await Api.SendAsync("GET", $"/v1/alerts/{alert["alert_id"]}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json.AsObject();
        Assert.Empty(one["deliveries"]!.AsArray());
        one.Remove("deliveries");
        Assert.Equal(alert.ToJsonString(), one.ToJsonString());
    }

    [Fact]
    public async Task MembersOfAThreshold_OccurInNoOtherType()
    {
        await Api.SendAsync("PUT", "/v1/budgets/alr-p/x", """{"daily":10}""", KeyedHost.Admin);
        (await Api.SendAsync("POST", "/v1/pause", """{"cost_center":"alr-p/x","reason":"stop"}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        var alert = (await AlertsAsync("alr-p/x", 1, "budget.paused"))[0].AsObject();
        Assert.Equal("stop", (string?)alert["detail"]);
        Assert.Equal("env", (string?)alert["by"]);
        foreach (var member in new[] { "level", "threshold", "generation", "cause" }) Assert.False(alert.ContainsKey(member), member);
    }

    [Fact]
    public async Task Alert_OutsideOfTheSubtree_IsUnknown()
    {
        await SpendAsync("alr-b/x", limit: 10, cost: 8);
        await SpendAsync("alr-b/y", limit: 10, cost: 8);
        var id = (string)(await AlertsAsync("alr-b/x", 1))[0]["alert_id"]!;
        await AlertsAsync("alr-b/y", 1);
        var (own, _) = await host.NewKeyAsync("admin", "alr-b/x");
        var (other, _) = await host.NewKeyAsync("admin", "alr-b/y");
        (await Api.SendAsync("GET", $"/v1/alerts/{id}", null, own)).Expect(HttpStatusCode.OK);
        (await Api.SendAsync("GET", $"/v1/alerts/{id}", null, other)).ExpectProblem(404, "unknown_alert");
        (await Api.SendAsync("POST", $"/v1/alerts/{id}/redeliver", null, other)).ExpectProblem(404, "unknown_alert");
        (await Api.SendAsync("GET", "/v1/alerts?cost_center=alr-b", null, own)).ExpectProblem(403, "outside_subtree");
        Assert.All((await Api.SendAsync("GET", "/v1/alerts", null, own)).Json["items"]!.AsArray(), a => Assert.Equal("alr-b/x", (string?)a!["cost_center"]));
    }

    [Fact]
    public async Task List_IsPagedNewestFirst_AndCutByTime()
    {
        await SpendAsync("alr-c/x", limit: 10, cost: 20);
        // 70, 90, 95 and 100 %.
        var all = await AlertsAsync("alr-c/x", 4);
        var (ids, cursor) = (new List<string>(), "");
        do
        {
            var page = (await Api.SendAsync("GET", $"/v1/alerts?cost_center=alr-c&limit=3{cursor}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json;
            ids.AddRange(page["items"]!.AsArray().Select(a => (string)a!["alert_id"]!));
            cursor = page["next_cursor"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(all.Select(a => (string)a["alert_id"]!), ids);
        Assert.Equal(all.Count, ids.Distinct().Count());
        Assert.Empty((await Api.SendAsync("GET", "/v1/alerts?cost_center=alr-c&since=2999-01-01T00:00:00Z", null, KeyedHost.Admin)).Json["items"]!.AsArray());
    }

    [Theory]
    [InlineData("GET", "/v1/alerts?since=yesterday", 400, "invalid_request")]
    [InlineData("GET", "/v1/alerts?cost_center=a//b", 400, "invalid_cost_center")]
    [InlineData("GET", "/v1/alerts?cursor=%00", 400, "invalid_cursor")]
    [InlineData("GET", "/v1/alerts?cursor=MQp4", 400, "invalid_cursor")]
    [InlineData("GET", "/v1/alerts?level=x", 400, "unknown_field")]
    [InlineData("GET", "/v1/alerts/alr_none", 404, "unknown_alert")]
    [InlineData("GET", "/v1/alerts/a%01b", 404, "unknown_alert")]
    [InlineData("GET", "/v1/alerts/alr_none?x=1", 400, "unknown_field")]
    [InlineData("POST", "/v1/alerts/alr_none/redeliver", 404, "unknown_alert")]
    [InlineData("POST", "/v1/alerts", 405, "method_not_allowed")]
    public async Task BadRequest_IsRefused(string method, string path, int status, string code) =>
        (await Api.SendAsync(method, path, null, KeyedHost.Admin)).ExpectProblem(status, code);

    [Fact]
    public async Task CostCenter_TellsItsOwnAlerts_AndRecommendations()
    {
        foreach (var (model, price) in new[] { ("alr-dear", 10), ("alr-cheap", 1) })
        {
            (await Api.SendAsync("PUT", $"/v1/prices/{model}", $$"""{"input":{{price}},"output":{{price}},"effective_from":"2020-01-01T00:00:00Z"}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
            var usage = $$$"""{"request_id":"{{{model}}}","cost_center":"alr-d/x","model":"{{{model}}}","input_tokens":1000000,"output_tokens":0,"user":"u-1","tags":{"feature":"search"}}""";
            (await Api.SendAsync("POST", "/v1/usage", usage, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        }

        await Api.SendAsync("PUT", "/v1/budgets/alr-d/x", """{"monthly":15}""", KeyedHost.Admin);
        await AlertsAsync("alr-d/x", 1);
        // The roll-ups that advice comes from follow within a second.
        JsonNode own = null!;
        await Eventually.HoldsAsync(
            "all kinds of advice",
            async () => (own = (await Api.SendAsync("GET", "/v1/cost-centers/alr-d/x", null, KeyedHost.Admin)).Json)["recommendations"]!.AsArray().Count >= 4);
        var kinds = own["recommendations"]!.AsArray().ToDictionary(r => (string)r!["kind"]!, r => r!);
        Assert.Equal(9m, (decimal)kinds["cheaper_model"]["amount"]!);
        Assert.Equal("alr-dear", (string?)kinds["cheaper_model"]["subject"]);
        Assert.Equal("alr-cheap", (string?)kinds["cheaper_model"]["instead"]);
        Assert.Equal("u-1", (string?)kinds["top_user"]["subject"]);
        Assert.Equal("search", (string?)kinds["top_feature"]["subject"]);
        Assert.Contains("USD", (string)kinds["safe_rate"]["text"]!, StringComparison.Ordinal);

        var alerts = own["alerts"]!.AsArray();
        Assert.NotEmpty(alerts);
        Assert.All(alerts, a => Assert.Equal("alr-d/x", (string?)a!["cost_center"]));
        Assert.Empty((await Api.SendAsync("GET", "/v1/cost-centers/alr-d", null, KeyedHost.Admin)).Json["alerts"]!.AsArray());
    }

    private async Task SpendAsync(string costCenter, int limit, int cost)
    {
        (await Api.SendAsync("PUT", $"/v1/budgets/{costCenter}", $$"""{"daily":{{limit}}}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        var usage = $$"""{"request_id":"{{costCenter}}","cost_center":"{{costCenter}}","cost":{{cost}}}""";
        (await Api.SendAsync("POST", "/v1/usage", usage, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
    }

    /// <summary>The alerts of a cost center once there are so many of a type: whether there is a forecast depends on the time of day.</summary>
    private async Task<IReadOnlyList<JsonNode>> AlertsAsync(string costCenter, int count, string type = "budget.threshold.reached")
    {
        IReadOnlyList<JsonNode> alerts = [];
        await Eventually.HoldsAsync(
            $"{count} alerts of {costCenter}",
            async () =>
            {
                var reply = (await Api.SendAsync("GET", $"/v1/alerts?cost_center={costCenter}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
                alerts = [.. reply.Json["items"]!.AsArray().Select(a => a!).Where(a => (string?)a["type"] == type)];
                return alerts.Count >= count;
            });
        return alerts;
    }
}
