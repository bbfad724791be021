using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using static BudgetEngine.Api.Tests.Ingest.IngestTenant;

namespace BudgetEngine.Api.Tests.Ingest;

/// <summary>What LiteLLM's logger sends: what it costs, what makes it a repeat, and that nothing whose cost is known is refused.</summary>
[Collection(nameof(IngestHost))]
public class LiteLlmTests(IngestHost host)
{
    /// <summary>A change of the payload, and what becomes of it.</summary>
    public static TheoryData<string, string?, string> Costs => new()
    {
        { "response_cost", "0.0028", "recorded 0.0028" },
        { "response_cost", "\"0.0028\"", "recorded 0.0028" },
        { "response_cost", "2.8e-3", "recorded 0.0028" },
        { "response_cost", "0.0028000000000000004", "recorded 0.0028 rounded" },
        { "response_cost", "1e-12", "recorded 0 rounded" },
        { "response_cost", "0", "recorded 0.0028 cost_was_zero" },
        { "response_cost", "\"0.0\"", "recorded 0.0028 cost_was_zero" },
        { "response_cost", "null", "recorded 0.0028" },
        { "response_cost", null, "recorded 0.0028" },
        { "response_cost", "-0.5", "recorded 0.0028 adjusted" },
        { "response_cost", "-1e30", "recorded 0.0028 adjusted" },
        { "response_cost", "\"n/a\"", "recorded 0.0028 adjusted" },
        { "response_cost", "{}", "recorded 0.0028 adjusted" },
        { "response_cost", "1e30", "implausible_cost" },
        { "response_cost", "1001", "implausible_cost" },
    };

    /// <summary>Members that are neither money nor identity, as they should not be.</summary>
    public static TheoryData<string, string> Harmless => new()
    {
        { "id", "4711" },
        { "call_id", "null" },
        { "model", "\"nobody-knows\"" },
        { "model", "null" },
        { "custom_llm_provider", "7" },
        { "startTime", "\"2026-11-28 09:00:00.5\"" },
        { "startTime", "true" },
        { "endTime", "\"yesterday\"" },
        { "metadata", "null" },
        { "metadata", "\"none\"" },
        { "metadata", "{\"usage_object\":{\"prompt_tokens\":-1}}" },
        { "request_tags", "{\"a\":1}" },
        { "request_tags", "[1,null,{},\"\\u0000:\\u0000\",\"a:b:c\"]" },
        { "end_user", "\"\\ud800\"" },
        { "end_user", "17" },
        { "trace_id", "\"\\u0000\"" },
        { "messages", "{\"deep\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}" },
        { "\\ud800", "1" },
    };

    [Theory]
    [MemberData(nameof(Costs))]
    public async Task Cost_OfEveryForm_IsBooked(string name, string? value, string expected) => Assert.Equal([expected], await ChangedAsync(name, value));

    [Theory]
    [MemberData(nameof(Harmless))]
    public async Task Member_ThatIsOdd_CostsNoMoney(string name, string value) => Assert.StartsWith("recorded 0.0028", Assert.Single(await ChangedAsync(name, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("application/json", "{1}", 1)]
    [InlineData("application/json", "[{1},{2}]", 2)]
    [InlineData("application/json", "{1}\n{2}", 2)]
    [InlineData("application/json", "{1}\n\n{2}\n", 2)]
    [InlineData("application/x-ndjson", "{1}\r\n{2}", 2)]
    [InlineData("application/json", "[]", 0)]
    [InlineData("application/json", "[17,{1},null]", 1)]
    [InlineData("application/json", "[{\"a\":tru},{1}]", 1)]
    [InlineData("application/json", "{1}\nno json\n{2}", 2)]
    public async Task Body_OfEveryForm_IsTaken(string type, string shape, int recorded)
    {
        var tenant = await host.NewTenantAsync();
        var body = shape.Replace("{1}", Payloads.Success("one").ToJsonString(), StringComparison.Ordinal).Replace("{2}", Payloads.Success("two").ToJsonString(), StringComparison.Ordinal);
        var reply = await tenant.PostAsync("/v1/ingest/litellm", body, $"Content-Type: {type}");
        Assert.Equal(recorded, (int)reply.Expect(HttpStatusCode.OK).Json["recorded"]!);
        Assert.Equal(0.0028m * recorded, await tenant.SpentAsync());
    }

    [Theory]
    [InlineData("", 400, "malformed_json")]
    [InlineData("no json", 400, "malformed_json")]
    [InlineData("[{1},{\"id\":", 400, "malformed_batch")]
    public async Task Body_ThatBreaksOff_SaysSoAndKeepsWhatCameBefore(string shape, int status, string code)
    {
        var tenant = await host.NewTenantAsync();
        var body = shape.Replace("{1}", Payloads.Success("one").ToJsonString(), StringComparison.Ordinal);
        (await tenant.PostAsync("/v1/ingest/litellm", body)).ExpectProblem(status, code);
        Assert.Equal(body.Contains("one", StringComparison.Ordinal) ? 1 : 0, (await tenant.RowsAsync()).Length);
    }

    private async Task<string[]> ChangedAsync(string name, string? value)
    {
        var tenant = await host.NewTenantAsync();
        var payload = Payloads.Success("changed");
        payload.Remove(name);
        return Lines(await tenant.PostAsync("/v1/ingest/litellm", value is null ? payload.ToJsonString() : $$"""{"{{name}}":{{value}},{{payload.ToJsonString()[1..]}}"""));
    }

    [Fact]
    public async Task Body_OfAnotherType_Is415() =>
        (await (await host.NewTenantAsync()).PostAsync("/v1/ingest/litellm", "{}", "Content-Type: text/plain")).ExpectProblem(415, "unsupported_media_type");

    [Fact]
    public async Task Payload_Recorded_KeepsWhatItSaysAndNothingOfThePrompt()
    {
        var tenant = await host.NewTenantAsync();
        await tenant.LiteLlmAsync(Payloads.Success("kept", ("stream", true)), Payloads.Failure("broken"));
        var rows = await tenant.RowsAsync();
        var row = rows[0];
        Assert.Equal(
            ("kept", $"{tenant.Path}/team-ml", "u-1", "trace-1", "openai", "gpt-4.1", 1000, 100, 1250m, 500m, "success"),
            ((string)row["request_id"]!, (string)row["cost_center"]!, (string)row["user"]!, (string)row["session"]!, (string)row["provider"]!, (string)row["model"]!, (int)row["input_tokens"]!,
                (int)row["output_tokens"]!, row["latency_ms"]!.GetValue<decimal>(), row["time_to_first_token_ms"]!.GetValue<decimal>(), (string)row["status"]!));
        Assert.Equal("""{"cost_center_name":"team-ml","feature":"search","beta":"true"}""", row["tags"]!.ToJsonString());
        Assert.Equal(("error", "429", "slow down, ***"), ((string)rows[1]["status"]!, (string)rows[1]["error_code"]!, (string)rows[1]["error_message"]!));
        Assert.DoesNotContain("nobody may keep", string.Concat(rows.Select(r => r.ToJsonString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_OfManyMegabytes_IsSkipped()
    {
        var tenant = await host.NewTenantAsync();
        var prompt = new JsonArray(new JsonObject { ["content"] = new string('x', 10 << 20) });
        Assert.Equal(["recorded 0.0028", "recorded 0.0028"], Lines(await tenant.LiteLlmAsync(Payloads.Success("a", ("messages", prompt)), Payloads.Success("b"))));
        var tooLarge = new JsonArray(new JsonObject { ["content"] = new string('x', 17 << 20) });
        Assert.Equal(["record_too_large", "recorded 0.0028"], Lines(await tenant.LiteLlmAsync(Payloads.Success("c", ("messages", tooLarge)), Payloads.Success("d"))));
    }

    [Fact]
    public async Task Tier_OfAProvidersUsage_AndItsCounts_AreRead()
    {
        var tenant = await host.NewTenantAsync();
        var usage = JsonNode.Parse("""{"input_tokens":25,"cache_read_input_tokens":100,"output_tokens":15}""");
        Assert.Equal(["recorded 0.00033"], Lines(await tenant.LiteLlmAsync(Payloads.Success("s", ("model", "sonnet"), ("response_cost", null), ("metadata.usage_object", usage)))));
        var row = Assert.Single(await tenant.RowsAsync());
        Assert.Equal((125, 100, 15), ((int)row["input_tokens"]!, (int)row["cached_input_tokens"]!, (int)row["output_tokens"]!));
    }

    [Fact]
    public async Task Price_Unknown_IsTheDefaultPriceAndFlagged()
    {
        var tenant = await host.NewTenantAsync();
        (await host.Api.SendAsync("PUT", $"/v1/budgets/{tenant.Path}", """{"default_price":{"input":10,"output":30}}""", IngestHost.Admin)).Expect(HttpStatusCode.Created);
        var results = Lines(await tenant.LiteLlmAsync(
            Payloads.Success("n", ("model", "nobody-knows"), ("response_cost", null)), Payloads.Success("z", ("model", "nobody-knows"), ("response_cost", 0)), Payloads.Success("g", ("model", "nobody-knows"))));
        Assert.Equal(["recorded 0.013 unpriced", "recorded 0", "recorded 0.0028"], results);
    }

    [Fact]
    public async Task Key_ForTheWholeInstallation_BooksBelowTheDefault()
    {
        var reply = await host.Api.SendAsync("POST", "/v1/ingest/litellm", Payloads.Success("whole").ToJsonString(), IngestHost.Admin);
        Assert.Equal(["recorded 0.0028"], Lines(reply));
        var rows = await host.Api.SendAsync("GET", "/v1/usage?cost_center=default", null, IngestHost.Admin);
        Assert.Equal("default/team-ml", (string)rows.Json["items"]![0]!["cost_center"]!);
    }

    [Fact]
    public async Task Times_OutOfBounds_AreRejectedEachByItself()
    {
        var tenant = await host.NewTenantAsync();
        var far = DateTimeOffset.UtcNow.AddDays(3).ToUnixTimeSeconds();
        Assert.Equal(
            ["timestamp_in_future", "timestamp_too_old", "recorded 0.0028"],
            Lines(await tenant.LiteLlmAsync(Payloads.Success("f", ("startTime", far)), Payloads.Success("o", ("startTime", 1_000_000_000)), Payloads.Success("n"))));
        Assert.Equal(0.0028m.ToString(CultureInfo.InvariantCulture), (await tenant.SpentAsync()).ToString(CultureInfo.InvariantCulture));
    }
}
