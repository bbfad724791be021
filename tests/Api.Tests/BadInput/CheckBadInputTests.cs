using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.BadInput;

/// <summary>Bodies of checks that are not valid: all faults are named at once, and nothing is held.</summary>
[Collection(nameof(OpenHost))]
public class CheckBadInputTests(OpenHost host)
{
    private const string Long65 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    /// <summary>Body, code, fields named in errors.</summary>
    public static TheoryData<string, string, string> Bodies => new()
    {
        { "", "malformed_json", "" },
        { "{", "malformed_json", "" },
        { "{\"cost_center\":\"bad/x\",}", "malformed_json", "" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1} x", "malformed_json", "" },
        { "{\"cost_center\":\"bad/x\",\"amount\":NaN}", "malformed_json", "" },
        { "{\"cost_center\":\"bad/x\",\"amount\":Infinity}", "malformed_json", "" },
        { "{\"cost_center\":\"bad/x\",\"amount\":01}", "malformed_json", "" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"x\":" + Nested(40) + "}", "malformed_json", "" },
        { "[]", "invalid_request", "body" },
        { "null", "invalid_request", "body" },
        { "{}", "invalid_request", "cost_center,amount" },
        { "{\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":null,\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":5,\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"/bad\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"bad/\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"bad//x\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"bad/.x\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"bad/../x\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"bad/é\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"bad/ x\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"a/b/c/d/e/f/g/h/i\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"bad/" + Long65 + "\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"bad\\u0000\",\"amount\":1}", "invalid_cost_center", "cost_center" },
        { "{\"cost_center\":\"bad/x\"}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"model\":\"m\"}", "invalid_request", "input_tokens" },
        { "{\"cost_center\":\"bad/x\",\"input_tokens\":1}", "invalid_request", "model" },
        { "{\"cost_center\":\"bad/x\",\"amount\":-0.01}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1e10}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1e400}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1000000000.000000001}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":\"NaN\"}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":\"\"}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":true}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":[1]}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"amount\":2}", "invalid_request", "amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"min_amount\":2}", "invalid_request", "min_amount" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"ttl_seconds\":0}", "invalid_request", "ttl_seconds" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"ttl_seconds\":86401}", "invalid_request", "ttl_seconds" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"ttl_seconds\":1.5}", "invalid_request", "ttl_seconds" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"ttl_seconds\":\"60\"}", "invalid_request", "ttl_seconds" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"input_tokens\":-1}", "invalid_request", "input_tokens" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"input_tokens\":99999999999999999999}", "invalid_request", "input_tokens" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"max_output_tokens\":0.5}", "invalid_request", "max_output_tokens" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"user\":\"\"}", "invalid_request", "user" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"user\":\"" + Long65 + Long65 + "\"}", "invalid_request", "user" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"user\":\"a\\u0000\"}", "invalid_request", "user" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"user\":\"\\ud800\"}", "invalid_request", "user" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"request_id\":\"a\\nb\"}", "invalid_request", "request_id" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"request_id\":\"\"}", "invalid_request", "request_id" },
        { "{\"cost_center\":\"bad/x\",\"amount\":1,\"dry_run\":\"yes\"}", "invalid_request", "dry_run" },
        { "{\"cost_center\":\"\",\"amount\":-1,\"ttl_seconds\":0,\"user\":7,\"explain\":1}", "invalid_request", "cost_center,amount,ttl_seconds,user,explain" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Check_NotValid_NamesAllFaults(string body, string code, string fields)
    {
        var reply = (await host.Api.SendAsync("POST", "/v1/check", body)).ExpectProblem(400, code);
        Assert.Equal(fields, string.Join(",", reply.ErrorFields));
    }

    [Theory]
    [InlineData("{\"cost_center\":\"Check-Good/X\",\"amount\":\"1e-2\"}", "0.01")]
    [InlineData("{\"cost_center\":\"check-good/x\",\"amount\":1e-30}", "0.000000001")]
    [InlineData("{\"cost_center\":\"check-good/x\",\"amount\":0.0000000011,\"nobody_knows\":{\"a\":[1]}}", "0.000000002")]
    [InlineData("{\"cost_center\":\"check-good/x\",\"amount\":2,\"ttl_seconds\":1.0e1,\"min_amount\":null,\"model\":null}", "2")]
    public async Task Check_UnusualButValid_IsDecided(string body, string estimated)
    {
        await host.Api.SendAsync("PUT", "/v1/budgets/check-good", """{"daily":100}""");
        var reply = (await host.Api.SendAsync("POST", "/v1/check", body)).Expect(System.Net.HttpStatusCode.OK);
        Assert.Contains($"\"estimated\":{estimated},", reply.Body, StringComparison.Ordinal);
        Assert.Equal("allow", (string?)reply.Json["decision"]);
    }

    [Theory]
    [InlineData("Content-Type: text/plain")]
    [InlineData("Content-Type: application/x-ndjson")]
    [InlineData("Content-Type: application/json; charset=utf-16")]
    [InlineData("Content-Encoding: br")]
    public async Task Check_OfAnotherMediaType_Is415(string header) =>
        (await host.Api.SendAsync("POST", "/v1/check", "{}", header)).ExpectProblem(415, "unsupported_media_type");

    [Theory]
    [InlineData("POST", "/v1/check")]
    [InlineData("POST", "/v1/usage")]
    [InlineData("PUT", "/v1/budgets/deep")]
    [InlineData("PATCH", "/v1/budgets/deep")]
    public async Task Body_NestedTooDeep_IsToldSoWithTheLimit(string method, string path)
    {
        await host.Api.SendAsync("PUT", "/v1/budgets/deep", """{"daily":100}""");
        var reply = (await host.Api.SendAsync(method, path, "{\"x\":" + Nested(32) + "}")).ExpectProblem(400, "malformed_json");
        Assert.Equal("The body is nested deeper than 32 levels.", (string?)reply.Json["detail"]);
        Assert.DoesNotContain("not JSON", reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("nested", (await host.Api.SendAsync(method, path, "{\"x\":" + Nested(31) + "}")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OverTheLimit_Is413()
    {
        var body = "{\"cost_center\":\"bad/x\",\"x\":\"" + new string('x', 8 * 1024 * 1024) + "\"}";
        (await host.Api.SendAsync("POST", "/v1/check", body)).ExpectProblem(413, "body_too_large");
    }

    [Fact]
    public async Task Check_OfAnUnknownModel_IsDenied()
    {
        await host.Api.SendAsync("PUT", "/v1/budgets/check-model", """{"daily":100}""");
        var reply = await host.Api.SendAsync("POST", "/v1/check", """{"cost_center":"check-model","model":"no-such-model","input_tokens":1}""");
        Assert.Equal("unknown_model", (string?)reply.Expect(System.Net.HttpStatusCode.OK).Json["reason"]);
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
