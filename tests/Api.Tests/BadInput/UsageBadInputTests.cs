using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.BadInput;

/// <summary>Single usage records that are not taken: nothing is booked.</summary>
[Collection(nameof(OpenHost))]
public class UsageBadInputTests(OpenHost host)
{
    /// <summary>Members of the record, status, code, fields named.</summary>
    public static TheoryData<string, int, string, string> Records => new()
    {
        { "\"cost\":1", 400, "invalid_request", "request_id,cost_center" },
        { "\"request_id\":\"r\"", 400, "invalid_request", "cost_center,cost" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\"", 400, "invalid_request", "cost" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage//x\",\"cost\":1", 400, "invalid_cost_center", "cost_center" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":-1", 400, "invalid_request", "cost" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":1e12", 400, "invalid_request", "cost" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":\"x\"", 400, "invalid_request", "cost" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":1e-12", 422, "cost_too_small", "" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":1e-30", 422, "cost_too_small", "" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":1001", 422, "implausible_cost", "" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":1,\"timestamp\":\"2026-11-21T10:00:00\"", 400, "invalid_request", "timestamp" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":1,\"timestamp\":1764000000", 400, "invalid_request", "timestamp" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":1,\"timestamp\":\"2999-01-01T00:00:00Z\"", 422, "timestamp_in_future", "" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":1,\"timestamp\":\"2001-01-01T00:00:00+07:00\"", 422, "timestamp_too_old", "" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"cost\":1,\"final\":0", 400, "invalid_request", "final" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"model\":\"m\",\"input_tokens\":1.5", 400, "invalid_request", "input_tokens" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"model\":\"m\",\"input_tokens\":-1,\"units\":{\"page\":-2}", 400, "invalid_request", "input_tokens" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"model\":\"m\",\"units\":{\"Page\":1,\"page\":\"x\"}", 400, "invalid_request", "units.Page,units.page" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"units\":{\"page\":1}", 400, "invalid_request", "model" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"usage\":{\"prompt_tokens\":1}", 400, "invalid_request", "model" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"model\":\"m\",\"usage\":{}", 400, "invalid_request", "usage" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"model\":\"m\",\"usage\":{\"prompt_tokens\":-1}", 400, "invalid_request", "usage" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"model\":\"m\",\"usage\":17", 400, "invalid_request", "usage" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"model\":\"m\",\"usage\":{\"prompt_tokens\":1e13}", 400, "invalid_request", "usage" },
        { "\"request_id\":\"r\",\"cost_center\":\"bad-usage/x\",\"model\":\"m\",\"cost_from_usage\":1,\"usage\":{\"prompt_tokens\":1}", 400, "invalid_request", "cost_from_usage" },
        { "\"request_id\":\"r\",\"reservation_id\":\"rsv_nonsense\",\"cost\":1", 404, "unknown_reservation", "" },
        { "\"request_id\":\"r\",\"request_id\":\"s\",\"cost_center\":\"bad-usage/x\",\"cost\":1", 400, "invalid_request", "request_id" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Post_NotValid_NamesAllFaults(string members, int status, string code, string fields)
    {
        var reply = (await host.Api.SendAsync("POST", "/v1/usage", "{" + members + "}")).ExpectProblem(status, code);
        if (fields.Length > 0) Assert.Equal(fields, string.Join(",", reply.ErrorFields));
        var rows = (await host.Api.SendAsync("GET", "/v1/usage?cost_center=bad-usage")).Json["items"]!.AsArray();
        Assert.Empty(rows);
    }

    [Theory]
    [InlineData("", "malformed_json")]
    [InlineData("   ", "malformed_json")]
    [InlineData("{\"request_id\":", "malformed_json")]
    [InlineData("{\"a\":tru}", "malformed_json")]
    [InlineData("5", "invalid_request")]
    public async Task Post_NotAnObject_IsRefused(string body, string code) =>
        (await host.Api.SendAsync("POST", "/v1/usage", body)).ExpectProblem(400, code);

    [Fact]
    public async Task Post_ARecordNestedTooDeep_IsToldSoWithTheLimit()
    {
        const string said = "nested deeper than 32 levels";
        var deep = "{\"x\":" + new string('[', 32) + new string(']', 32) + "}";
        var array = (await host.Api.SendAsync("POST", "/v1/usage", "[" + deep + "]")).ExpectProblem(400, "malformed_batch");
        Assert.Contains(said, (string?)array.Json["detail"], StringComparison.Ordinal);
        Assert.DoesNotContain("not JSON", array.Body, StringComparison.Ordinal);
        var lines = await host.Api.SendAsync("POST", "/v1/usage", deep + "\n" + deep, "Content-Type: application/x-ndjson");
        Assert.Contains(said, lines.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("not JSON", lines.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ARecordOver64KiB_Is413()
    {
        var body = "{\"request_id\":\"big\",\"cost_center\":\"bad-usage/x\",\"cost\":1,\"preview\":\"" + new string('x', 65_536) + "\"}";
        (await host.Api.SendAsync("POST", "/v1/usage", body)).ExpectProblem(413, "record_too_large");
    }

    [Fact]
    public async Task Post_ARepeatedIdWithOtherContent_Is409()
    {
        const string first = """{"request_id":"conflict-1","cost_center":"conflict/x","cost":1}""";
        Assert.Equal("recorded", (string?)(await host.Api.SendAsync("POST", "/v1/usage", first)).Json["result"]);
        Assert.Equal("duplicate", (string?)(await host.Api.SendAsync("POST", "/v1/usage", first)).Json["result"]);
        (await host.Api.SendAsync("POST", "/v1/usage", first.Replace("\"cost\":1", "\"cost\":2", StringComparison.Ordinal))).ExpectProblem(409, "request_id_conflict");
    }

    [Fact]
    public async Task Post_UnknownFields_AreListedAndIgnored()
    {
        var reply = await host.Api.SendAsync("POST", "/v1/usage", """{"request_id":"ignored-1","cost_center":"ignored/x","cost":1,"foo":{"a":[1]},"bar":2}""");
        Assert.Equal(["foo", "bar"], reply.Json["ignored"]!.AsArray().Select(n => (string)n!));
    }

    [Theory]
    [InlineData("""{"request_id":"c","corrects":"nothing","amount":-1}""", 404, "unknown_request", "")]
    [InlineData("""{"request_id":"c","corrects":"x","amount":0}""", 400, "invalid_request", "amount")]
    [InlineData("""{}""", 400, "invalid_request", "request_id,corrects,amount")]
    [InlineData("""{"request_id":"c","corrects":"x","amount":1,"ammount":1}""", 400, "unknown_field", "ammount")]
    public async Task Correct_NotValid_IsRefused(string body, int status, string code, string fields)
    {
        var reply = (await host.Api.SendAsync("POST", "/v1/usage/corrections", body)).ExpectProblem(status, code);
        Assert.Equal(fields, string.Join(",", reply.ErrorFields));
    }
}
