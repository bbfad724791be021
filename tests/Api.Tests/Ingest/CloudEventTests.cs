using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;
using static BudgetEngine.Api.Tests.Ingest.IngestTenant;

namespace BudgetEngine.Api.Tests.Ingest;

/// <summary>Usage in CloudEvents: the pair of source and id decides what is a repeat, and an odd attribute costs no record.</summary>
[Collection(nameof(IngestHost))]
public class CloudEventTests(IngestHost host)
{
    private const string Route = "/v1/ingest/cloudevents";
    private const string Structured = "Content-Type: application/cloudevents+json";
    private const string Batch = "Content-Type: application/cloudevents-batch+json; charset=utf-8";

    /// <summary>Field report: no separator may make two pairs one; times may be missing, or have a space in them.</summary>
    [Fact]
    public async Task Pairs_OfSourceAndId_AreNeverGluedToOne()
    {
        (string Source, string Id)[] pairs =
        [
            ("gw/a", "bc"), ("gw/ab", "c"), ("gw", "a/b"), ("gw/a", "b"), ("gw|a", "b"), ("gw", "a|b"), ("gw%7Ca", "b"), ("gw||", "b"), ("gw|", "|b"), ("gw", "||b"), ("gw ", "b"), ("gw", " b"),
            ("gw", "b\0"), ("gw", "b\ufffd"), (new string('s', 300), "1"), (new string('s', 300), "2"), (new string('s', 299), "s1"), ("gw:", ":b"), ("gw::b", ":"),
        ];
        var tenant = await host.NewTenantAsync();
        var body = new JsonArray([.. pairs.Select(p => (JsonNode)Event(p.Source, p.Id, tenant))]).ToJsonString();
        Assert.All(Lines(await tenant.PostAsync(Route, body, Batch)), l => Assert.Equal("recorded 0.1", l));
        Assert.All(Lines(await tenant.PostAsync(Route, body, Batch)), l => Assert.Equal("duplicate 0.1", l));
        var rows = await tenant.RowsAsync();
        Assert.Equal((pairs.Length, 0.1m * pairs.Length), (rows.Length, await tenant.SpentAsync()));
        Assert.Equal("gw/a|bc", (string)rows[0]["request_id"]!);
    }

    [Theory]
    [InlineData("\"x\":1")]
    [InlineData("\"time\":\"2026-11-28 10:00:00Z\"")]
    [InlineData("\"time\":\"yesterday\"")]
    [InlineData("\"time\":17")]
    [InlineData("\"time\":null,\"type\":null,\"specversion\":\"1\"")]
    [InlineData("\"subject\":\"\",\"trace_id\":{},\"traceId\":1.5")]
    [InlineData("\"datacontenttype\":\"text/plain\"")]
    public async Task Attribute_ThatIsOdd_CostsNoRecord(string attributes)
    {
        var tenant = await host.NewTenantAsync();
        var body = $$"""{"id":"1","source":"gw",{{attributes}},"data":{"cost_center":"{{tenant.Path}}/a","cost":0.1} }""";
        Assert.StartsWith("recorded 0.1", Assert.Single(Lines(await tenant.PostAsync(Route, body, Structured))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Binary_WithAttributesInHeaders_IsTheSameEvent()
    {
        var tenant = await host.NewTenantAsync();
        var data = $$"""{"cost_center":"{{tenant.Path}}/a","cost":0.1}""";
        string[] headers = ["ce-specversion: 1.0", "ce-type: llm.usage", "ce-source: gw", $"ce-time: {Today.Ago(TimeSpan.FromHours(1)):yyyy-MM-dd'T'HH:mm:ss'Z'}"];
        Assert.Equal(["recorded 0.1"], Lines(await tenant.PostAsync(Route, data, [.. headers, "ce-id: a%20b"])));
        Assert.Equal(["duplicate 0.1"], Lines(await tenant.PostAsync(Route, Event("gw", "a b", tenant).ToJsonString(), Structured)));
        Assert.Equal(["recorded 0.1", "recorded 0.1"], [
            .. Lines(await tenant.PostAsync(Route, data, [.. headers, "ce-id: \"a%2520b\""])), .. Lines(await tenant.PostAsync(Route, data, [.. headers, "ce-id: a%zzb"]))]);
        (await tenant.PostAsync(Route, data)).ExpectProblem(415, "unsupported_media_type");
        (await tenant.PostAsync(Route, data, "Content-Type: text/plain", "ce-id: 1", "ce-source: s")).ExpectProblem(415, "unsupported_media_type");
    }

    /// <summary>Members of the data, and what becomes of the event.</summary>
    [Theory]
    [InlineData("\"cost\":\"0.0047\"", "recorded 0.0047")]
    [InlineData("\"cost\":0,\"model\":\"gpt-4.1\",\"input_tokens\":1000,\"output_tokens\":100", "recorded 0.0028 cost_was_zero")]
    [InlineData("\"cost\":0,\"model\":\"nobody-knows\",\"input_tokens\":1000", "recorded 0")]
    [InlineData("\"cost\":0,\"status\":\"error\",\"model\":\"gpt-4.1\",\"input_tokens\":1000", "recorded 0")]
    [InlineData("\"cost\":-1,\"model\":\"gpt-4.1\",\"input_tokens\":1000,\"output_tokens\":100", "recorded 0.0028 adjusted")]
    [InlineData("\"cost\":1e-12", "recorded 0 rounded")]
    [InlineData("\"model\":\"gpt-4.1\",\"usage\":{\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":100}}", "recorded 0.0028")]
    [InlineData("\"cost_from_usage\":true,\"usage\":{\"prompt_tokens\":10,\"cost\":0.004}", "recorded 0.004")]
    [InlineData("\"request_id\":\"own\",\"cost\":0.2", "recorded 0.2")]
    [InlineData("\"request_id\":17,\"cost\":0.2", "recorded 0.2")]
    [InlineData("\"cost\":-1", "invalid_request cost")]
    [InlineData("\"cost\":\"much\"", "invalid_request cost")]
    [InlineData("\"model\":\"gpt-4.1\"", "invalid_request cost")]
    public async Task Data_IsAUsageRecord(string members, string expected)
    {
        var tenant = await host.NewTenantAsync();
        var body = $$"""{"id":"1","source":"gw","data":{"cost_center":"{{tenant.Path}}/a",{{members}} } }""";
        Assert.Equal([expected], Lines(await tenant.PostAsync(Route, body, Structured)));
    }

    [Fact]
    public async Task Data_AsTextOrBase64_IsRead()
    {
        var tenant = await host.NewTenantAsync();
        var record = $$"""{"cost_center":"{{tenant.Path}}/a","cost":0.1}""";
        var text = new JsonObject { ["id"] = "1", ["source"] = "gw", ["data"] = record };
        var coded = new JsonObject { ["id"] = "2", ["source"] = "gw", ["data_base64"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(record)) };
        Assert.Equal(["recorded 0.1", "recorded 0.1"], Lines(await tenant.PostAsync(Route, new JsonArray(text, coded).ToJsonString(), Batch)));
    }

    [Fact]
    public async Task Batch_WithBadEvents_TakesTheGoodOnes()
    {
        var tenant = await host.NewTenantAsync();
        var good = Event("gw", "1", tenant).ToJsonString();
        var body = $$"""[{{good}},7,{"id":"2"},{"id":"3","source":"gw"},{"id":"4","source":"gw","data":[]},{"id":"5","source":"gw","data_base64":"?"},{"id":"7","source":"gw","data_base64":"\ud800"},{"id":"6","source":"gw","data":{"cost":tru} },{{good}}]""";
        Assert.Equal(
            ["recorded 0.1", "invalid_request", "invalid_request", "invalid_request", "invalid_request", "invalid_request", "invalid_request", "malformed_json", "duplicate 0.1"],
            Lines(await tenant.PostAsync(Route, body, Batch)));
        Assert.Empty(Lines(await tenant.PostAsync(Route, "[]", Batch)));
        (await tenant.PostAsync(Route, "{", Structured)).ExpectProblem(400, "malformed_json");
        (await tenant.PostAsync(Route, $"[{good},{{", Batch)).ExpectProblem(400, "malformed_batch");
    }

    [Theory]
    [InlineData("/team", "/team")]
    [InlineData("", "")]
    [InlineData("/Data Science", null)]
    public async Task Subject_IsTheCostCenterOfARecordWithoutOne(string below, string? expected)
    {
        var tenant = await host.NewTenantAsync();
        var body = new JsonObject { ["id"] = "1", ["source"] = "gw", ["subject"] = tenant.Path + below, ["data"] = JsonNode.Parse("""{"cost":0.1}""") };
        Assert.Equal(["recorded 0.1"], Lines(await tenant.PostAsync(Route, body.ToJsonString(), Structured)));
        var path = (string)Assert.Single(await tenant.RowsAsync())["cost_center"]!;
        if (expected is not null) Assert.Equal(tenant.Path + expected, path);
        else Assert.StartsWith($"{tenant.Path}/{tenant.Path}-data-science-", path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subject_OfAnother_NeverLeavesTheKeysSubtree()
    {
        var tenant = await host.NewTenantAsync();
        foreach (var subject in (string[])["other/team", "../other", "/", tenant.Path + "x"])
        {
            var body = new JsonObject { ["id"] = subject, ["source"] = "gw", ["subject"] = subject, ["data"] = JsonNode.Parse("""{"cost":0.1}""") };
            Assert.Equal(["recorded 0.1"], Lines(await tenant.PostAsync(Route, body.ToJsonString(), Structured)));
        }

        Assert.Equal(4, (await tenant.RowsAsync()).Length);
        var named = $$"""{"id":"1","source":"gw","data":{"cost_center":"other/team","cost":0.1} }""";
        Assert.Equal(["outside_subtree"], Lines(await tenant.PostAsync(Route, named, Structured)));
    }

    [Fact]
    public async Task Identity_Absent_IsTheRecordsOrNone()
    {
        var tenant = await host.NewTenantAsync();
        var record = $"\"cost_center\":\"{tenant.Path}/a\",\"cost\":0.1";
        var events = """[{"source":"gw","data":{"request_id":"r",#} },{"source":"gw","data":{#} },{"id":"1","data":{#} }]""".Replace("#", record, StringComparison.Ordinal);
        Assert.Equal(["recorded 0.1", "invalid_request id request_id", "invalid_request source request_id"], Lines(await tenant.PostAsync(Route, events, Batch)));
    }

    private static JsonObject Event(string source, string id, IngestTenant tenant) => new()
    {
        ["specversion"] = "1.0", ["type"] = "llm.usage", ["source"] = source, ["id"] = id,
        ["data"] = new JsonObject { ["cost_center"] = tenant.Path + "/a", ["cost"] = 0.1m },
    };
}
