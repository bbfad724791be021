using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Http;

/// <summary><c>from</c>, <c>to</c> and <c>since</c> take dates and instants on every route that has them.</summary>
[Collection(nameof(OpenHost))]
public class RangeTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Theory]
    [InlineData("/v1/usage?from={0}&to={1}")]
    [InlineData("/v1/export/usage?from={0}&to={1}")]
    [InlineData("/v1/denials?from={0}&to={1}")]
    [InlineData("/v1/audit?since={0}")]
    [InlineData("/v1/alerts?since={0}")]
    public async Task Route_WithARange_TakesDatesAndInstants(string route)
    {
        foreach (var (from, to) in new[] { ("2026-11-01", "2026-11-02"), ("2026-11-01T10:00:00Z", "2026-11-01T12:00:00%2B01:00"), ("2026-11-01", "2026-11-01T10:00:00Z") })
        {
            (await Api.SendAsync("GET", route.Replace("{0}", from, StringComparison.Ordinal).Replace("{1}", to, StringComparison.Ordinal))).Expect(HttpStatusCode.OK);
        }

        foreach (var wrong in new[] { "2026-11-31", "2026-11-01T10:00:00", "20261101", "yesterday", "1762000000" })
        {
            var refused = (await Api.SendAsync("GET", route.Replace("{0}", wrong, StringComparison.Ordinal).Replace("{1}", wrong, StringComparison.Ordinal))).ExpectProblem(400, "invalid_request");
            Assert.Equal(route.Contains("to=", StringComparison.Ordinal) ? ["from", "to"] : ["since"], refused.ErrorFields.Order());
        }
    }

    /// <summary>Reports are of whole days, which balances are kept by: they take dates alone.</summary>
    [Fact]
    public void Routes_WithARange_AreTheseAndNoOthers()
    {
        var document = JsonNode.Parse(typeof(RangeTests).Assembly.GetManifestResourceStream("contract.json")!)!;
        var found = from path in document["paths"]!.AsObject() from operation in path.Value!.AsObject() where operation.Value is JsonObject of && of["parameters"] is not null
            let names = operation.Value!["parameters"]!.AsArray().Select(p => (string?)p!["name"]).Intersect(["from", "to", "since"]).ToList() where names.Count > 0
            select $"{operation.Key} {path.Key} {string.Join(' ', names)}";
        string[] reports = ["models", "providers", "spend", "tags", "users"];
        Assert.Equal(
            ["get /v1/alerts since", "get /v1/audit since", "get /v1/denials from to", "get /v1/export/usage from to", "get /v1/reports/changes to", .. reports.Select(r => $"get /v1/reports/{r} from to"), "get /v1/usage from to", "post /v1/reconcile from to"],
            found.Order(StringComparer.Ordinal));
    }

    /// <summary>A date is the tenant's; an instant is compared with the time of the row.</summary>
    [Fact]
    public async Task Range_OfATenantAheadOfUtc_IsItsDaysOrTheCallsTimes()
    {
        (await Api.SendAsync("PUT", "/v1/budgets/range-ahead", """{"time_zone":"Asia/Ho_Chi_Minh"}""")).Expect(HttpStatusCode.Created);
        var day = DateTime.UtcNow.Date.AddDays(-3);
        foreach (var (id, at) in new[] { ("evening", day.AddHours(16).AddMinutes(59)), ("night", day.AddHours(17)) })
        {
            (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{id}}","cost_center":"range-ahead/x","cost":1,"timestamp":"{{at:O}}"}""")).Expect(HttpStatusCode.OK);
        }

        Assert.Equal(["evening", "night"], await IdsAsync($"from={day:yyyy-MM-dd}"));
        Assert.Equal(["night"], await IdsAsync($"from={day:yyyy-MM-dd}T17:00:00Z"));
        Assert.Equal(["evening"], await IdsAsync($"to={day:yyyy-MM-dd}T17:00:00Z"));
        Assert.Equal(["evening"], await IdsAsync($"to={day:yyyy-MM-dd}T23:59:59.9%2B07:00"));
    }

    private async Task<IEnumerable<string>> IdsAsync(string range) => (await Api.SendAsync("GET", $"/v1/usage?cost_center=range-ahead&{range}"))
        .Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Select(r => (string)r!["request_id"]!).Order(StringComparer.Ordinal);
}
