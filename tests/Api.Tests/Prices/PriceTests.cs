using System.Net;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Prices;

[Collection(nameof(OpenHost))]
public class PriceTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Price_IsEnteredSupersededAndDeleted()
    {
        const string body = """{"input":"2.000000000000001","output":8,"cached_input":0.5,"per":1000000,"max_output_tokens":32768,"aliases":["p-alias"],"effective_from":"2026-01-01T00:00:00+07:00"}""";
        var put = (await Api.SendAsync("PUT", "/v1/prices/vendor/p-model", body)).Expect(HttpStatusCode.Created);
        Assert.Equal("2.000000000000001", put.Json["input"]!.ToJsonString());
        Assert.Equal("2025-12-31T17:00:00Z", (string?)put.Json["effective_from"]);
        (await Api.SendAsync("PUT", "/v1/prices/vendor%2Fp-model", body.Replace("8", "9", StringComparison.Ordinal))).Expect(HttpStatusCode.OK);
        var list = (await Api.SendAsync("GET", "/v1/prices?model=vendor/p-model")).Json["items"]!.AsArray();
        Assert.Equal(2, list.Count);
        (await Api.SendAsync("DELETE", "/v1/prices/vendor/p-model")).Expect(HttpStatusCode.NoContent);
        (await Api.SendAsync("DELETE", "/v1/prices/vendor/p-model")).ExpectProblem(404, "unknown_price");
    }

    [Fact]
    public async Task Import_TakesLiteLlmsFile_AndDryRunTakesNothing()
    {
        const string file = """
            {"sample_spec":{"max_tokens":"x"},
             "imported-1":{"input_cost_per_token":1.5e-07,"output_cost_per_token":6e-07,"max_output_tokens":16384,"litellm_provider":"openai","mode":"chat","input_cost_per_token_above_128k_tokens":3e-07},
             "imported-2":{"mode":"image_generation"}}
            """;
        var dry = (await Api.SendAsync("POST", "/v1/prices/import?format=litellm&dry_run=true", file)).Expect(HttpStatusCode.OK);
        Assert.Equal(["imported-1"], dry.Json["added"]!.AsArray().Select(m => (string)m!));
        Assert.Contains("imported-2", dry.Json["skipped"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("imported-1", dry.Json["not_taken"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty((await Api.SendAsync("GET", "/v1/prices?model=imported-1")).Json["items"]!.AsArray());
        (await Api.SendAsync("POST", "/v1/prices/import?format=litellm", file)).Expect(HttpStatusCode.OK);
        Assert.Equal("0.15", (await Api.SendAsync("GET", "/v1/prices?model=imported-1")).Json["items"]![0]!["input"]!.ToJsonString());
        Assert.Equal(1, (int)(await Api.SendAsync("POST", "/v1/prices/import?format=litellm", file)).Json["unchanged"]!);
    }

    [Fact]
    public async Task UnpricedModels_AreListed()
    {
        var usage = await Api.SendAsync("POST", "/v1/usage", """{"request_id":"missing-1","cost_center":"missing/x","model":"never-priced","input_tokens":1}""");
        Assert.Contains("unpriced", usage.Json["flags"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("never-priced", (await Api.SendAsync("GET", "/v1/prices/missing")).Body, StringComparison.Ordinal);
    }
}
