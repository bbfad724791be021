using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Api.Tests.Ingest;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>Records that give what the provider sent in place of counts.</summary>
[Collection(nameof(IngestHost))]
public class ProviderUsageTests(IngestHost host)
{
    [Theory]
    [InlineData("\"model\":\"gpt-4.1\",\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":100,\"prompt_tokens_details\":{\"cached_tokens\":400}}", "0.0022", "")]
    [InlineData("\"model\":\"sonnet\",\"usage\":{\"output_tokens\":15}", "0.000225", "")]
    [InlineData("\"model\":\"sonnet\",\"usage\":{\"input_tokens\":25,\"output_tokens\":1}", "0.00009", "")]
    [InlineData("\"model\":\"gpt-4.1\",\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":10,\"total_tokens\":130,\"completion_tokens_details\":{\"reasoning_tokens\":20}}", "0.00044", "parts_added")]
    [InlineData("\"model\":\"gpt-4.1\",\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":10,\"total_tokens\":110,\"completion_tokens_details\":{\"reasoning_tokens\":20}}", "0.00028", "adjusted")]
    [InlineData("\"model\":\"gpt-4.1\",\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}", "0", "")]
    [InlineData("\"model\":\"gpt-4.1\",\"usage\":null,\"input_tokens\":1000,\"output_tokens\":100", "0.0028", "")]
    [InlineData("\"cost\":0.5,\"usage\":{\"prompt_tokens\":10}", "0.5", "")]
    [InlineData("\"cost\":0.5,\"usage\":{}", "0.5", "adjusted")]
    [InlineData("\"cost\":0.5,\"cost_from_usage\":true,\"usage\":{\"prompt_tokens\":10,\"cost\":0.004}", "0.5", "")]
    [InlineData("\"model\":\"gpt-4.1\",\"usage\":{\"prompt_tokens\":1000,\"cost\":0.004}", "0.002", "")]
    [InlineData("\"model\":\"gpt-4.1\",\"cost_from_usage\":true,\"usage\":{\"prompt_tokens\":1000}", "0.002", "")]
    [InlineData("\"cost_from_usage\":true,\"usage\":{\"prompt_tokens\":10,\"cost\":0.004}", "0.004", "")]
    [InlineData("\"cost_from_usage\":true,\"usage\":{\"prompt_tokens\":10,\"cost\":0.0001,\"is_byok\":true,\"cost_details\":{\"upstream_inference_cost\":0.002}}", "0.002", "")]
    [InlineData("\"model\":\"gpt-4.1\",\"usage\":{},\"input_tokens\":1000", "0.002", "adjusted")]
    public async Task Usage_InPlaceOfCounts_IsRated(string members, string cost, string flags)
    {
        var tenant = await host.NewTenantAsync();
        var reply = (await tenant.PostAsync("/v1/usage", $$"""{"request_id":"r","cost_center":"{{tenant.Path}}/a",{{members}} }""")).Expect(HttpStatusCode.OK);
        Assert.Equal(cost, reply.Json["cost"]!.ToJsonString());
        Assert.Equal(flags, string.Join(' ', reply.Json["flags"]!.AsArray().Select(f => (string)f!).Where(f => f is not ("no_reservation" or "new_cost_center"))));
    }

    [Fact]
    public async Task Counts_BesideUsage_AreIgnoredAndToldSo()
    {
        var tenant = await host.NewTenantAsync();
        const string usage = """{"prompt_tokens":1000,"completion_tokens":100,"citation_tokens":7}""";
        var reply = (await tenant.PostAsync("/v1/usage", $$"""{"request_id":"r","cost_center":"{{tenant.Path}}/a","model":"gpt-4.1","input_tokens":5,"cached_input_tokens":4,"usage":{{usage}},"x":1 }""")).Expect(HttpStatusCode.OK);
        Assert.Equal("0.0028", reply.Json["cost"]!.ToJsonString());
        Assert.Equal(["x", "input_tokens", "cached_input_tokens", "usage.citation_tokens"], reply.Json["ignored"]!.AsArray().Select(i => (string)i!));
        var row = Assert.Single(await tenant.RowsAsync());
        Assert.Equal((1000, 100), ((int)row["input_tokens"]!, (int)row["output_tokens"]!));
        Assert.Null(row["cached_input_tokens"]);
    }

    [Fact]
    public async Task Details_OfAProvider_AreOfTheRow()
    {
        var tenant = await host.NewTenantAsync();
        const string usage = """{"input_tokens":10,"output_tokens":5,"cache_creation":{"ephemeral_1h_input_tokens":30},"server_tool_use":{"web_search_requests":2},"service_tier":"standard","inference_geo":"us"}""";
        await tenant.PostAsync("/v1/usage", $$"""{"request_id":"r","cost_center":"{{tenant.Path}}/a","cost":0.5,"service_tier":"flex","units":{"page":4},"usage":{{usage}} }""");
        var row = Assert.Single(await tenant.RowsAsync());
        Assert.Equal((40, 30, 5), ((int)row["input_tokens"]!, (int)row["cache_write_1h_tokens"]!, (int)row["output_tokens"]!));
        Assert.Equal(("flex", "us", """{"web_search":2}"""), ((string)row["service_tier"]!, (string)row["region"]!, row["units"]!.ToJsonString()));
    }

    [Fact]
    public async Task Usage_WithoutCounts_IsOneRejectedRecordOfABatch()
    {
        var tenant = await host.NewTenantAsync();
        const string usages = """{"choices":[],"usage":null} {"prompt_tokens":1000}""";
        var records = usages.Split(' ').Select((u, i) => $$"""{"request_id":"r{{i}}","cost_center":"{{tenant.Path}}/a","model":"gpt-4.1","usage":{{u}} }""");
        var body = $"[{string.Join(',', records)}]";
        var reply = await tenant.PostAsync("/v1/usage", body);
        Assert.Equal(["invalid_request usage", "recorded 0.002"], IngestTenant.Lines(reply));
        Assert.Contains("no counts in usage", (string)reply.Json["results"]![0]!["detail"]!, StringComparison.Ordinal);
    }

    /// <summary>Content is what was counted: the same answer, bare or whole, is the same record.</summary>
    [Fact]
    public async Task Usage_ToldAgainAsTheWholeAnswer_IsADuplicate()
    {
        var tenant = await host.NewTenantAsync();
        const string bare = """{"prompt_tokens":1000,"completion_tokens":100}""";
        JsonObject Record(string usage) => new() { ["request_id"] = "r", ["cost_center"] = tenant.Path + "/a", ["model"] = "gpt-4.1", ["usage"] = JsonNode.Parse(usage) };
        var reply = await tenant.PostAsync("/v1/usage", new JsonArray(Record(bare), Record($$"""{"choices":[],"usage":{{bare}} }"""), Record("""{"prompt_tokens":1001}""")).ToJsonString());
        Assert.Equal(["recorded 0.0028", "duplicate 0.0028", "request_id_conflict"], IngestTenant.Lines(reply));
    }
}
