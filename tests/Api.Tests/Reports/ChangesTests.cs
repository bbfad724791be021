using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Reports;

/// <summary>The report that schedules send.</summary>
[Collection(nameof(OpenHost))]
public class ChangesTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Changes_OfAWeek_ComeToTheBalances_AndNameWhatWentAway()
    {
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        await PostAsync("chg/a", "1.000000001", today.AddDays(-1));
        await PostAsync("chg/b", "2", today.AddDays(-7));
        await PostAsync("chg/b", "4", today.AddDays(-8));
        await PostAsync("chg/old", "8", today.AddDays(-14));
        await PostAsync("chg/older", "16", today.AddDays(-15));
        await PostAsync("chg/a", "32", today);
        await Eventually.HoldsAsync("all is rolled up", async () => (await ChangesAsync("")) is var all && all["top_models"]!.AsArray().Count == 1 && all["items"]!.AsArray().Count == 3);

        var report = await ChangesAsync("");
        Assert.Equal(($"{today.AddDays(-7):O}", $"{today:O}", "weekly"), ((string)report["from"]!, (string)report["to"]!, (string)report["period"]!));
        Assert.Equal(("3.000000001", "12", "-0.75", "2"), (report["cost"]!.ToJsonString(), report["cost_before"]!.ToJsonString(), report["change"]!.ToJsonString(), report["requests"]!.ToJsonString()));
        Assert.Equal(
            [("chg/b", "2", "4"), ("chg/a", "1.000000001", "0"), ("chg/old", "0", "8")],
            report["items"]!.AsArray().Select(i => ((string)i!["cost_center"]!, i["spent"]!.ToJsonString(), i["spent_before"]!.ToJsonString())));
        Assert.StartsWith("chg spent $3.00 from ", (string)report["text"]!, StringComparison.Ordinal);
        Assert.Contains("75% less than the seven days before ($12.00)", (string)report["text"]!, StringComparison.Ordinal);

        var earlier = await ChangesAsync($"&to={today.AddDays(-7):O}");
        Assert.Equal(("12", "16"), (earlier["cost"]!.ToJsonString(), earlier["cost_before"]!.ToJsonString()));
        Assert.Equal("1.000000001", (await ChangesAsync("&period=day"))["cost"]!.ToJsonString());
    }

    [Fact]
    public async Task Changes_OfMoreCostCentersThanAreNamed_KnowWhatEachSpentBefore()
    {
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        for (var i = 1; i <= 11; i++)
        {
            await PostAsync($"chm/c{i:00}", $"{i}", today.AddDays(-1));
            await PostAsync($"chm/c{i:00}", $"{20 - i}", today.AddDays(-2));
        }

        await Eventually.HoldsAsync("all are in both lists", async () => (await ChangesAsync("&period=day", "chm"))["items"]!.AsArray().Count == 11);
        var items = (await ChangesAsync("&period=day", "chm"))["items"]!.AsArray();
        Assert.Equal(("chm/c11", "11", "9"), ((string)items[0]!["cost_center"]!, items[0]!["spent"]!.ToJsonString(), items[0]!["spent_before"]!.ToJsonString()));
        Assert.Equal(("chm/c01", "1", "19"), ((string)items[10]!["cost_center"]!, items[10]!["spent"]!.ToJsonString(), items[10]!["spent_before"]!.ToJsonString()));
    }

    [Fact]
    public async Task Changes_AreATableToo_AndRefuseWhatTheyDoNotKnow()
    {
        var csv = (await Api.SendAsync("GET", "/v1/reports/changes?cost_center=chn&format=csv")).Expect(HttpStatusCode.OK);
        Assert.StartsWith("cost_center,cost,cost_before,change", csv.Body, StringComparison.Ordinal);
        Assert.Contains("chn spent nothing from", (await Api.SendAsync("GET", "/v1/reports/changes?cost_center=chn&format=html")).Expect(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        (await Api.SendAsync("GET", "/v1/reports/changes?period=year")).ExpectProblem(400, "invalid_request");
        (await Api.SendAsync("GET", "/v1/reports/changes?to=0001-01-05")).ExpectProblem(400, "invalid_request");
    }

    private async Task<JsonNode> ChangesAsync(string query, string costCenter = "chg") => (await Api.SendAsync("GET", $"/v1/reports/changes?cost_center={costCenter}{query}")).Expect(HttpStatusCode.OK).Json;

    private async Task PostAsync(string costCenter, string cost, DateOnly date) => (await Api.SendAsync(
        "POST", "/v1/usage", $$"""{"request_id":"{{costCenter}}-{{cost}}","cost_center":"{{costCenter}}","cost":{{cost}},"model":"m","timestamp":"{{date:O}}T00:00:01Z"}""")).Expect(HttpStatusCode.OK);
}
