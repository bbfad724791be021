using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Dashboard.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Dashboard.Tests.Pages;

[Collection(nameof(KeyedHost))]
public class SessionTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Theory]
    [InlineData("/")]
    [InlineData("/cost-centers")]
    [InlineData("/cost-centers/secret/x")]
    [InlineData("/cost-centers/secret/none")]
    [InlineData("/?cost_center=secret%2Fx")]
    [InlineData("/usage")]
    [InlineData("/alerts")]
    [InlineData("/prices")]
    [InlineData("/system")]
    [InlineData("/first-run")]
    public async Task Page_WithoutAKey_IsTheDoor_WhetherTheThingExistsOrNot(string path)
    {
        using var visitor = new Visitor(Api);
        (await Api.SendAsync("PUT", "/v1/budgets/secret/x", """{"daily":7765432}""", KeyedHost.Admin)).Expect2xx();
        (await visitor.GetAsync(path)).Expect(HttpStatusCode.OK).Has("Sign in with a key").HasNot("765,432").HasNot("There is no").HasNot("Go on");
    }

    [Fact]
    public async Task SignIn_WithAGoodKey_MakesASession_ThatScriptsCannotRead()
    {
        using var visitor = new Visitor(Api);
        var (key, _) = await host.NewKeyAsync("read");
        await visitor.GetAsync("/sign-in");
        var signedIn = await visitor.PostAsync("/sign-in", [("key", key), ("next", "/usage?model=a")]);
        Assert.Equal((HttpStatusCode.SeeOther, "/usage?model=a"), (signedIn.Status, signedIn.Location));
        Assert.Contains("httponly", signedIn.Cookies, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", signedIn.Cookies, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(key, signedIn.Cookies, StringComparison.Ordinal);
        (await visitor.GetAsync("/")).Expect(HttpStatusCode.OK).Has("Sign out").HasNot(key);
        await visitor.PostAsync("/sign-out", []);
        (await visitor.GetAsync("/")).Has("Sign in with a key");
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("")]
    [InlineData("/a b")]
    public async Task SignIn_WithANextThatIsNotOurs_LeadsToTheOverview(string next)
    {
        using var visitor = new Visitor(Api);
        var (key, _) = await host.NewKeyAsync("read");
        await visitor.GetAsync("/sign-in");
        Assert.Equal("/", (await visitor.PostAsync("/sign-in", [("key", key), ("next", next)])).Location);
    }

    [Fact]
    public async Task SignIn_WithAWrongKey_SaysSo_AndNothingMore()
    {
        using var visitor = new Visitor(Api);
        await visitor.GetAsync("/sign-in");
        (await visitor.PostAsync("/sign-in", [("key", "bk_wrong"), ("next", "/")])).Expect(HttpStatusCode.Unauthorized).Has("This key is unknown, revoked or expired.").HasNot("bk_wrong");
        var (checkOnly, _) = await host.NewKeyAsync("check");
        (await visitor.PostAsync("/sign-in", [("key", checkOnly), ("next", "/")])).Expect(HttpStatusCode.Unauthorized).Has("This key may not read.");
    }

    [Fact]
    public async Task Session_OfARevokedKey_EndsWithIt()
    {
        using var visitor = new Visitor(Api);
        var (key, id) = await host.NewKeyAsync("read");
        await visitor.SignInAsync(key);
        (await visitor.GetAsync("/usage")).Has("Sign out");
        (await Api.SendAsync("DELETE", "/v1/keys/" + id, null, KeyedHost.Admin)).Expect2xx();
        await Eventually.HoldsAsync("the session has ended", async () => (await visitor.GetAsync("/usage")).Html.Contains("Sign in with a key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Session_OfASubtree_SeesNothingElse()
    {
        using var visitor = new Visitor(Api);
        foreach (var (path, limit) in (ValueTuple<string, int>[])[("sub", 9_731), ("sub/mine", 50), ("sub/mine/deep", 20), ("sub/other", 8_642)])
        {
            (await Api.SendAsync("PUT", "/v1/budgets/" + path, $$"""{"daily":{{limit}}}""", KeyedHost.Admin)).Expect2xx();
        }

        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"s-1","cost_center":"sub/other","cost":3,"user":"hidden-user"}""", KeyedHost.Admin)).Expect2xx();
        var (key, _) = await host.NewKeyAsync("admin", "sub/mine");
        await visitor.SignInAsync(key);
        await Eventually.HoldsAsync("the overview has it", async () => (await visitor.GetAsync("/")).Html.Contains("/cost-centers/sub/mine/deep\"", StringComparison.Ordinal));
        foreach (var path in (string[])["/", "/cost-centers", "/cost-centers?q=sub", "/cost-centers?open=sub", "/usage", "/alerts", "/prices", "/cost-centers/sub/mine"])
        {
            (await visitor.GetAsync(path)).Expect(HttpStatusCode.OK).HasNot("sub/other").HasNot("hidden-user").HasNot("9,731").HasNot("8,642").HasNot("href=\"/system\"").HasNot("href=\"/cost-centers/sub\"");
        }

        // Limits above decide too, so that they do is told, and nothing else of them.
        (await visitor.GetAsync("/cost-centers/sub/mine")).Has("Above your key: its amounts are not shown.").HasNot("?edit");
        (await visitor.GetAsync("/cost-centers/sub/mine/deep")).Has("href=\"?edit\"").HasNot("at most");
        foreach (var path in (string[])["/cost-centers/sub", "/cost-centers/sub/other", "/cost-centers/sub/none", "/usage?cost_center=sub/other", "/system"])
        {
            (await visitor.GetAsync(path)).Expect(HttpStatusCode.Forbidden).Has("Your key covers sub/mine and below.").HasNot("8,642");
        }

        foreach (var path in (string[])["sub/mine", "sub/other"])
        {
            (await visitor.PostAsync("/edit/pause/" + path, [("reason", "mine")])).Expect(HttpStatusCode.Forbidden);
            (await visitor.PostAsync("/edit/budget/" + path, [("daily", "1"), ("enforcement", "hard"), ("reason", "mine")])).Expect(HttpStatusCode.Forbidden);
        }

        (await Api.SendAsync("POST", "/v1/check", """{"cost_center":"sub/other","amount":1}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Cookie_OfASession_IsNoKeyOfTheApi_ButOfLiveEvents()
    {
        var (key, _) = await host.NewKeyAsync("admin");
        var cookie = "Cookie: budget_session=" + System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(key));
        (await Api.SendAsync("GET", "/v1/cost-centers", null, cookie)).ExpectProblem(401, "key_required");
        (await Api.SendAsync("POST", "/v1/pause", """{"cost_center":"secret/x"}""", cookie)).ExpectProblem(401, "key_required");
        (await Api.SendAsync("GET", "/v1/events", null, cookie, "Sec-Fetch-Site: cross-site")).ExpectProblem(401, "key_required");
        using var client = new HttpClient { BaseAddress = Api.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.TryAddWithoutValidation("Cookie", cookie[8..]);
        using var stream = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType?.MediaType);
    }
}
