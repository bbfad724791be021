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
        const string body = """{"input":"2.000000000000000001","output":8,"cached_input":0.5,"per":1000000,"max_output_tokens":32768,"aliases":["p-alias"],"effective_from":"2026-01-01T00:00:00+07:00"}""";
        var put = (await Api.SendAsync("PUT", "/v1/prices/vendor/p-model", body)).Expect(HttpStatusCode.Created);
        Assert.Equal("2.000000000000000001", put.Json["input"]!.ToJsonString());
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
             "imported-1":{"input_cost_per_token":1.5e-07,"output_cost_per_token":6e-07,"max_output_tokens":16384,"litellm_provider":"openai","mode":"chat","citation_cost_per_token":3e-07},
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
        var missing = (await Api.SendAsync("GET", "/v1/prices/missing?limit=500")).Json["items"]!.AsArray().Single(m => (string?)m!["model"] == "never-priced")!;
        Assert.Equal((1, true), ((int)missing["records"]!, missing["cost"] is not null && missing["nearest"] is not null));
    }

    [Fact]
    public async Task Price_WithEveryLayer_IsAnsweredAsEnteredAndChangedInPart()
    {
        const string body = """
            {"input":1.25,"output":10,"cached_input":0,"cache_write_1h":4,"audio_input":3,"units":{"web_search":0.01,"page":0},
             "context_tiers":[{"above_input_tokens":200000,"input":2.5,"units":{"page":0.2}},{"above_input_tokens":128000,"output":12}],
             "service_tiers":{"batch":{"input":0.6,"context_tiers":[{"above_input_tokens":1,"input":0.7}]},"flex":{}},"multipliers":{"eu":1.1}}
            """;
        (await Api.SendAsync("PUT", "/v1/prices/layered", body)).Expect(HttpStatusCode.Created);
        var entered = (await Api.SendAsync("GET", "/v1/prices?model=layered")).Json["items"]![0]!;
        Assert.Equal("0", entered["cached_input"]!.ToJsonString());
        Assert.Null(entered["cache_write"]);
        Assert.Equal("4", entered["cache_write_1h"]!.ToJsonString());
        Assert.Equal("""{"page":0,"web_search":0.01}""", entered["units"]!.ToJsonString());
        Assert.Equal("""[{"above_input_tokens":128000,"output":12},{"above_input_tokens":200000,"input":2.5,"units":{"page":0.2}}]""", entered["context_tiers"]!.ToJsonString());
        Assert.Equal("""{"batch":{"context_tiers":[{"above_input_tokens":1,"input":0.7}],"input":0.6},"flex":{}}""", entered["service_tiers"]!.ToJsonString());

        var patched = (await Api.SendAsync("PATCH", "/v1/prices/layered", """{"cached_input":null,"units":{"page":null,"second":1},"service_tiers":{"flex":null,"batch":{"output":6}},"multipliers":null}""")).Expect(HttpStatusCode.OK).Json;
        Assert.Null(patched["cached_input"]);
        Assert.Equal("""{"second":1,"web_search":0.01}""", patched["units"]!.ToJsonString());
        Assert.Equal(2, patched["context_tiers"]!.AsArray().Count);
        Assert.Equal(("0.6", "6"), (patched["service_tiers"]!["batch"]!["input"]!.ToJsonString(), patched["service_tiers"]!["batch"]!["output"]!.ToJsonString()));
        Assert.Null(patched["multipliers"]);
        Assert.Equal("1.25", patched["input"]!.ToJsonString());
    }

    /// <summary>A rise that was announced and never came.</summary>
    [Fact]
    public async Task Version_TakenBack_LeavesTheOneBeforeInForce()
    {
        (await Api.SendAsync("PUT", "/v1/prices/promo", """{"input":0.75,"output":3.75,"effective_from":"2026-10-01T00:00:00Z"}""")).Expect(HttpStatusCode.Created);
        (await Api.SendAsync("PUT", "/v1/prices/promo", """{"input":1.5,"output":7.5,"effective_from":"2026-11-15T00:00:00+07:00"}""")).Expect(HttpStatusCode.OK);
        (await Api.SendAsync("DELETE", "/v1/prices/promo?effective_from=2026-11-15T00:00:00Z")).ExpectProblem(404, "unknown_price");
        (await Api.SendAsync("DELETE", "/v1/prices/promo?effective_from=2026-11-14T17:00:00Z")).Expect(HttpStatusCode.NoContent);
        var left = (await Api.SendAsync("GET", "/v1/prices?model=promo")).Json["items"]!.AsArray();
        Assert.Equal("0.75", Assert.Single(left)!["input"]!.ToJsonString());
    }

    [Fact]
    public async Task Price_WithUnitsBesideTheTokens_IsTheSameAsWithUnitsInTheirObject()
    {
        (await Api.SendAsync("PUT", "/v1/prices/top-units", """{"second":0.0001,"query":"0.002","units":{"page":1}}""")).Expect(HttpStatusCode.Created);
        var entered = (await Api.SendAsync("GET", "/v1/prices?model=top-units")).Json["items"]![0]!;
        Assert.Equal("""{"page":1,"query":0.002,"second":0.0001}""", entered["units"]!.ToJsonString());
        Assert.Equal("""{"page":1,"second":0.0001}""", (await Api.SendAsync("PATCH", "/v1/prices/top-units", """{"query":null}""")).Expect(HttpStatusCode.OK).Json["units"]!.ToJsonString());
        var refused = (await Api.SendAsync("PUT", "/v1/prices/top-units", """{"second":-1,"query":1,"units":{"query":1},"own_unit":1,"service_tiers":{"batch":{"second":1,"units":{"second":2}}}}""")).ExpectProblem(400, "invalid_request");
        Assert.Equal(["own_unit", "second", "service_tiers.batch.units.second", "units.query"], refused.ErrorFields.Order(StringComparer.Ordinal));
    }

    /// <summary>A model that an import knew and could not take says so, to checks, records and people; once it is taken, no more.</summary>
    [Fact]
    public async Task Model_ThatAnImportCouldNotTake_SaysWhy()
    {
        const string file = """
            {"why-absurd":{"input_cost_per_token":0.135,"output_cost_per_token":0.54,"mode":"chat"},"why-free":{"input_cost_per_token":0,"output_cost_per_token":0,"mode":"chat"},
             "why-none":{"mode":"chat"},"why-good":{"input_cost_per_token":1e-06,"output_cost_per_token":1e-06}}
            """;
        await Api.SendAsync("POST", "/v1/prices/import?format=litellm&dry_run=true", file);
        Assert.Null((await CheckAsync("why-free"))["unpriced_because"]);
        (await Api.SendAsync("POST", "/v1/prices/import?format=litellm", file)).Expect(HttpStatusCode.OK);

        Assert.Contains("every price is 0", Why(await CheckAsync("why-free")), StringComparison.Ordinal);
        Assert.Contains("above what is plausible", Why(await CheckAsync("openai/WHY-ABSURD-2026-01-01")), StringComparison.Ordinal);
        Assert.Contains("has no price that has a meter", Why(await CheckAsync("why-none")), StringComparison.Ordinal);
        Assert.Null((await CheckAsync("why-unheard-of"))["unpriced_because"]);
        foreach (var body in (string[])["{0}", "[{0}]"])
        {
            var record = """{"request_id":"why-ID","cost_center":"why/x","model":"why-none","input_tokens":1}""".Replace("ID", body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
            Assert.Contains("\"unpriced_because\":\"an import could not take it", (await Api.SendAsync("POST", "/v1/usage", body.Replace("{0}", record, StringComparison.Ordinal))).Expect(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        }

        Assert.Contains("has no price", Why((await Api.SendAsync("GET", "/v1/prices/missing?limit=500")).Json["items"]!.AsArray().Single(m => (string?)m!["model"] == "why-none")!), StringComparison.Ordinal);
        (await Api.SendAsync("PUT", "/v1/budgets/why/default", """{"unknown_model":"default_price","default_price":{"input":1,"output":1}}""")).Expect(HttpStatusCode.Created);
        var assumed = (await Api.SendAsync("POST", "/v1/check", """{"cost_center":"why/default","model":"why-none","input_tokens":1,"max_output_tokens":1}""")).Json;
        Assert.Equal(("allow", true), ((string)assumed["decision"]!, assumed["unpriced_because"] is not null));

        (await Api.SendAsync("POST", "/v1/prices/import?format=litellm&accept=free", file)).Expect(HttpStatusCode.OK);
        Assert.Equal("allow", (string)(await CheckAsync("why-free"))["decision"]!);

        async Task<System.Text.Json.Nodes.JsonNode> CheckAsync(string model) =>
            (await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"why/x","model":"{{model}}","input_tokens":1,"dry_run":true}""")).Expect(HttpStatusCode.OK).Json;

        static string Why(System.Text.Json.Nodes.JsonNode told) => (string)told["unpriced_because"]!;
    }

    [Fact]
    public async Task Import_SetsApartWhatIsAbsurdOrFree()
    {
        const string file = """
            {"apart-absurd":{"input_cost_per_token":0.135,"output_cost_per_token":0.54,"mode":"chat"},"apart-free":{"input_cost_per_token":0,"output_cost_per_token":0,"mode":"chat"},
             "apart-image":{"mode":"image_generation","output_cost_per_image":0.04}}
            """;
        var taken = (await Api.SendAsync("POST", "/v1/prices/import?format=litellm", file)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("""{"outliers":["apart-absurd"],"free":["apart-free"]}""", taken["apart"]!.ToJsonString());
        Assert.Equal(["apart-image"], taken["added"]!.AsArray().Select(m => (string)m!));
        var accepted = (await Api.SendAsync("POST", "/v1/prices/import?format=litellm&accept=free", file)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(["apart-free"], accepted["added"]!.AsArray().Select(m => (string)m!));
        Assert.Equal(1, (int)accepted["unchanged"]!);
        Assert.Equal("""{"output_image":0.04}""", (await Api.SendAsync("GET", "/v1/prices?model=apart-image")).Json["items"]![0]!["units"]!.ToJsonString());
    }
}
