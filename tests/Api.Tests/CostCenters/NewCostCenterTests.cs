using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.CostCenters;

/// <summary>A typo in a cost center is told where it is made: by checks, by records, as an event; and costs nobody their budget.</summary>
[Collection(nameof(KeyedHost))]
public sealed class NewCostCenterTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Check_OfANewCostCenter_SaysSo_AndNamesTheNearest()
    {
        await PutAsync("typo-check/engineering/search", """{"daily":100}""");

        var near = await CheckAsync("typo-check/enginering/search");
        Assert.Equal(("allow", true, "typo-check/engineering/search"), ((string)near["decision"]!, (bool?)near["new"], (string?)near["nearest"]));
        Assert.Equal("typo-check/engineering", (string?)(await CheckAsync("typo-check/enginering/other"))["nearest"]);
        var far = await CheckAsync("typo-check/marketing");
        Assert.Equal((true, null), ((bool?)far["new"], (string?)far["nearest"]));
        var known = await CheckAsync("typo-check/engineering");
        Assert.Equal((null, null), (known["new"], known["nearest"]));
    }

    [Fact]
    public async Task Check_BySubtreeKey_NamesNothingOutsideOfIt()
    {
        await PutAsync("typo-sub/sales", "{}");
        await PutAsync("typo-sub/salse/x", "{}");
        var (key, _) = await host.NewKeyAsync("check", "typo-sub/sales");

        var answer = await CheckAsync("typo-sub/sales/x", key);

        Assert.Equal((true, null), ((bool?)answer["new"], (string?)answer["nearest"]));
    }

    [Fact]
    public async Task Record_OfANewCostCenter_SaysSo_Once_AndIsAnEvent()
    {
        await PutAsync("typo-record/engineering", """{"daily":100}""");
        const string record = """{"request_id":"n1","cost_center":"typo-record/enginering","cost":1}""";

        var first = (await PostAsync(record)).Json;
        var repeat = (await PostAsync(record)).Json;
        var next = (await PostAsync(record.Replace("n1", "n2", StringComparison.Ordinal))).Json;

        Assert.Equal(("recorded", true, "typo-record/engineering"), ((string)first["result"]!, (bool?)first["new"], (string?)first["nearest"]));
        Assert.Contains("new_cost_center", first["flags"]!.AsArray().Select(f => (string)f!));
        Assert.Equal(("duplicate", true), ((string)repeat["result"]!, (bool?)repeat["new"]));
        Assert.Null(next["new"]);
        await Eventually.HoldsAsync("the event is there, once", async () => (await CreatedAsync("typo-record")) is [{ } told] && (string?)told["detail"] == "typo-record/engineering");
    }

    [Fact]
    public async Task Batch_OfNewCostCenters_SaysWhichAreNew()
    {
        await PutAsync("typo-batch/search", "{}");
        var body = string.Join(",", new[] { "typo-batch/serach", "typo-batch/search", "typo-batch/serach", "typo-batch/c-1", "typo-batch/c-2" }
            .Select((c, i) => $$"""{"request_id":"b{{i}}","cost_center":"{{c}}","cost":1}"""));

        var results = (await PostAsync($"[{body}]")).Json["results"]!.AsArray();

        Assert.Equal([true, null, null, true, true], results.Select(r => (bool?)r!["new"]));
        Assert.Equal(["typo-batch/search", null, null, null, null], results.Select(r => (string?)r!["nearest"]));
    }

    [Fact]
    public async Task UnknownLeaf_WhereNoneMayBegin_IsDenied_AndItsUsageIsBookedAtTheKnownAncestor()
    {
        await PutAsync("typo-deny", """{"new_cost_centers":"deny"}""");
        await PutAsync("typo-deny/engineering", """{"daily":100}""");
        await PutAsync("typo-deny/engineering/search", """{"daily":50}""");

        var denied = await CheckAsync("typo-deny/engineering/serach");
        Assert.Equal(("deny", "unknown_cost_center", "typo-deny/engineering/search"), ((string)denied["decision"]!, (string)denied["reason"]!, (string?)denied["nearest"]));
        Assert.EndsWith(" There is typo-deny/engineering/search.", (string)denied["detail"]!, StringComparison.Ordinal);

        var booked = (await PostAsync("""{"request_id":"d1","cost_center":"typo-deny/engineering/serach","cost":2,"tags":{"feature":"x"}}""")).Json;
        Assert.Contains("unknown_cost_center", booked["flags"]!.AsArray().Select(f => (string)f!));
        Assert.Equal((null, "typo-deny/engineering/search"), (booked["new"], (string?)booked["nearest"]));
        var row = (await Api.SendAsync("GET", "/v1/usage?cost_center=typo-deny&tag.unknown_cost_center=typo-deny/engineering/serach", null, KeyedHost.Admin)).Json["items"]!.AsArray().Single()!;
        Assert.Equal(("typo-deny/engineering", "x"), ((string)row["cost_center"]!, (string)row["tags"]!["feature"]!));
        (await Api.SendAsync("GET", "/v1/cost-centers/typo-deny/engineering/serach", null, KeyedHost.Admin)).ExpectProblem(404, "unknown_cost_center");
        Assert.True((bool)(await Api.SendAsync("GET", "/v1/consistency?cost_center=typo-deny", null, KeyedHost.Admin)).Json["consistent"]!);
    }

    [Fact]
    public async Task NewTenant_ByAKeyOfTheWholeInstallation_IsToldInTheAnswer_TheLogAndAnEvent()
    {
        await PutAsync("typo-tenant", """{"daily":100}""");

        var check = await CheckAsync("typo-tennat/x");
        var record = (await PostAsync("""{"request_id":"t1","cost_center":"typo-tennat/x","cost":1}""")).Json;

        Assert.Equal((true, "typo-tenant"), ((bool?)check["new"], (string?)check["nearest"]));
        Assert.Equal((true, "typo-tenant"), ((bool?)record["new"], (string?)record["nearest"]));
        // A tenant hears nothing of others.
        await Eventually.HoldsAsync("the event is there", async () => (await CreatedAsync("typo-tennat")) is [{ } told] && told["detail"] is null);
        var audit = (await Api.SendAsync("GET", "/v1/audit?cost_center=typo-tennat", null, KeyedHost.Admin)).Json["items"]!.AsArray();
        Assert.Contains(audit, a => (string)a!["action"]! == "tenant.create");
    }

    private async Task PutAsync(string path, string budget)
    {
        var reply = await Api.SendAsync("PUT", $"/v1/budgets/{path}", budget, KeyedHost.Admin);
        Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.Created, reply.Body);
    }

    private async Task<JsonNode> CheckAsync(string path, string key = KeyedHost.Admin) =>
        (await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{path}}","amount":0.1,"dry_run":true}""", key)).Expect(HttpStatusCode.OK).Json;

    private async Task<ApiReply> PostAsync(string body) => (await Api.SendAsync("POST", "/v1/usage", body, KeyedHost.Admin)).Expect(HttpStatusCode.OK);

    private async Task<JsonNode?[]> CreatedAsync(string under) =>
        [.. (await Api.SendAsync("GET", $"/v1/alerts?cost_center={under}", null, KeyedHost.Admin)).Json["items"]!.AsArray().Where(a => (string)a!["type"]! == "cost_center.created")];
}
