using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>Records rated by every layer of a price, and what of a record never costs its money. Sums are worked out by hand.</summary>
[Collection(nameof(OpenHost))]
public class RatedUsageTests(OpenHost host)
{
    private const string Opus = """{"input":5,"output":25,"cached_input":0.5,"cache_write":6.25,"cache_write_1h":10,"units":{"web_search":0.01}}""";

    private const string Tiered = """
        {"input":1.25,"output":10,"cached_input":0.125,"context_tiers":[{"above_input_tokens":200000,"input":2.5,"output":15}],
         "service_tiers":{"batch":{"input":0.625,"output":5}},"multipliers":{"eu":1.1}}
        """;

    public static TheoryData<string, string, string, string> Records => new()
    {
        { "opus", "\"input_tokens\":2000,\"cache_write_tokens\":400,\"cache_write_1h_tokens\":600", "0.0135", "" },
        { "opus", "\"input_tokens\":1000,\"units\":{\"web_search\":2}", "0.025", "" },
        { "opus", "\"input_tokens\":1000,\"units\":{\"page\":2}", "0.005", "unit_unpriced" },
        { "opus", "\"units\":{\"web_search\":1.5}", "0.015", "" },

        // Parts that the sender left out of their whole; parts above it; negative counts.
        { "opus", "\"input_tokens\":1000,\"cached_input_tokens\":3000", "0.0065", "parts_added" },
        { "opus", "\"output_tokens\":100,\"reasoning_tokens\":300", "0.01", "parts_added" },
        { "opus", "\"input_tokens\":1000,\"image_input_tokens\":3000", "0.005", "adjusted" },
        { "opus", "\"input_tokens\":1000,\"output_tokens\":-5", "0.005", "adjusted" },

        { "tiered", "\"input_tokens\":200000,\"output_tokens\":1000", "0.26", "" },
        { "tiered", "\"input_tokens\":200001,\"output_tokens\":1000", "0.5150025", "" },
        { "tiered", "\"input_tokens\":1000,\"output_tokens\":1000,\"service_tier\":\"batch\"", "0.005625", "" },
        { "tiered", "\"input_tokens\":1000,\"output_tokens\":1000,\"service_tier\":\"priority\"", "0.01125", "tier_unpriced" },
        { "tiered", "\"input_tokens\":1000,\"output_tokens\":1000,\"region\":\"eu\"", "0.012375", "" },
        { "tiered-20250101", "\"input_tokens\":1000", "0.00125", "model_matched" },
        { "us.anthropic.opus-v1:0", "\"input_tokens\":1000", "0.005", "model_matched" },

        // A given cost beats counts, also counts that contradict each other.
        { "opus", "\"input_tokens\":1,\"cached_input_tokens\":2,\"cost\":0.5", "0.5", "inconsistent" },
        { "opus", "\"input_tokens\":1,\"cost\":0", "0", "" },
        { "opus", "\"input_tokens\":\"many\",\"units\":{\"Page\":1},\"output_characters\":1e99,\"cost\":0.5", "0.5", "adjusted" },

        // What is neither money, identity nor time.
        { "opus", "\"cost\":1,\"latency_ms\":-1", "1", "adjusted" },
        { "opus", "\"cost\":1,\"latency_ms\":\"12.5\"", "1", "" },
        { "opus", "\"cost\":1,\"latency_ms\":{\"x\":[1]},\"time_to_first_token_ms\":1e12", "1", "adjusted" },
        { "opus", "\"cost\":1,\"error_code\":429", "1", "adjusted" },
        { "opus", "\"cost\":1,\"error_message\":\"a\\u0000b\"", "1", "adjusted" },
        { "opus", "\"cost\":1,\"request_path\":[],\"preview\":{},\"session\":17", "1", "adjusted" },
        { "opus", "\"cost\":1,\"tags\":[\"a\"]", "1", "adjusted" },
        { "opus", "\"cost\":1,\"tags\":{\"a\":1,\"b\":{\"c\":2},\"d\":\"\\udc00\",\"\\ud800\":\"e\",\"f\":null}", "1", "adjusted" },
        { "opus", "\"cost\":1,\"tags\":null,\"latency_ms\":null,\"error_code\":null,\"status\":null,\"user\":null", "1", "" },
        { "opus", "\"cost\":1,\"user\":17", "1", "" },
        { "opus", "\"cost\":1,\"user\":\"\"", "1", "" },
        { "opus", "\"cost\":1,\"user\":{}", "1", "adjusted" },
        { "opus", "\"cost\":1,\"status\":\"ok\"", "1", "adjusted" },
        { "opus", "\"cost\":1,\"status\":500", "1", "adjusted" },
        { "opus", "\"cost\":1,\"status\":\"Failed\"", "1", "" },
        { "opus", "\"cost\":1,\"service_tier\":[],\"region\":5", "1", "adjusted" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Record_OfAnyShape_IsBookedAtItsCost(string model, string members, string cost, string flags)
    {
        await EnterAsync();
        var id = Guid.NewGuid().ToString();
        var body = $$"""{"request_id":"{{id}}","cost_center":"rated/x","model":"{{model}}",{{members}}}""";
        var first = (await host.Api.SendAsync("POST", "/v1/usage", body)).Expect(HttpStatusCode.OK);
        Assert.Equal("recorded", (string?)first.Json["result"]);
        Assert.Equal(cost, first.Json["cost"]!.ToJsonString());
        Assert.Equal(flags, string.Join(",", Flags(first.Json)));
        var repeat = await host.Api.SendAsync("POST", "/v1/usage", body);
        Assert.Equal("duplicate", (string?)repeat.Json["result"]);
    }

    [Fact]
    public async Task Row_OfARatedRecord_SaysWhatItWasRatedBy()
    {
        await EnterAsync();
        await host.Api.SendAsync("POST", "/v1/usage",
            """
            {"request_id":"rated-1","cost_center":"rated-row/x","model":"openai/tiered","input_tokens":100,"cached_input_tokens":300000,"audio_input_tokens":5,"service_tier":"Batch","region":"eu",
             "units":{"second":27.4000004}}
            """);
        var row = (await host.Api.SendAsync("GET", "/v1/usage?cost_center=rated-row")).Json["items"]![0]!;
        Assert.Equal(["no_reservation", "adjusted", "parts_added", "model_matched", "tier_unpriced", "unit_unpriced", "new_cost_center"], row["flags"]!.AsArray().Select(f => (string)f!));
        var pricedAs = row["priced_as"]!;
        Assert.Equal(("tiered", "batch", 200_000L), ((string?)pricedAs["model"], (string?)pricedAs["service_tier"], (long)pricedAs["above_input_tokens"]!));
        var version = (await host.Api.SendAsync("GET", "/v1/prices?model=tiered")).Json["items"]!.AsArray()
            .Any(v => (DateTimeOffset)v!["effective_from"]! == (DateTimeOffset)pricedAs["effective_from"]! && (DateTimeOffset)v["entered_at"]! == (DateTimeOffset)pricedAs["entered_at"]!);
        Assert.True(version);

        // Counts as they were rated: 300,100 of input, of which 300,000 cached. (95 x 2.5 + 5 x 2.5 + 300,000 x 0.125) x 1.1 per million.
        Assert.Equal((300_100L, 300_000L, 5L), ((long)row["input_tokens"]!, (long)row["cached_input_tokens"]!, (long)row["audio_input_tokens"]!));
        Assert.Equal("0.041525", row["cost"]!.ToJsonString());
        Assert.Equal("""{"second":27.4}""", row["units"]!.ToJsonString());
        Assert.Equal(("Batch", "eu"), ((string?)row["service_tier"], (string?)row["region"]));
    }

    [Fact]
    public async Task Record_OfAnUnknownModel_IsNeverRefusedForItsGuess()
    {
        await EnterAsync();
        (await host.Api.SendAsync("PUT", "/v1/budgets/guessed", """{"max_record_cost":2,"default_price":{"input":10,"output":10,"units":{"page":1}}}""")).Expect(HttpStatusCode.Created);
        var cheap = await host.Api.SendAsync("POST", "/v1/usage", """{"request_id":"guess-1","cost_center":"guessed/x","model":"nobody-knows","input_tokens":1000,"units":{"page":1}}""");
        Assert.Equal("1.01", cheap.Json["cost"]!.ToJsonString());
        var dear = await host.Api.SendAsync("POST", "/v1/usage", """{"request_id":"guess-2","cost_center":"guessed/x","model":"nobody-knows","input_tokens":1000000000}""");
        Assert.Equal("2", dear.Json["cost"]!.ToJsonString());
        Assert.Equal(["unpriced"], Flags(dear.Json));
    }

    [Fact]
    public async Task RequestId_LongerThanIsStored_FindsItsRepeatAndStaysApart()
    {
        var id = new string('a', 730);
        string Body(string requestId) => $$"""{"request_id":"{{requestId}}","cost_center":"long-id/x","cost":1}""";
        Assert.Equal("recorded", (string?)(await host.Api.SendAsync("POST", "/v1/usage", Body(id))).Json["result"]);
        Assert.Equal("duplicate", (string?)(await host.Api.SendAsync("POST", "/v1/usage", Body(id))).Json["result"]);
        var other = await host.Api.SendAsync("POST", "/v1/usage", Body(id[..^1] + "b"));
        Assert.Equal("recorded", (string?)other.Json["result"]);
        Assert.InRange(((string)other.Json["request_id"]!).Length, 161, 200);
        (await host.Api.SendAsync("POST", "/v1/usage/corrections", $$"""{"request_id":"long-c","corrects":"{{id}}","amount":-0.5,"cost_center":"long-id/x"}""")).Expect(HttpStatusCode.OK);
        (await host.Api.SendAsync("POST", "/v1/usage", Body(new string('a', 2_001)))).ExpectProblem(400, "invalid_request");
    }

    [Fact]
    public async Task Check_OfAnnouncedParts_HoldsWhatTheCallCanCost()
    {
        await EnterAsync();
        (await host.Api.SendAsync("PUT", "/v1/prices/thinker", """{"input":1,"output":2,"reasoning":3,"cached_input":0.1,"cache_write":1.25,"units":{"web_search":0.01}}""")).Expect(HttpStatusCode.Created);
        async Task<string> Estimated(string members) =>
            (await host.Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"announced/x","model":"thinker","dry_run":true,{{members}}}""")).Json["estimated"]!.ToJsonString();

        // All of the output may be reasoning, unless it is said how much is.
        Assert.Equal("0.0013", await Estimated("\"input_tokens\":1000,\"max_output_tokens\":100"));
        Assert.Equal("0.00121", await Estimated("\"input_tokens\":1000,\"max_output_tokens\":100,\"reasoning_tokens\":10"));
        Assert.Equal("0.00055", await Estimated("\"input_tokens\":1000,\"max_output_tokens\":0,\"cached_input_tokens\":500"));
        Assert.Equal("0.00125", await Estimated("\"input_tokens\":1000,\"max_output_tokens\":0,\"cache_write_tokens\":1000"));
        Assert.Equal("0.021", await Estimated("\"input_tokens\":1000,\"max_output_tokens\":0,\"units\":{\"web_search\":2}"));
        (await host.Api.SendAsync("POST", "/v1/check", """{"cost_center":"announced/x","model":"thinker","input_tokens":1,"reasoning_tokens":-1,"units":{"page":-1}}""")).ExpectProblem(400, "invalid_request");

        var unknown = await host.Api.SendAsync("POST", "/v1/check", """{"cost_center":"announced/x","model":"thinker-max","input_tokens":1}""");
        Assert.Equal("unknown_model", (string?)unknown.Json["reason"]);
        Assert.Contains("thinker", unknown.Json["nearest_models"]!.AsArray().Select(m => (string)m!));
    }

    private async Task EnterAsync()
    {
        foreach (var (model, price) in new[] { ("opus", Opus), ("tiered", Tiered) })
        {
            if ((await host.Api.SendAsync("GET", $"/v1/prices?model={model}")).Json["items"]!.AsArray().Count == 0) await host.Api.SendAsync("PUT", $"/v1/prices/{model}", price);
        }
    }

    private static IEnumerable<string> Flags(JsonNode json) => json["flags"]!.AsArray().Select(f => (string)f!).Where(f => f is not ("no_reservation" or "new_cost_center"));
}
