using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Budgets;

/// <summary>What a budget limits beside money, over HTTP: requests and tokens by the minute, models, output of one call.</summary>
[Collection(nameof(KeyedHost))]
public sealed class GuardTests(KeyedHost host)
{
    private const string Trusted = ""","gateway":{"trust":["X-Cost-Center","X-User-ID","X-Budget-Model","X-Budget-Input-Tokens","X-Budget-Max-Output-Tokens","X-Budget-Amount"]}""";

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Budget_WithEveryGuard_IsAnsweredAsItWasPut_AndPatchedInParts()
    {
        const string guards = """{"requests_per_minute":60,"tokens_per_minute":100000,"allowed_models":["gpt-*","claude-4"],"max_output_tokens":{"*":4096,"gpt-4.1":800},"per_user":{"requests_per_minute":6}}""";
        var put = (await PutAsync("guards-put", guards)).Json["budget"]!;
        foreach (var (name, value) in JsonNode.Parse(guards)!.AsObject().Where(m => m.Key != "per_user")) Assert.Equal(value!.ToJsonString(), put[name]!.ToJsonString());
        Assert.Equal(6, (int)put["per_user"]!["requests_per_minute"]!);
        Assert.Equal(put.ToJsonString(), (await PutAsync("guards-put", put.ToJsonString())).Json["budget"]!.ToJsonString());

        var patch = """{"requests_per_minute":null,"max_output_tokens":{"gpt-4.1":null,"o3":9},"allowed_models":["o*"]}""";
        var patched = (await Api.SendAsync("PATCH", "/v1/budgets/guards-put", patch, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["budget"]!;
        Assert.Equal(("""{"*":4096,"o3":9}""", """["o*"]"""), (patched["max_output_tokens"]!.ToJsonString(), patched["allowed_models"]!.ToJsonString()));
        Assert.Equal((true, 100_000), (patched["requests_per_minute"] is null, (int)patched["tokens_per_minute"]!));
        Assert.Equal(patched.ToJsonString(), (await Api.SendAsync("GET", "/v1/budgets/guards-put", null, KeyedHost.Admin)).Json["budget"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"requests_per_minute":0}""", "requests_per_minute")]
    [InlineData("""{"tokens_per_minute":1.5}""", "tokens_per_minute")]
    [InlineData("""{"per_child":{"tokens_per_minute":1000000001}}""", "per_child.tokens_per_minute")]
    [InlineData("""{"allowed_models":[]}""", "allowed_models")]
    [InlineData("""{"allowed_models":["g*t"]}""", "allowed_models")]
    [InlineData("""{"allowed_models":"gpt"}""", "allowed_models")]
    [InlineData("""{"max_output_tokens":4096}""", "max_output_tokens")]
    [InlineData("""{"max_output_tokens":{"gpt":0}}""", "max_output_tokens.gpt")]
    [InlineData("""{"max_output_tokens":{"*gpt":5}}""", "max_output_tokens.*gpt")]
    public async Task Budget_WithABadGuard_IsRefusedByName(string body, string field)
    {
        var refused = (await Api.SendAsync("PUT", "/v1/budgets/guards-bad", body, KeyedHost.Admin)).ExpectProblem(400, "invalid_request");
        Assert.Equal([field], refused.ErrorFields);
    }

    [Fact]
    public async Task BudgetOfAUser_HasNoRulesOfModels_ButAMinuteOfItsOwn()
    {
        await PutAsync("guards-user", "{}");
        var refused = (await Api.SendAsync("PUT", "/v1/budgets/guards-user?user=ann", """{"allowed_models":["a"],"max_output_tokens":{"a":1}}""", KeyedHost.Admin)).ExpectProblem(400, "invalid_request");
        Assert.Equal(["allowed_models", "max_output_tokens"], refused.ErrorFields.Order());
        (await Api.SendAsync("PUT", "/v1/budgets/guards-user?user=ann", """{"requests_per_minute":1}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);

        await AllowedAsync("""{"cost_center":"guards-user/x","user":"ann","amount":1}""");
        var denied = await DeniedAsync("""{"cost_center":"guards-user/x","user":"ann","amount":1}""", "rate_limited");
        Assert.Equal("ann", (string?)denied["rate_limit"]!["user"]);
        await AllowedAsync("""{"cost_center":"guards-user/x","user":"bob","amount":1}""");
    }

    [Fact]
    public async Task Requests_BeyondTheLimitOfAnAncestor_AreDeniedUntilOneIsReleased()
    {
        await PutAsync("guards-rpm", """{"requests_per_minute":2}""");
        var held = await AllowedAsync("""{"cost_center":"guards-rpm/team/app","amount":1}""");
        await AllowedAsync("""{"cost_center":"guards-rpm/other","amount":1}""");

        var denied = await DeniedAsync("""{"cost_center":"guards-rpm/team/app","amount":1}""", "rate_limited");

        Assert.Equal("""{"cost_center":"guards-rpm","user":null,"name":"requests_per_minute","limit":2,"left":0}""", denied["rate_limit"]!.ToJsonString());
        Assert.InRange((int)denied["retry_after_seconds"]!, 55, 61);
        Assert.Null(denied["blocked_by"]);
        (await Api.SendAsync("DELETE", $"/v1/reservations/{held["reservation_id"]}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        await AllowedAsync("""{"cost_center":"guards-rpm/team/app","amount":1}""");
    }

    [Fact]
    public async Task Tokens_AsAnnounced_AreHeld_AndSettledToTheTrueCount()
    {
        await PutAsync("guards-tpm", """{"tokens_per_minute":1000}""");
        var held = await AllowedAsync("""{"cost_center":"guards-tpm/x","model":"any","amount":1,"input_tokens":300,"max_output_tokens":600}""");
        var denied = await DeniedAsync("""{"cost_center":"guards-tpm/x","amount":1,"input_tokens":101}""", "rate_limited");
        Assert.Equal(("tokens_per_minute", 1000, 100), ((string?)denied["rate_limit"]!["name"], (int)denied["rate_limit"]!["limit"]!, (int)denied["rate_limit"]!["left"]!));

        var record = $$"""{"request_id":"tpm-1","reservation_id":"{{held["reservation_id"]}}","model":"any","input_tokens":290,"output_tokens":60,"cost":0.5}""";
        (await Api.SendAsync("POST", "/v1/usage", record, KeyedHost.Admin)).Expect(HttpStatusCode.OK);

        await DeniedAsync("""{"cost_center":"guards-tpm/x","amount":1,"input_tokens":651}""", "rate_limited");
        await AllowedAsync("""{"cost_center":"guards-tpm/x","amount":1,"input_tokens":650}""");
        // More than the limit never fits: waiting does not help.
        Assert.Null((await DeniedAsync("""{"cost_center":"guards-tpm/x","amount":1,"input_tokens":1001}""", "rate_limited"))["retry_after_seconds"]);
    }

    [Fact]
    public async Task Gateway_IsAnswered429WithRateLimitHeaders()
    {
        await PutAsync("guards-gw", """{"requests_per_minute":1}""");
        var key = (await host.NewKeyAsync("check", "guards-gw", Trusted)).Header;
        (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 1")).Expect(HttpStatusCode.OK);

        var denied = (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 1")).Expect(HttpStatusCode.TooManyRequests);

        Assert.Equal("rate_limited", denied.Code);
        var wait = denied.Header("Retry-After")!;
        Assert.InRange(int.Parse(wait), 55, 61);
        Assert.Equal($"\"requests_per_minute\";r=0;t={wait}", denied.Header("RateLimit"));
        Assert.Equal("\"requests_per_minute\";q=1;w=60", denied.Header("RateLimit-Policy"));
        Assert.Equal(["type", "title", "status", "code", "period", "resets_at", "request_id", "detail"], denied.Json.AsObject().Select(p => p.Key));
        Assert.Null(denied.Header("X-Budget-Reset"));
    }

    [Fact]
    public async Task LimitAboveTheSubtree_IsNamed_AndTellsNoNumber()
    {
        await PutAsync("guards-hidden", """{"requests_per_minute":1,"max_output_tokens":{"*":77}}""");
        await PutAsync("guards-hidden/a", "{}");
        var key = (await host.NewKeyAsync("check", "guards-hidden/a", Trusted)).Header;
        const string check = """{"cost_center":"guards-hidden/a","amount":1}""";
        (await Api.SendAsync("POST", "/v1/check", check, key)).Expect(HttpStatusCode.OK);

        var denied = (await Api.SendAsync("POST", "/v1/check", check, key)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("""{"cost_center":"guards-hidden","name":"requests_per_minute"}""", denied["rate_limit"]!.ToJsonString());
        Assert.Null((await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 1")).Expect(HttpStatusCode.TooManyRequests).Header("RateLimit-Policy"));
        var tooLong = (await Api.SendAsync("POST", "/v1/check", """{"cost_center":"guards-hidden/a","model":"m","amount":1,"max_output_tokens":78}""", key)).Json;
        Assert.Equal(("too_many_output_tokens", true), ((string?)tooLong["reason"], tooLong["affordable_output_tokens"] is null));
    }

    [Fact]
    public async Task Models_OtherThanThoseAllowedAnywhereOnThePath_AreDenied()
    {
        await PutAsync("guards-models", """{"allowed_models":["gpt-*","claude-4"]}""");
        await PutAsync("guards-models/team", """{"allowed_models":["GPT-4.1*"]}""");
        foreach (var model in new[] { "claude-4", "gpt-4o", "other" }) await DeniedAsync(Check("guards-models/team/app", model), "model_not_allowed");
        await AllowedAsync(Check("guards-models/team/app", "gpt-4.1-mini"));
        await AllowedAsync(Check("guards-models/else", "claude-4"));
        await DeniedAsync("""{"cost_center":"guards-models/else","amount":1}""", "model_not_allowed");
        // What was used is recorded all the same, and a look at the limits asks for no model.
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"m-1","cost_center":"guards-models/else","model":"other","cost":1}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        Assert.Equal("allow", (string?)(await Api.SendAsync("GET", "/v1/limits?cost_center=guards-models/else", null, KeyedHost.Admin)).Json["decision"]);

        var key = (await host.NewKeyAsync("check", "guards-models", Trusted)).Header;
        var denied = (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 1", "X-Budget-Model: other")).Expect(HttpStatusCode.Forbidden);
        Assert.Equal(("model_not_allowed", "The model is not allowed"), (denied.Code, (string?)denied.Json["title"]));
    }

    [Fact]
    public async Task Output_BeyondWhatIsAllowedAtOnce_IsDenied_OrLoweredWhereTheCallerTakesLess()
    {
        (await Api.SendAsync("PUT", "/v1/prices/guards-gpt", """{"input":0,"output":1000000,"max_output_tokens":5000}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        await PutAsync("guards-output", """{"max_output_tokens":{"*":500,"guards-*":100}}""");
        await PutAsync("guards-output/team", """{"max_output_tokens":{"guards-gpt":50}}""");

        var denied = await DeniedAsync(Check("guards-output/team", "guards-gpt", 51), "too_many_output_tokens");
        Assert.Equal(50, (int)denied["affordable_output_tokens"]!);
        var allowed = await AllowedAsync(Check("guards-output/team", "guards-gpt", 50));
        Assert.Equal(("50", true), (allowed["granted"]!.ToJsonString(), allowed["affordable_output_tokens"] is null));
        await AllowedAsync(Check("guards-output", "guards-gpt", 100));
        await DeniedAsync(Check("guards-output", "other", 501), "too_many_output_tokens");

        var lowered = await AllowedAsync("""{"cost_center":"guards-output/team","model":"guards-gpt","input_tokens":1,"max_output_tokens":4000,"min_amount":1}""");
        Assert.Equal(("50", 50), (lowered["granted"]!.ToJsonString(), (int)lowered["affordable_output_tokens"]!));
        // Where none is announced, no more than is allowed is assumed, and told.
        var assumed = await AllowedAsync("""{"cost_center":"guards-output/team","model":"guards-gpt","input_tokens":1}""");
        Assert.Equal(("50", 50), (assumed["granted"]!.ToJsonString(), (int)assumed["affordable_output_tokens"]!));
    }

    private static string Check(string costCenter, string model, int? output = null) =>
        $$"""{"cost_center":"{{costCenter}}","model":"{{model}}",{{(output is null ? "\"amount\":1" : $"\"input_tokens\":1,\"max_output_tokens\":{output}")}}}""";

    private Task<ApiReply> PutAsync(string costCenter, string budget) => Api.SendAsync("PUT", $"/v1/budgets/{costCenter}", budget, KeyedHost.Admin);

    private async Task<JsonNode> AllowedAsync(string check)
    {
        var reply = (await Api.SendAsync("POST", "/v1/check", check, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        Assert.True((string?)reply.Json["decision"] == "allow", reply.Body);
        return reply.Json;
    }

    private async Task<JsonNode> DeniedAsync(string check, string reason)
    {
        var reply = (await Api.SendAsync("POST", "/v1/check", check, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        Assert.True((string?)reply.Json["reason"] == reason, reply.Body);
        return reply.Json;
    }
}
