using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>Public reports of prices, counts and ids that went wrong elsewhere, with sums worked out by hand. docs/testing.md says which report is tested where.</summary>
[Collection(nameof(OpenHost))]
public class FieldCaseTests(OpenHost host)
{
    private const string Fixtures = """
        {
          "zz/off-peak": { "mode": "chat", "input_cost_per_token": 4.4e-07, "output_cost_per_token": 1.32e-06,
            "off_peak_pricing": { "windows": ["16:30-00:30"], "days": "mon-fri", "rates": { "input_cost_per_token": 2.2e-07, "output_cost_per_token": 6.6e-07 } } },
          "zz/off-peak-text": { "mode": "chat", "input_cost_per_token": 4.4e-07, "output_cost_per_token": 1.32e-06, "off_peak_pricing": { "window": "16:30-00:30", "input_cost_per_token": 2.2e-07 } },
          "zz/string-and-null": { "mode": "chat", "input_cost_per_token": "3e-07", "output_cost_per_token": "0.0000006", "cache_read_input_token_cost": null, "max_output_tokens": "8192", "max_tokens": null },
          "zz/tiny": { "mode": "chat", "input_cost_per_token": 1.3e-10, "output_cost_per_token": 1.3e-10 },
          "zz/float-max-output": { "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "max_output_tokens": 2000000.0 }
        }
        """;

    private static readonly DateTime Today = DateTime.UtcNow.Date;

    private ApiHost Api => host.Api;

    [Fact]
    public async Task OffPeak_IsNotTaken_AndTheWholePriceStandsAtEveryHour()
    {
        var import = await ImportAsync();
        foreach (var model in new[] { "zz/off-peak", "zz/off-peak-text" }) Assert.Equal("""["off_peak_pricing"]""", import["not_taken"]![model]!.ToJsonString());
        Assert.NotNull(import["reasons"]!["off_peak_pricing"]);
        var monday = Today.AddDays(-7 - ((int)Today.DayOfWeek + 6) % 7);
        foreach (var at in new[] { monday.AddHours(2), monday.AddHours(12), monday.AddDays(5).AddHours(2) })
        {
            Assert.Equal("1.76", await CostAsync("peak/x", $"peak-{at:dd-HH}", "zz/off-peak", 1_000_000, 1_000_000, at));
        }
    }

    [Fact]
    public async Task Price_WrittenAsTextOrNull_IsRead()
    {
        Assert.Null((await ImportAsync())["not_taken"]!["zz/string-and-null"]);
        var price = (await Api.SendAsync("GET", "/v1/prices?model=zz/string-and-null")).Json["items"]![0]!;
        Assert.Equal(("0.3", "0.6", true, 8_192L), (price["input"]!.ToJsonString(), price["output"]!.ToJsonString(), price["cached_input"] is null, (long)price["max_output_tokens"]!));
        Assert.Equal("0.9", await CostAsync("texts/x", "t", "zz/string-and-null", 1_000_000, 1_000_000));
    }

    [Fact]
    public async Task Price_SoSmallThatItRoundsToNothing_IsNotFree()
    {
        await ImportAsync();
        Assert.Equal("0.00013", (await Api.SendAsync("GET", "/v1/prices?model=zz/tiny")).Json["items"]![0]!["input"]!.ToJsonString());
        Assert.Equal("0", await CostAsync("tiny/x", "t1", "zz/tiny", 3, 0));
        Assert.Equal("0.00000026", await CostAsync("tiny/x", "t2", "zz/tiny", 1_000, 1_000));
        Assert.Equal("0.000000001", (await CheckAsync("tiny/x", "zz/tiny", "\"input_tokens\":3,\"max_output_tokens\":3"))["estimated"]!.ToJsonString());
        (await Api.SendAsync("PUT", "/v1/budgets/tiny/spent", """{"daily":0}""")).Expect(HttpStatusCode.Created);
        Assert.Equal("budget_exceeded", (string?)(await CheckAsync("tiny/spent", "zz/tiny", "\"input_tokens\":3,\"max_output_tokens\":3"))["reason"]);
    }

    [Fact]
    public async Task Maximum_WrittenAsAFloat_IsAWholeNumber()
    {
        Assert.Null((await ImportAsync())["not_taken"]!["zz/float-max-output"]);
        (await Api.SendAsync("PUT", "/v1/budgets/floats", """{"assumed_output_tokens":"max"}""")).Expect(HttpStatusCode.Created);
        Assert.Equal("4.000001", (await CheckAsync("floats/x", "zz/float-max-output", "\"input_tokens\":1"))["estimated"]!.ToJsonString());
    }

    /// <summary>A promotion that ends at midnight of a zone seven hours ahead, and a rise that never came.</summary>
    [Fact]
    public async Task Price_InForceAtTheTimeOfTheCall_IsTaken()
    {
        var rise = Today.AddDays(-14).AddHours(17);
        await PutAsync("field-promo", $$"""{"input":0.75,"output":3.75,"effective_from":"{{Today.AddDays(-60):yyyy-MM-dd}}T00:00:00Z"}""");
        await PutAsync("field-promo", $$"""{"input":1.5,"output":7.5,"effective_from":"{{rise.AddHours(7):yyyy-MM-dd'T'HH:mm:ss}}+07:00"}""");
        Assert.Equal("0.1125", await CostAsync("promo/x", "before", "field-promo", 100_000, 10_000, rise.AddMilliseconds(-1)));
        Assert.Equal("0.225", await CostAsync("promo/x", "after", "field-promo", 100_000, 10_000, rise));
        (await Api.SendAsync("DELETE", $"/v1/prices/field-promo?effective_from={rise:yyyy-MM-dd'T'HH:mm:ss}Z")).Expect(HttpStatusCode.NoContent);
        Assert.Equal("0.1125", await CostAsync("promo/x", "taken-back", "field-promo", 100_000, 10_000, rise));
        Assert.Equal("0.225", (await RowsAsync("promo")).Single(r => (string)r["request_id"]! == "after")["cost"]!.ToJsonString());
    }

    [Fact]
    public async Task Id_RepeatedAfterMidnight_StaysOnItsDay()
    {
        string Body(string time) => $$"""{"request_id":"midnight","cost_center":"midnight/x","cost":0.3{{time}}}""";
        var first = (await Api.SendAsync("POST", "/v1/usage", Body($",\"timestamp\":\"{Today.AddSeconds(-2):O}\""))).Expect(HttpStatusCode.OK);
        Assert.Equal("recorded", (string?)first.Json["result"]);
        foreach (var repeat in new[] { Body($",\"timestamp\":\"{Today.AddSeconds(3):O}\""), Body("") }) Assert.Equal("duplicate", (string?)(await Api.SendAsync("POST", "/v1/usage", repeat)).Json["result"]);
        Assert.Equal(1, (int)(await Api.SendAsync("POST", "/v1/usage", $"[{Body("")}]")).Json["duplicates"]!);
        Assert.Equal($"{Today.AddDays(-1):yyyy-MM-dd}", (string?)Assert.Single(await RowsAsync("midnight"))["booked_date"]);
        Assert.Equal(0, (decimal)(await Api.SendAsync("GET", "/v1/cost-centers/midnight")).Json["spent_today"]!);
    }

    [Theory]
    [InlineData("partial-a", "\"status\":\"cancelled\",\"input_tokens\":1200,\"output_tokens\":0", "0.0024")]
    [InlineData("partial-b", "\"status\":\"cancelled\"", "0")]
    [InlineData("partial-c", "\"status\":\"timeout\",\"input_tokens\":1200,\"output_tokens\":37", "0.002696")]
    public async Task Stream_ThatBreaksOff_CostsWhatItCountedAndGivesTheRestBack(string tenant, string members, string cost)
    {
        await PutAsync("field-gpt", """{"input":2,"output":8,"cached_input":0.5,"effective_from":"2020-01-01T00:00:00Z"}""");
        (await Api.SendAsync("PUT", $"/v1/budgets/{tenant}", """{"daily":0.01}""")).Expect(HttpStatusCode.Created);
        var held = (await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{tenant}}/x","model":"field-gpt","input_tokens":1200,"max_output_tokens":800}""")).Json;
        Assert.Equal("0.0088", held["granted"]!.ToJsonString());

        var settled = (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{tenant}}","reservation_id":"{{held["reservation_id"]}}","model":"field-gpt",{{members}}}""")).Expect(HttpStatusCode.OK).Json;

        Assert.Equal((cost, "allow", "0"), (settled["cost"]!.ToJsonString(), (string)settled["decision"]!, settled["tightest"]!["held"]!.ToJsonString()));
    }

    /// <summary>A heartbeat says what was used since the last one. Whoever sends running totals books them twice; the difference is the truth.</summary>
    [Fact]
    public async Task Heartbeats_OfAStream_AddUp()
    {
        await PutAsync("field-sonnet", """{"input":3,"output":15,"effective_from":"2020-01-01T00:00:00Z"}""");
        foreach (var (id, final, input, output) in new[] { ("total-1", "false", 25, 1), ("total-2", "true", 25, 15) }) await BeatAsync("beats-total/x", id, final, input, output);
        foreach (var (id, final, input, output) in new[] { ("part-1", "false", 25, 1), ("part-2", "true", 0, 14) }) await BeatAsync("beats-part/x", id, final, input, output);
        Assert.Equal((0.00039m, 0.0003m), ((await RowsAsync("beats-total")).Sum(r => (decimal)r["cost"]!), (await RowsAsync("beats-part")).Sum(r => (decimal)r["cost"]!)));
        Assert.Equal(1, (int)(await Api.SendAsync("GET", "/v1/cost-centers/beats-part")).Json["requests_today"]!);

        async Task BeatAsync(string costCenter, string id, string final, int input, int output) => (await Api.SendAsync(
            "POST", "/v1/usage", $$$"""{"request_id":"{{{id}}}","cost_center":"{{{costCenter}}}","model":"field-sonnet","final":{{{final}}},"usage":{"input_tokens":{{{input}}},"output_tokens":{{{output}}}}}""")).Expect(HttpStatusCode.OK);
    }

    /// <summary>An id is unique as long as its row is kept: a replay with its old time is refused.</summary>
    [Fact]
    public async Task Replay_OfWhatIsOlderThanTheRetention_IsRefused() => (await Api.SendAsync(
        "POST", "/v1/usage", $$"""{"request_id":"old","cost_center":"replay/x","cost":0.2,"timestamp":"{{Today.AddDays(-91):yyyy-MM-dd}}T00:00:00Z"}""")).ExpectProblem(422, "timestamp_too_old");

    private async Task<JsonNode> ImportAsync()
    {
        var import = (await Api.SendAsync("POST", $"/v1/prices/import?format=litellm&effective_from={Today.AddDays(-60):yyyy-MM-dd}T00:00:00Z", Fixtures)).Expect(HttpStatusCode.OK).Json;
        Assert.Empty(import["skipped"]!.AsArray());
        return import;
    }

    private async Task PutAsync(string model, string body)
    {
        var reply = await Api.SendAsync("PUT", $"/v1/prices/{model}", body);
        Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.Created, reply.Body);
    }

    private async Task<JsonNode> CheckAsync(string costCenter, string model, string members) =>
        (await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{costCenter}}","model":"{{model}}","dry_run":true,{{members}}}""")).Expect(HttpStatusCode.OK).Json;

    private async Task<string> CostAsync(string costCenter, string id, string model, long input, long output, DateTime? at = null)
    {
        var time = (at ?? DateTime.UtcNow).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var reply = await Api.SendAsync(
            "POST", "/v1/usage", $$"""{"request_id":"{{id}}","cost_center":"{{costCenter}}","model":"{{model}}","input_tokens":{{input}},"output_tokens":{{output}},"timestamp":"{{time}}"}""");
        return reply.Expect(HttpStatusCode.OK).Json["cost"]!.ToJsonString();
    }

    private async Task<List<JsonNode>> RowsAsync(string under) =>
        [.. (await Api.SendAsync("GET", $"/v1/usage?cost_center={under}&limit=500")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Select(r => r!)];
}
