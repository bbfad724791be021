using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Usage;

[Collection(nameof(OpenHost))]
public class UsageListTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Record_ComesBackAsItWasSent_InListAndExport()
    {
        const string record = """
            {"request_id":"full-1","cost_center":"listed/a","user":"u-1","session":"s-1","provider":"openai","model":"m-1","input_tokens":10,"cached_input_tokens":4,"output_tokens":5,
             "cost":0.1234567891,"latency_ms":812.4,"time_to_first_token_ms":210,"status":"error","error_code":"500","request_path":"/v1/x","tags":{"feature":"search","ß":"ü"}}
            """;
        var answer = (await Api.SendAsync("POST", "/v1/usage", record)).Expect(HttpStatusCode.OK);
        Assert.Equal("0.123456789", answer.Json["cost"]!.ToJsonString());
        Assert.Contains("rounded", answer.Json["flags"]!.ToJsonString(), StringComparison.Ordinal);
        await Api.SendAsync("POST", "/v1/usage", """{"request_id":"full-2","cost_center":"listed/b","cost":5}""");

        var listed = (await Api.SendAsync("GET", "/v1/usage?cost_center=listed&user=u-1&session=s-1&model=m-1&provider=openai&status=error&request_path=/v1/x&tag.feature=search&min_cost=0.1")).Expect(HttpStatusCode.OK);
        var row = Assert.Single(listed.Json["items"]!.AsArray())!;
        Assert.Equal("812.4", row["latency_ms"]!.ToJsonString());
        Assert.Equal("usage", (string?)row["kind"]);
        Assert.Equal("ü", (string?)row["tags"]!["ß"]);

        var byCost = (await Api.SendAsync("GET", "/v1/usage?cost_center=listed&sort=-cost&limit=1")).Json;
        Assert.Equal("full-2", (string?)byCost["items"]![0]!["request_id"]);
        var next = (await Api.SendAsync("GET", $"/v1/usage?cost_center=listed&sort=-cost&limit=1&cursor={byCost["next_cursor"]}")).Json;
        Assert.Equal("full-1", (string?)next["items"]![0]!["request_id"]);

        var export = (await Api.SendAsync("GET", "/v1/export/usage?cost_center=listed&format=ndjson")).Expect(HttpStatusCode.OK);
        Assert.Equal("application/x-ndjson", export.MediaType);
        var lines = export.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(["full-1", "full-2"], lines.Select(l => (string)l["request_id"]!));
        Assert.Equal(row.ToJsonString(), lines[0].ToJsonString());
    }

    [Fact]
    public async Task Correction_IsARowOfItsOwn()
    {
        await Api.SendAsync("POST", "/v1/usage", """{"request_id":"orig","cost_center":"corrected/a","cost":2}""");
        const string body = """{"request_id":"fix","corrects":"orig","amount":-0.5,"reason":"refund"}""";
        (await Api.SendAsync("POST", "/v1/usage/corrections", body)).Expect(HttpStatusCode.OK);
        Assert.Equal("duplicate", (string?)(await Api.SendAsync("POST", "/v1/usage/corrections", body)).Json["result"]);
        (await Api.SendAsync("POST", "/v1/usage/corrections", """{"request_id":"fix2","corrects":"orig","amount":-1.6}""")).ExpectProblem(422, "correction_too_large");
        Assert.Equal("1.5", (await Api.SendAsync("GET", "/v1/cost-centers/corrected")).Json["spent_today"]!.ToJsonString());
        var report = (await Api.SendAsync("GET", "/v1/consistency?cost_center=corrected")).Expect(HttpStatusCode.OK);
        Assert.True((bool)report.Json["consistent"]!, report.Body);
        Assert.True((int)report.Json["grains_checked"]! >= 2, report.Body);
    }

    [Fact]
    public async Task Limits_AreThoseOfTheWholePath()
    {
        await Api.SendAsync("PUT", "/v1/budgets/lim", """{"monthly":100,"per_user":{"daily":5}}""");
        await Api.SendAsync("PUT", "/v1/budgets/lim/a", """{"daily":10}""");
        var reply = (await Api.SendAsync("GET", "/v1/limits?cost_center=lim/a/b&user=u")).Expect(HttpStatusCode.OK);
        Assert.Equal(["lim/a daily", "lim monthly", "lim daily"], reply.Json["items"]!.AsArray().Select(w => $"{w!["cost_center"]} {w["period"]}"));
    }
}
