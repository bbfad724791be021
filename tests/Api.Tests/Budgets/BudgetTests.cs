using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Ledger.Sql.Postgres;

namespace BudgetEngine.Api.Tests.Budgets;

[Collection(nameof(OpenHost))]
public class BudgetTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Get_AnswersExactlyAPutBody()
    {
        const string body = """
            {"daily":300,"weekly":"1e3","monthly":5000,"thresholds":[{"at":1,"level":"exceeded"},{"at":0.5,"level":"half"}],"enforcement":"soft","on_outage":"allow",
             "on_outage_limit":5,"on_expiry":"charge","durable_holds":true,"unknown_model":"default_price","default_price":{"input":1.5,"output":2},"assumed_output_tokens":"max",
             "per_user":{"daily":5},"per_child":{"monthly":50},"time_zone":"Asia/Ho_Chi_Minh","new_cost_centers":"deny","require_limit":true,"max_record_cost":20}
            """;
        var put = (await Api.SendAsync("PUT", "/v1/budgets/Roundtrip", body)).Expect(HttpStatusCode.Created);
        var budget = put.Json["budget"]!.ToJsonString();
        Assert.Equal("roundtrip", (string?)put.Json["cost_center"]);
        Assert.Equal("Asia/Ho_Chi_Minh", (string?)put.Json["budget"]!["time_zone"]);
        Assert.Equal("half", (string?)put.Json["budget"]!["thresholds"]![0]!["level"]);
        var again = (await Api.SendAsync("PUT", "/v1/budgets/roundtrip", budget)).Expect(HttpStatusCode.OK);
        Assert.Equal(budget, again.Json["budget"]!.ToJsonString());
        var got = (await Api.SendAsync("GET", "/v1/budgets/roundtrip")).Expect(HttpStatusCode.OK);
        Assert.Equal(again.Body, got.Body);
        Assert.Equal(again.Header("ETag"), got.Header("ETag"));
        Assert.Equal("Asia/Ho_Chi_Minh", (string?)(await Api.SendAsync("GET", "/v1/cost-centers/roundtrip")).Json["time_zone"]);
    }

    [Fact]
    public async Task TenantFields_KeepTheirValueWhenAbsent_AndNullSetsTheDefault()
    {
        await Api.SendAsync("PUT", "/v1/budgets/keeps", """{"max_record_cost":5,"require_limit":true}""");
        var put = await Api.SendAsync("PUT", "/v1/budgets/keeps", """{"daily":1}""");
        Assert.Equal(5, (int)put.Json["budget"]!["max_record_cost"]!);
        Assert.True((bool)put.Json["budget"]!["require_limit"]!);
        var patched = await Api.SendAsync("PATCH", "/v1/budgets/keeps", """{"max_record_cost":null}""");
        Assert.Equal(1000, (int)patched.Json["budget"]!["max_record_cost"]!);
    }

    [Fact]
    public async Task Patch_MergesAndNullTakesAway()
    {
        await Api.SendAsync("PUT", "/v1/budgets/patched", """{"daily":10,"monthly":100,"per_user":{"daily":5,"monthly":50},"default_price":{"input":1,"output":2}}""");
        var reply = (await Api.SendAsync("PATCH", "/v1/budgets/patched", """{"daily":null,"per_user":{"daily":7},"default_price":{"output":3}}""",
            "Content-Type: application/merge-patch+json")).Expect(HttpStatusCode.OK);
        var budget = reply.Json["budget"]!;
        Assert.Null(budget["daily"]);
        Assert.Equal(100, (int)budget["monthly"]!);
        Assert.Equal((7, 50), ((int)budget["per_user"]!["daily"]!, (int)budget["per_user"]!["monthly"]!));
        Assert.Equal((1, 3), ((int)budget["default_price"]!["input"]!, (int)budget["default_price"]!["output"]!));
        (await Api.SendAsync("PATCH", "/v1/budgets/patched", """{"daly":1}""")).ExpectProblem(400, "unknown_field");
        (await Api.SendAsync("PATCH", "/v1/budgets/patched", """{"daily":101}""")).ExpectProblem(400, "invalid_request");
        Assert.Null((await Api.SendAsync("PATCH", "/v1/budgets/patched", """{"per_user":null}""")).Json["budget"]!["per_user"]);
    }

    [Fact]
    public async Task Preconditions_AreHonoured()
    {
        (await Api.SendAsync("PUT", "/v1/budgets/etags", """{"daily":1}""", "If-Match: *")).ExpectProblem(412, "etag_mismatch");
        var first = (await Api.SendAsync("PUT", "/v1/budgets/etags", """{"daily":1}""", "If-None-Match: *")).Expect(HttpStatusCode.Created);
        (await Api.SendAsync("PUT", "/v1/budgets/etags", """{"daily":2}""", "If-None-Match: *")).ExpectProblem(412, "etag_mismatch");
        var second = (await Api.SendAsync("PUT", "/v1/budgets/etags", """{"daily":2}""", $"If-Match: {first.Header("ETag")}")).Expect(HttpStatusCode.OK);
        Assert.NotEqual(first.Header("ETag"), second.Header("ETag"));
        (await Api.SendAsync("PUT", "/v1/budgets/etags", """{"daily":3}""", $"If-Match: {first.Header("ETag")}")).ExpectProblem(412, "etag_mismatch");
        (await Api.SendAsync("PATCH", "/v1/budgets/etags", """{"daily":3}""", $"If-Match: W/{second.Header("ETag")}")).ExpectProblem(412, "etag_mismatch");
        (await Api.SendAsync("DELETE", "/v1/budgets/etags", null, "If-Match: \"nonsense\"")).ExpectProblem(412, "etag_mismatch");
        (await Api.SendAsync("DELETE", "/v1/budgets/etags", null, $"If-Match: \"0\", {second.Header("ETag")}")).Expect(HttpStatusCode.NoContent);
        (await Api.SendAsync("GET", "/v1/budgets/etags")).ExpectProblem(404, "no_budget");
    }

    [Fact]
    public async Task BudgetOfAUser_StandsBesideTheCostCenters()
    {
        await Api.SendAsync("PUT", "/v1/budgets/users/a", """{"daily":10,"per_user":{"daily":1}}""");
        (await Api.SendAsync("PUT", "/v1/budgets/users/a?user=U-17", """{"daily":3}""")).Expect(HttpStatusCode.Created);
        Assert.Equal("U-17", (string?)(await Api.SendAsync("GET", "/v1/budgets/users/a?user=U-17")).Json["user"]);
        Assert.Equal("allow", (string?)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"users/a","user":"U-17","amount":2}""")).Json["decision"]);
        Assert.Equal("deny", (string?)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"users/a","user":"u-17","amount":2}""")).Json["decision"]);
        var list = (await Api.SendAsync("GET", "/v1/budgets?under=users")).Json["items"]!.AsArray();
        Assert.Equal([null, "U-17"], list.Select(b => (string?)b!["user"]));
    }

    [Fact]
    public async Task LimitAboveTheParents_IsAWarning()
    {
        await Api.SendAsync("PUT", "/v1/budgets/warns", """{"daily":10}""");
        var reply = (await Api.SendAsync("PUT", "/v1/budgets/warns/x/y", """{"daily":11,"monthly":5000}""")).Expect(HttpStatusCode.Created);
        var warning = Assert.Single(reply.Json["warnings"]!.AsArray());
        Assert.Contains("daily", (string?)warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Increase_AddsToTheLimit_AndARepeatChangesNothing()
    {
        await Api.SendAsync("PUT", "/v1/budgets/more", """{"daily":1}""");
        const string body = """{"cost_center":"more","period":"daily","amount":4,"until":"2999-01-01T00:00:00Z","reason":"launch"}""";
        (await Api.SendAsync("PUT", "/v1/increases/more-1", body)).Expect(HttpStatusCode.Created);
        (await Api.SendAsync("PUT", "/v1/increases/more-1", body)).Expect(HttpStatusCode.OK);
        (await Api.SendAsync("PUT", "/v1/increases/more-1", body.Replace("4", "5", StringComparison.Ordinal))).ExpectProblem(409, "increase_conflict");
        Assert.Equal("allow", (string?)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"more","amount":5,"dry_run":true}""")).Json["decision"]);
        Assert.Equal("launch", (string?)(await Api.SendAsync("GET", "/v1/budgets/more")).Json["increases"]![0]!["reason"]);
        Assert.Single((await Api.SendAsync("GET", "/v1/increases?under=more")).Json["items"]!.AsArray());
        (await Api.SendAsync("DELETE", "/v1/increases/more-1")).Expect(HttpStatusCode.NoContent);
        Assert.Equal("deny", (string?)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"more","amount":5,"dry_run":true}""")).Json["decision"]);
    }

    [Fact]
    public async Task Pause_DeniesUnderEveryEnforcement_UntilResumed()
    {
        await Api.SendAsync("PUT", "/v1/budgets/stop", """{"daily":100,"enforcement":"soft"}""");
        (await Api.SendAsync("POST", "/v1/pause", """{"cost_center":"stop","reason":"incident"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("paused", (string?)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"stop/x","amount":1}""")).Json["reason"]);
        Assert.Equal("incident", (string?)(await Api.SendAsync("GET", "/v1/budgets/stop")).Json["paused"]!["reason"]);
        Assert.NotNull((await Api.SendAsync("GET", "/v1/cost-centers/stop")).Json["paused"]);
        (await Api.SendAsync("POST", "/v1/resume", """{"cost_center":"stop"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("allow", (string?)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"stop/x","amount":1}""")).Json["decision"]);
    }

    [Fact]
    public async Task List_PagesThroughAll()
    {
        for (var i = 0; i < 7; i++) await Api.SendAsync("PUT", $"/v1/budgets/pages/c{i}", """{"daily":1}""");
        Assert.Equal(7, await PagesAsync("/v1/budgets?under=pages&limit=3"));
        Assert.Equal(8, await PagesAsync("/v1/cost-centers?under=pages&limit=3"));
        Assert.Equal(8, await PagesAsync("/v1/cost-centers?under=pages&limit=3&sort=utilization"));
        Assert.True(await PagesAsync("/v1/audit?cost_center=pages&limit=3") >= 7);
    }

    [Fact]
    public async Task Audit_TellsWhoDidWhatAndWhy()
    {
        await Api.SendAsync("PUT", "/v1/budgets/audited/x", """{"daily":1,"reason":"because"}""");
        await Api.SendAsync("DELETE", "/v1/budgets/audited/x", null, "X-Reason: gone");
        var items = (await Api.SendAsync("GET", "/v1/audit?cost_center=audited/x")).Json["items"]!.AsArray();
        Assert.Equal(["because", "gone"], items.Select(i => (string)i!["reason"]!).Order());
        Assert.All(items, i => Assert.Equal(("open", "open mode"), ((string?)i!["key"], (string?)i["key_name"])));
        Assert.Equal(["budget.delete", "budget.put"], items.Select(i => (string?)i!["action"]));
        Assert.Equal(1m, (decimal)items[0]!["before"]!["daily"]!);
        Assert.Single((await Api.SendAsync("GET", "/v1/audit?cost_center=audited/x&action=budget.put&key=open%20mode")).Json["items"]!.AsArray().Concat(
            (await Api.SendAsync("GET", "/v1/audit?cost_center=audited/x&action=budget.put&key=open")).Json["items"]!.AsArray()));
    }

    private async Task<int> PagesAsync(string path)
    {
        var seen = new HashSet<string>();
        var count = 0;
        string? cursor = null;
        do
        {
            var page = (await Api.SendAsync("GET", cursor is null ? path : $"{path}&cursor={cursor}")).Expect(HttpStatusCode.OK);
            foreach (var item in page.Json["items"]!.AsArray())
            {
                count++;
                seen.Add(item!.ToJsonString());
            }

            cursor = (string?)page.Json["next_cursor"];
        }
        while (cursor is not null);
        Assert.Equal(count, seen.Count);
        return count;
    }
}
