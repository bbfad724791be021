using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Operations;

public class RootPageTests
{
    private const string User = "<script>alert(1)</script>";

    [Fact]
    public async Task Page_InOpenMode_ListsAlerts_Escaped()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        Assert.Contains("None.", (await api.SendAsync("GET", "/")).Expect(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        await CrossAsync(api);
        var page = "";
        await Eventually.HoldsAsync("the page lists the alert", async () => (page = (await api.SendAsync("GET", "/")).Body).Contains("budget.threshold.reached", StringComparison.Ordinal));
        Assert.DoesNotContain(User, page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        // Through a proxy nobody is open.
        Assert.DoesNotContain("budget.threshold", (await api.SendAsync("GET", "/", null, "X-Forwarded-For: 1.2.3.4")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WhereKeysAreNeeded_ListsNone()
    {
        await using var api = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={KeyedHost.AdminKey}"]);
        var page = (await api.SendAsync("GET", "/", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Body;
        Assert.DoesNotContain("Alerts of", page, StringComparison.Ordinal);
        Assert.Contains("behind a key", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_FitsANarrowScreen_AndAsksForNothingElse()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        var page = (await api.SendAsync("GET", "/")).Expect(HttpStatusCode.OK).Body;
        Assert.Contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", page, StringComparison.Ordinal);
        Assert.Contains("<link rel=\"icon\" href=\"data:,\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfACostCenter_ShowsItsLimitsAndItsAlertsOnly()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await CrossAsync(api);
        (await api.SendAsync("PUT", "/v1/budgets/page", """{"monthly":1000,"per_child":{"daily":50}}""")).Expect(HttpStatusCode.Created);
        (await api.SendAsync("PUT", "/v1/budgets/page/y", """{"daily":20}""")).Expect(HttpStatusCode.Created);
        (await api.SendAsync("POST", "/v1/usage", """{"request_id":"2","cost_center":"page/y","cost":12.5}""")).Expect(HttpStatusCode.OK);
        await Eventually.HoldsAsync("the page of the cost center lists its alert", async () => (await PageAsync(api, "page%2Fx")).Contains("budget.threshold.reached", StringComparison.Ordinal));
        var page = await PageAsync(api, "page%2Fy");
        Assert.Contains("<h2>page/y</h2>", page, StringComparison.Ordinal);
        Assert.Contains(Row("page/<wbr>y", "daily", "7.5", "20", "12.5", "0"), page, StringComparison.Ordinal);
        // What else limits it: the cost center above.
        Assert.Contains("<td class=\"path\">page</td><td>monthly</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("budget.threshold.reached", page, StringComparison.Ordinal);
        (await api.SendAsync("POST", "/v1/usage", """{"request_id":"3","cost_center":"page/z","cost":1}""")).Expect(HttpStatusCode.OK);
        Assert.Contains(Row("page/<wbr>z", "daily", "49", "50", "1", "0"), await PageAsync(api, "page%2Fz"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such/cost-center", "There is no cost center no-such/cost-center.")]
    [InlineData("%3Cscript%3Ealert(1)%3C%2Fscript%3E", "That is no cost center: ")]
    [InlineData("a&cost_center=b", "That is no cost center: ")]
    [InlineData("%22%3E%3Cimg%20src=x%3E", "That is no cost center: ")]
    [InlineData("a%00b", "That is no cost center: ")]
    public async Task Page_OfACostCenterThatIsNone_SaysSo_Escaped(string query, string says)
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        var page = await PageAsync(api, query);
        Assert.Contains(says, page, StringComparison.Ordinal);
        Assert.Contains("Alerts of the last day", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Empty((await api.SendAsync("GET", "/v1/cost-centers")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task Page_OfACostCenterAskedForFromElsewhere_ShowsNoFigures_ButAWayToThem()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await CrossAsync(api);
        var page = await PageAsync(api, "page%2Fx", "Sec-Fetch-Site: cross-site");
        Assert.DoesNotContain("<td", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/?cost_center=page%2Fx\">page/x</a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfACostCenterWhereKeysAreNeeded_SaysWhereItsFiguresAre_WhetherItExistsOrNot()
    {
        await using var api = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={KeyedHost.AdminKey}", "--AutoCreateTenants=true"]);
        (await api.SendAsync("PUT", "/v1/budgets/page/x", """{"daily":10}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        foreach (var path in (string[])["page/x", "page/none"])
        {
            var page = await PageAsync(api, path, KeyedHost.Admin);
            Assert.Contains($"<code>GET /v1/cost-centers/{path}</code>", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<td", page, StringComparison.Ordinal);
            Assert.DoesNotContain("There is no", page, StringComparison.Ordinal);
        }
    }

    private static string Row(string path, string period, params string[] amounts) =>
        $"<tr><td class=\"path\">{path}</td><td>{period}</td>{string.Concat(amounts.Select(a => $"<td class=\"amount\">{a}</td>"))}<td>ok</td></tr>";

    private static async Task<string> PageAsync(ApiHost api, string costCenter, params string[] headers) =>
        (await api.SendAsync("GET", $"/?cost_center={costCenter}", null, headers)).Expect(HttpStatusCode.OK).Body;

    private static async Task CrossAsync(ApiHost api)
    {
        (await api.SendAsync("PUT", "/v1/budgets/page/x", """{"per_user":{"total":10}}""")).Expect(HttpStatusCode.Created);
        (await api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"1","cost_center":"page/x","cost":8,"user":"{{User}}"}""")).Expect(HttpStatusCode.OK);
    }
}
