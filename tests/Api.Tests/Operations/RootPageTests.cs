using System.Net;

namespace BudgetEngine.Api.Tests;

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
        await Eventually.TrueAsync(async () => (page = (await api.SendAsync("GET", "/")).Body).Contains("budget.threshold.reached", StringComparison.Ordinal), "the page lists the alert");
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

    private static async Task CrossAsync(ApiHost api)
    {
        (await api.SendAsync("PUT", "/v1/budgets/page/x", """{"per_user":{"total":10}}""")).Expect(HttpStatusCode.Created);
        (await api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"1","cost_center":"page/x","cost":8,"user":"{{User}}"}""")).Expect(HttpStatusCode.OK);
    }
}
