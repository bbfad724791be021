using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>A request id that somebody else had first keeps no real cost out of the books, and each record is booked once all the same.</summary>
[Collection(nameof(KeyedHost))]
public sealed class RequestIdTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Id_ThatASiblingHadFirst_DoesNotKeepTheOwnersCostOut()
    {
        await TenantAsync("squat");
        var (squatter, _) = await host.NewKeyAsync("check usage", "squat/a");
        var (owner, _) = await host.NewKeyAsync("check usage read", "squat/b");
        var held = (await Api.SendAsync("POST", "/v1/check", """{"cost_center":"squat/b","amount":20,"request_id":"victim-1"}""", owner)).Expect(HttpStatusCode.OK).Json;
        await PostAsync(squatter, """{"request_id":"victim-1","cost_center":"squat/a","cost":0.5}""", "recorded", "no_reservation");

        var record = $$"""{"request_id":"victim-1","reservation_id":"{{held["reservation_id"]}}","cost":12}""";
        await PostAsync(owner, record, "recorded", "conflict");
        await PostAsync(owner, record, "duplicate", "conflict");
        await PostAsync(squatter, """{"request_id":"victim-1","cost_center":"squat/a","cost":0.5}""", "duplicate", "no_reservation");

        Assert.Equal(12.5m, await SpentAsync("squat"));
        Assert.Equal(12m, await SpentAsync("squat/b"));
        Assert.Equal("settled", (string?)(await Api.SendAsync("GET", $"/v1/reservations/{held["reservation_id"]}", null, owner)).Json["state"]);
        var row = (await Api.SendAsync("GET", "/v1/usage?cost_center=squat/b", null, owner)).Json["items"]!.AsArray().Single()!;
        Assert.Equal("victim-1", (string?)row["request_id"]);
        // The owner's own change of mind is a conflict as ever.
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"victim-1","cost_center":"squat/b","cost":13}""", owner)).ExpectProblem(409, "request_id_conflict");
        Assert.True((bool)(await Api.SendAsync("GET", "/v1/consistency?cost_center=squat", null, KeyedHost.Admin)).Json["consistent"]!);
    }

    [Fact]
    public async Task Id_ThatIsAnothers_IsToldOfAndCorrectedByItsCostCenter()
    {
        await TenantAsync("squat-told");
        var (owner, _) = await host.NewKeyAsync("admin", "squat-told/b");
        await PostAsync(KeyedHost.Admin, """{"request_id":"v","cost_center":"squat-told/a","cost":1}""", "recorded", "no_reservation");
        await PostAsync(owner, """{"request_id":"v","cost_center":"squat-told/b/c","cost":9}""", "recorded", "no_reservation,conflict");

        (await Api.SendAsync("POST", "/v1/usage/corrections", """{"request_id":"c","corrects":"v","amount":-2,"reason":"r"}""", owner)).ExpectProblem(404, "unknown_request");
        var corrected = (await Api.SendAsync("POST", "/v1/usage/corrections", """{"request_id":"c","corrects":"v","cost_center":"squat-told/b/c","amount":-2,"reason":"r"}""", owner)).Expect(HttpStatusCode.OK);
        Assert.Equal("v", (string?)corrected.Json["corrects"]);
        Assert.Equal((7m, 1m), (await SpentAsync("squat-told/b"), await SpentAsync("squat-told/a")));
        await TestKit.Waiting.Eventually.HoldsAsync("the owner is told", async () => (await Api.SendAsync("GET", "/v1/alerts?cost_center=squat-told/b", null, owner)).Json["items"]!.AsArray()
            .Any(a => (string?)a!["type"] == "usage.conflict" && (string?)a["detail"] == "v" && (string?)a["cost_center"] == "squat-told/b/c"));
    }

    [Fact]
    public async Task Ids_OfSeveralCostCentersInOneBody_AreAllBooked()
    {
        await TenantAsync("squat-body");
        var body = string.Join(",", "abcab".Select(c => $$"""{"request_id":"same","cost_center":"squat-body/{{c}}","cost":1}"""));

        var reply = (await Api.SendAsync("POST", "/v1/usage", $"[{body}]", KeyedHost.Admin)).Expect(HttpStatusCode.OK);

        Assert.Equal(["recorded", "recorded", "recorded", "duplicate", "duplicate"], reply.Json["results"]!.AsArray().Select(r => (string)r!["result"]!));
        Assert.Equal(3m, await SpentAsync("squat-body"));
    }

    [Fact]
    public async Task Repeat_UnderALimitThatWasLoweredSince_IsADuplicate()
    {
        (await Api.SendAsync("PUT", "/v1/budgets/lowered", """{"max_record_cost":100}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        const string record = """{"request_id":"big","cost_center":"lowered/x","cost":80}""";
        await PostAsync(KeyedHost.Admin, record, "recorded", "no_reservation");
        const string correction = """{"request_id":"more","corrects":"big","cost_center":"lowered/x","amount":60,"reason":"r"}""";
        (await Api.SendAsync("POST", "/v1/usage/corrections", correction, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        (await Api.SendAsync("PATCH", "/v1/budgets/lowered", """{"max_record_cost":50}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);

        await PostAsync(KeyedHost.Admin, record, "duplicate", "no_reservation");
        var batch = (await Api.SendAsync("POST", "/v1/usage", $$"""[{{record}},{"request_id":"big2","cost_center":"lowered/x","cost":80}]""", KeyedHost.Admin)).Json["results"]!;
        Assert.Equal(("duplicate", "implausible_cost"), ((string?)batch[0]!["result"], (string?)batch[1]!["code"]));
        Assert.Equal("duplicate", (string?)(await Api.SendAsync("POST", "/v1/usage/corrections", correction, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["result"]);
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"big","cost_center":"lowered/x","cost":81}""", KeyedHost.Admin)).ExpectProblem(422, "implausible_cost");
        Assert.Equal(140m, await SpentAsync("lowered"));
    }

    private async Task TenantAsync(string tenant) => (await Api.SendAsync("PUT", $"/v1/budgets/{tenant}", """{"daily":1000}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);

    private async Task PostAsync(string header, string record, string result, string flags)
    {
        var reply = (await Api.SendAsync("POST", "/v1/usage", record, header)).Expect(HttpStatusCode.OK);
        Assert.Equal((result, flags), ((string?)reply.Json["result"], string.Join(",", reply.Json["flags"]!.AsArray().Select(f => (string)f!).Where(f => f != "new_cost_center"))));
    }

    private async Task<decimal> SpentAsync(string path) => (decimal)((await Api.SendAsync("GET", $"/v1/cost-centers/{path}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["spent_today"] ?? JsonValue.Create(0m))!;
}
