using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Ingest;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Domain.CostCenters;
using static BudgetEngine.Api.Tests.Ingest.IngestTenant;

namespace BudgetEngine.Api.Tests.Ingest;

/// <summary>Names that people give to teams and keys, as cost centers.</summary>
[Collection(nameof(IngestHost))]
public class LiteLlmNameTests(IngestHost host)
{
    private static readonly string[] _names =
    [
        "Data Science (EMEA)", "data-science--emea", "data-science-emea", "R&D", "R-D", "r-d", "r&d", "日本チーム", "日本", "a/b", "a-b", "..", ".", "../other", "4711", "Ünïcode", "unicode",
        new string('n', 80), new string('n', 79) + "m", new string('n', 64), "ml_team", "ml-team", "ML Team", " ml-team", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", "\0", "-", "_x", "\ud83d\ude00", "name",
    ];

    [Fact]
    public void Names_ThatDiffer_NeverGetOneSegment()
    {
        var segments = _names.Select(SegmentName.Of).ToList();
        Assert.Equal(_names.Length, segments.Distinct().Count());
        Assert.All(segments, s => Assert.True(CostCenterId.TryParse(s, out var id, out _) && id.IsTenant && id.Path == s, s));
        Assert.Equal(segments, _names.Select(SegmentName.Of));
        // What was made of one name is another name's too, and then made again.
        Assert.All(segments.Where(s => !_names.Contains(s)), s => Assert.NotEqual(s, SegmentName.Of(s)));
        Assert.Equal(["ml-team", "4711", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"], new[] { "ml-team", "4711", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed" }.Select(SegmentName.Of));
        Assert.StartsWith("data-science-emea-", SegmentName.Of("Data Science (EMEA)"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Payload_OfAnyTeam_StaysBelowItsKeyAndKeepsTheName()
    {
        var tenant = await host.NewTenantAsync("/gateway");
        var payloads = _names.Select((n, i) => Payloads.Success($"n{i}", ("metadata.user_api_key_team_id", n))).ToArray();
        Assert.All(Lines(await tenant.LiteLlmAsync(payloads)), l => Assert.StartsWith("recorded 0.0028", l, StringComparison.Ordinal));
        var rows = await tenant.RowsAsync();
        Assert.All(rows, r => Assert.StartsWith(tenant.Path + "/", (string)r["cost_center"]!, StringComparison.Ordinal));
        Assert.All(rows, r => Assert.Equal(3, ((string)r["cost_center"]!).Split('/').Length));
        Assert.Equal(_names.Select(n => n.Replace('\0', '\ufffd')).Order(StringComparer.Ordinal), rows.Select(r => (string)r["tags"]!["cost_center_name"]!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"team\"", "\"alias\"", "\"user\"", "/team")]
    [InlineData("\"\"", "\"alias\"", "\"user\"", "/alias")]
    [InlineData("null", "\"  \"", "\"user\"", "/user")]
    [InlineData("{}", "[]", "4711", "/4711")]
    [InlineData("null", "null", "\"\"", "")]
    public async Task Name_FirstPresent_IsTheCostCenter(string team, string alias, string user, string expected)
    {
        var tenant = await host.NewTenantAsync();
        await tenant.LiteLlmAsync(Payloads.Success("a", ("metadata.user_api_key_team_id", JsonNode.Parse(team)), ("metadata.user_api_key_alias", JsonNode.Parse(alias)), ("end_user", JsonNode.Parse(user))));
        Assert.Equal(tenant.Path + expected, (string)Assert.Single(await tenant.RowsAsync())["cost_center"]!);
    }

    [Fact]
    public async Task Key_AsDeepAsPathsGo_IsTheCostCenterItself()
    {
        var tenant = await host.NewTenantAsync("/2/3/4/5/6/7/8");
        Assert.Equal(["recorded 0.0028"], Lines(await tenant.LiteLlmAsync(Payloads.Success("a"))));
        Assert.Equal(tenant.Path, (string)Assert.Single(await tenant.RowsAsync())["cost_center"]!);
    }

    [Fact]
    public async Task CostCenterFrom_IsASetting()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true", "--Ingest:CostCenter=acme/llm", "--Ingest:LiteLlm:CostCenterFrom=metadata.spend_logs_metadata.project, model_group"]);
        var payload = Payloads.Success("a", ("metadata.spend_logs_metadata", JsonNode.Parse("""{"project":"apollo"}""")), ("model_group", "fast"));
        (await api.SendAsync("POST", "/v1/ingest/litellm", new JsonArray(payload, Payloads.Success("b", ("model_group", "fast"))).ToJsonString())).Expect(HttpStatusCode.OK);
        var rows = (await api.SendAsync("GET", "/v1/usage?cost_center=acme")).Json["items"]!.AsArray();
        Assert.Equal(["acme/llm/apollo", "acme/llm/fast"], rows.Select(r => (string)r!["cost_center"]!).Order());
    }
}
