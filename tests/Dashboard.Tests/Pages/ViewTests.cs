using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Dashboard.Overview;
using BudgetEngine.Dashboard.Tests.Harness;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Dashboard.Tests.Pages;

[Collection(nameof(OpenHost))]
public class ViewTests(OpenHost host)
{
    private const string User = "<script>alert(1)</script>";

    /// <summary>The design's bound.</summary>
    private const int MaxWeight = 60 * 1024;

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Overview_OfATenant_SaysWhatIsSpentAndWhatIsHeld()
    {
        using var visitor = new Visitor(Api);
        await PutAsync("ov", """{"monthly":100,"daily":50}""");
        await SpendAsync("ov/team", "12.5");
        (await Api.SendAsync("POST", "/v1/check", """{"cost_center":"ov/team","amount":2}""")).Expect(HttpStatusCode.OK);
        (await visitor.GetAsync("/?tenant=ov&w=month")).Expect(HttpStatusCode.OK).Has("$12.50").Has("of $100 spent").Has("held <b>$2.00</b>").Has("by risk");
        await Eventually.HoldsAsync("the new cost center is ranked", async () => (await visitor.GetAsync("/?tenant=ov")).Html.Contains("href=\"/cost-centers/ov/team\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WarmUp_MakesTheOverviewAndACostCenter()
    {
        await PutAsync("warm", """{"daily":1}""");
        var warmUp = Api.Services.GetServices<IHostedService>().OfType<WarmUp>().Single();
        await Eventually.HoldsAsync("both are made", async () => (await warmUp.MakeAsync(CancellationToken.None)) is [200, 200]);
    }

    [Fact]
    public async Task CostCenter_WithLimitsAbove_ShowsEveryWindowThatACheckMustFit()
    {
        using var visitor = new Visitor(Api);
        await PutAsync("cc", """{"monthly":1000,"per_child":{"daily":50}}""");
        await PutAsync("cc/y", """{"daily":20,"per_user":{"daily":3}}""");
        await SpendAsync("cc/y", "12.5");
        await SpendAsync("cc/z", "1");
        (await visitor.GetAsync("/cost-centers/cc/y")).Expect(HttpStatusCode.OK)
            .Has("<h1 class=\"longpath\">y</h1>").Has("12.50</span><span class=\"sub\">of 20").Has("of 1,000").Has("at most <b>$7.50</b>").Has("Each user also has $3 a day here.");
        // The parent limits each child that has no budget of its own.
        (await visitor.GetAsync("/cost-centers/cc/z")).Expect(HttpStatusCode.OK).Has("of 50").Has("at most <b>$49.00</b>");
        (await visitor.GetAsync("/cost-centers/cc")).Has("Below this cost center").Has("href=\"/cost-centers/cc/z\"");
    }

    [Fact]
    public async Task Tree_WithBranches_OpensAndClosesByAddress()
    {
        using var visitor = new Visitor(Api);
        await SpendAsync("tree/a/b", "1");
        (await visitor.GetAsync("/cost-centers?open=tree")).Has("/cost-centers/tree/a\"").HasNot("/cost-centers/tree/a/b\"").Has("aria-label=\"Open tree/a\"");
        (await visitor.GetAsync("/cost-centers?open=tree,tree/a")).Has("/cost-centers/tree/a/b\"").Has("aria-label=\"Close tree/a\"");
        await Eventually.HoldsAsync("the search finds it", async () => (await visitor.GetAsync("/cost-centers?q=ree/a/")).Html.Contains("/cost-centers/tree/a/b\"", StringComparison.Ordinal));
        Assert.Equal("/cost-centers/tree/a/b", (await visitor.GetAsync("/cost-centers?q=tree/a/b")).Location);
        (await visitor.GetAsync("/cost-centers?q=no-such")).Expect(HttpStatusCode.OK).Has("Nothing was found");
    }

    [Fact]
    public async Task Usage_WithFilters_ListsTheRecords_Escaped()
    {
        using var visitor = new Visitor(Api);
        (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"u-1","cost_center":"us/a","cost":0.000012,"user":"{{User}}"}""")).Expect(HttpStatusCode.OK);
        await SpendAsync("us/b", "3");
        (await visitor.GetAsync("/usage?cost_center=us/a")).Expect(HttpStatusCode.OK).Has("0.000012").Has("&lt;script&gt;").HasNot(User).HasNot("/cost-centers/us/b\"");
        (await visitor.GetAsync("/usage?cost_center=us&sort=cost")).Has("/cost-centers/us/b\"");
        (await visitor.GetAsync("/usage?from=yesterday&status=lost")).Expect(HttpStatusCode.OK).Has("must be a date").Has("The status must be one of");
    }

    [Fact]
    public async Task Alerts_OfACrossing_AreTold_Escaped()
    {
        using var visitor = new Visitor(Api);
        await PutAsync("al/x", """{"per_user":{"total":10}}""");
        (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"al-1","cost_center":"al/x","cost":8,"user":"{{User}}"}""")).Expect(HttpStatusCode.OK);
        await Eventually.HoldsAsync("the alert is listed", async () => (await visitor.GetAsync("/alerts")).Html.Contains("Total budget at 70%", StringComparison.Ordinal));
        (await visitor.GetAsync("/alerts")).Has("$8.00 of $10").Has("&lt;script&gt;").HasNot(User).Has("Nobody is told yet");
        (await visitor.GetAsync("/cost-centers/al/x")).Has("Total budget at 70%");
    }

    [Fact]
    public async Task Prices_InForce_AreListedPerMillion()
    {
        using var visitor = new Visitor(Api);
        (await Api.SendAsync("PUT", "/v1/prices/priced-model", """{"input":0.002,"output":0.008,"per":1000,"aliases":["pm-alias"]}""")).Expect(HttpStatusCode.Created);
        (await visitor.GetAsync("/prices?model=pm-al")).Expect(HttpStatusCode.OK).Has("priced-model").Has("2.00").Has("8.00").Has("as input");
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"p-1","cost_center":"pr/a","model":"unpriced-model","input_tokens":10,"output_tokens":10}""")).Expect(HttpStatusCode.OK);
        await Eventually.HoldsAsync("the model without a price is listed", async () => (await visitor.GetAsync("/prices")).Html.Contains("unpriced-model", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("spend", "rep/a</a>")]
    [InlineData("budgets", "OVER BUDGET")]
    [InlineData("models", "&lt;script&gt;")]
    [InlineData("providers", "openai")]
    [InlineData("users", "u-7")]
    [InlineData("tags", "search")]
    [InlineData("trend", "this month")]
    [InlineData("spikes", "No spike")]
    [InlineData("forecast", "Formula: ended days")]
    public async Task Report_OfAnyKind_IsAPage_WithItsCsvAndPrint(string report, string says)
    {
        using var visitor = new Visitor(Api);
        await PutAsync("rep/a", """{"daily":1}""");
        await Api.SendAsync("POST", "/v1/usage", $$$"""{"request_id":"rep-1","cost_center":"rep/a","cost":2.5,"model":"{{{User}}}","provider":"openai","user":"u-7","tags":{"feature":"search"}}""");
        await Eventually.HoldsAsync("the usage is in the reports", async () => (await visitor.GetAsync("/reports/users?cost_center=rep")).Html.Contains("u-7", StringComparison.Ordinal));
        await Eventually.HoldsAsync("its cost center is in the list", async () => (await visitor.GetAsync("/reports/spend?cost_center=rep")).Html.Contains("href=\"/cost-centers/rep/a\"", StringComparison.Ordinal));
        var page = (await visitor.GetAsync($"/reports/{report}?cost_center=rep")).Expect(HttpStatusCode.OK).HasNot(User);
        if (report == "spend") page.Has("href=\"/cost-centers/rep/a\"").Has("2.50");
        else page.Has(says);
        foreach (var format in (string[])["csv", "html"])
        {
            var reply = (await Api.SendAsync("GET", $"/v1/reports/{report}?cost_center=rep&format={format}")).Expect(HttpStatusCode.OK);
            Assert.Equal(format == "csv" ? "text/csv" : "text/html", reply.MediaType);
            Assert.Contains($"/v1/reports/{report}?format={format}&amp;cost_center=rep", page.Html, StringComparison.Ordinal);
            if (format == "html") Assert.DoesNotContain(User, reply.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task CostCenter_ShowsItsLatestDenials_AndThePausesOfUsersAndModelsThatTouchIt()
    {
        using var visitor = new Visitor(Api);
        await PutAsync("denied/a", """{"daily":1}""");
        (await Api.SendAsync("POST", "/v1/pause", """{"cost_center":"denied","user":"u-7","reason":"loop"}""")).Expect(HttpStatusCode.OK);
        await Api.SendAsync("POST", "/v1/check", $$$"""{"cost_center":"denied/a","amount":2.5,"user":"u-8","request_id":"req-den","model":"{{{User}}}"}""");

        await Eventually.HoldsAsync("the denial is shown", async () => (await visitor.GetAsync("/cost-centers/denied/a")).Html.Contains("req-den", StringComparison.Ordinal));

        (await visitor.GetAsync("/cost-centers/denied/a")).HasNot(User).Has("budget_exceeded").Has("denied/a daily: $0.00 spent, $0.00 held of $1.00").Has("User u-7").Has("loop");
        (await visitor.GetAsync("/cost-centers/denied")).Has("req-den");
    }

    [Fact]
    public async Task Reports_WithBadFilters_SaySo()
    {
        using var visitor = new Visitor(Api);
        (await visitor.GetAsync("/reports/spend?from=yesterday&cost_center=A//b")).Expect(HttpStatusCode.OK).Has("must be a date").Has("The cost center ");
        (await visitor.GetAsync("/reports/spend?from=2026-11-02&to=2026-11-01")).Has("The last day must not be before the first.");
    }

    [Fact]
    public async Task System_WhenAsked_ComparesRecordsWithBalances()
    {
        using var visitor = new Visitor(Api);
        (await visitor.GetAsync("/system")).Expect(HttpStatusCode.OK).Has("Lease").Has("Open mode").Has("SQLite");
        (await visitor.GetAsync("/system?check")).Expect(HttpStatusCode.OK).Has("Exact to the nano-unit");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/cost-centers")]
    [InlineData("/cost-centers/weight/a?edit")]
    [InlineData("/usage")]
    [InlineData("/reports")]
    [InlineData("/alerts")]
    [InlineData("/prices")]
    [InlineData("/system")]
    [InlineData("/first-run")]
    public async Task View_OfAnyKind_IsLightAndLetsNothingForeignIn(string path)
    {
        using var visitor = new Visitor(Api);
        await PutAsync("weight/a", """{"daily":5,"monthly":50}""");
        var page = (await visitor.GetAsync(path)).Expect(HttpStatusCode.OK);
        Assert.Contains("default-src 'none'", page.Policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", page.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", page.Policy, StringComparison.Ordinal);
        page.Has("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">").Has("lang=\"en\"").HasNot(" style=\"").HasNot(" onclick=").HasNot("href=\"http");
        var weight = (await visitor.GetAsync(path, "Accept-Encoding: br")).Bytes;
        foreach (var asset in (string[])["/assets/dashboard.css", "/assets/dashboard.js"]) weight += (await visitor.GetAsync(asset, "Accept-Encoding: br")).Expect(HttpStatusCode.OK).Bytes;
        Assert.InRange(weight, 1, MaxWeight);
    }

    [Theory]
    [InlineData("/?cost_center=no-such/cost-center", 200, "There is no cost center no-such/cost-center.")]
    [InlineData("/?cost_center=%3Cscript%3Ealert(1)%3C%2Fscript%3E", 200, "That is no cost center: ")]
    [InlineData("/?cost_center=a&cost_center=b", 200, "That is no cost center: ")]
    [InlineData("/?cost_center=%22%3E%3Cimg%20src=x%3E", 200, "That is no cost center: ")]
    [InlineData("/?cost_center=a%00b", 200, "That is no cost center: ")]
    [InlineData("/cost-centers/no-such", 404, "There is no cost center no-such.")]
    [InlineData("/cost-centers/a%20b", 404, "That is no cost center: ")]
    public async Task CostCenter_ThatIsNone_IsSaidSo_Escaped(string path, int status, string says)
    {
        using var visitor = new Visitor(Api);
        (await visitor.GetAsync(path)).Expect((HttpStatusCode)status).Has(says).HasNot("<script>alert").HasNot("<img");
    }

    [Fact]
    public async Task LinkOfAnAlert_LeadsToItsCostCenter()
    {
        using var visitor = new Visitor(Api);
        await PutAsync("link/x", """{"daily":10}""");
        (await visitor.GetAsync("/?cost_center=link%2Fx")).Expect(HttpStatusCode.OK).Has("<h1 class=\"longpath\">x</h1>").Has("of 10");
        // From elsewhere, in open mode: no figures, but a way to them.
        (await visitor.GetAsync("/?cost_center=link%2Fx", "Sec-Fetch-Site: cross-site")).Expect(HttpStatusCode.OK).HasNot("of 10").Has("href=\"/?cost_center=link%2Fx\"").Has("Go on to link/x");
        // Through a proxy nobody is open.
        (await visitor.GetAsync("/cost-centers/link/x", "X-Forwarded-For: 1.2.3.4")).HasNot("of 10");
    }

    [Fact]
    public async Task Asset_WithItsVersion_IsKeptForGood()
    {
        using var visitor = new Visitor(Api);
        var page = (await visitor.GetAsync("/system")).Html;
        var from = page.IndexOf("/assets/dashboard.css?v=", StringComparison.Ordinal);
        var reply = await Api.SendAsync("GET", page[from..page.IndexOf('"', from)]);
        Assert.Equal("text/css", reply.Expect(HttpStatusCode.OK).MediaType);
        Assert.Contains("immutable", reply.Header("Cache-Control"), StringComparison.Ordinal);
    }

    private async Task PutAsync(string path, string budget) => Assert.True((await Api.SendAsync("PUT", "/v1/budgets/" + path, budget)).Status is HttpStatusCode.Created or HttpStatusCode.OK);

    private async Task SpendAsync(string path, string cost) =>
        (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{path}}-{{cost}}","cost_center":"{{path}}","cost":{{cost}}}""")).Expect(HttpStatusCode.OK);
}
