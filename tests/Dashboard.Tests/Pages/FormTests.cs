using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Dashboard.Tests.Harness;

namespace BudgetEngine.Dashboard.Tests.Pages;

[Collection(nameof(KeyedHost))]
public class FormTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Budget_Raised_UnblocksTheNextCheck_AndUndoBlocksItAgain()
    {
        using var visitor = await AdminAsync();
        await PutAsync("form/raise", """{"daily":1,"per_user":{"daily":5},"thresholds":[{"at":0.5,"level":"half"}]}""");
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"f-1","cost_center":"form/raise","cost":1}""", KeyedHost.Admin)).Expect2xx();
        Assert.Equal("deny", await DecisionAsync("form/raise"));
        var page = await visitor.GetAsync("/cost-centers/form/raise?edit");
        page.Has("value=\"1\"").Has("name=\"version\"");
        var saved = await visitor.PostAsync("/edit/budget/form/raise", [("version", VersionOf(page)), ("daily", "3"), ("monthly", ""), ("enforcement", "hard"), ("per_user_daily", "5"), ("reason", "Black Friday")]);
        Assert.Equal((HttpStatusCode.SeeOther, "/cost-centers/form/raise?done=budget"), (saved.Status, saved.Location));
        Assert.Equal("allow", await DecisionAsync("form/raise"));
        (await visitor.GetAsync(saved.Location!)).Has("Budget saved. In force from the next check.").Has("action=\"/edit/undo/form/raise\"").Has("“Black Friday”");
        // What the form does not show stays as it was.
        var stored = (await Api.SendAsync("GET", "/v1/budgets/form/raise", null, KeyedHost.Admin)).Json["budget"]!;
        Assert.Equal(("half", 5m, 3m), ((string?)stored["thresholds"]![0]!["level"], (decimal)stored["per_user"]!["daily"]!, (decimal)stored["daily"]!));
        Assert.Equal("/cost-centers/form/raise?done=undone", (await visitor.PostAsync("/edit/undo/form/raise", [])).Location);
        Assert.Equal("deny", await DecisionAsync("form/raise"));
        Assert.Equal(1m, (decimal)(await Api.SendAsync("GET", "/v1/budgets/form/raise", null, KeyedHost.Admin)).Json["budget"]!["daily"]!);
    }

    [Fact]
    public async Task Preview_OfALowerLimit_SaysThatChecksWouldBeDenied_AndChangesNothing()
    {
        using var visitor = await AdminAsync();
        await PutAsync("form/preview", """{"daily":10}""");
        await PutAsync("form", """{"monthly":100000}""");
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"f-2","cost_center":"form/preview","cost":4}""", KeyedHost.Admin)).Expect2xx();
        (await visitor.GetAsync("/cost-centers/form/preview?edit=1&daily=3&enforcement=hard")).Expect(HttpStatusCode.OK)
            .Has("<span class=\"was\">10</span>").Has("<b>3</b>").Has("Checks would be denied from now on").Has("form decides as well");
        (await visitor.GetAsync("/cost-centers/form/preview?edit=1&daily=20&enforcement=soft")).Has("<b>20</b>").HasNot("would be denied from now on");
        (await visitor.GetAsync("/cost-centers/form/preview?increase=1&period=daily&amount=5")).Has("<b>15</b>");
        Assert.Equal(10m, (decimal)(await Api.SendAsync("GET", "/v1/budgets/form/preview", null, KeyedHost.Admin)).Json["budget"]!["daily"]!);
    }

    [Fact]
    public async Task Budget_ThatSomebodyElseHasChanged_IsNotReplaced()
    {
        using var visitor = await AdminAsync();
        await PutAsync("form/stale", """{"daily":1}""");
        var page = await visitor.GetAsync("/cost-centers/form/stale?edit");
        await PutAsync("form/stale", """{"daily":7}""");
        (await visitor.PostAsync("/edit/budget/form/stale", [("version", VersionOf(page)), ("daily", "3"), ("enforcement", "hard"), ("reason", "late")]))
            .Expect(HttpStatusCode.UnprocessableEntity).Has("Somebody else has changed this budget meanwhile.").Has("<span class=\"was\">7</span>").Has("value=\"3\"");
        Assert.Equal(7m, (decimal)(await Api.SendAsync("GET", "/v1/budgets/form/stale", null, KeyedHost.Admin)).Json["budget"]!["daily"]!);
    }

    [Fact]
    public async Task Budget_OfAKeyThatIsRevokedWhileItsFormIsOnTheWay_IsNotChanged()
    {
        await PutAsync("form/revoked", """{"daily":1}""");
        var (key, id) = await host.NewKeyAsync("admin");
        using var visitor = new Visitor(Api);
        await visitor.SignInAsync(key);
        var page = await visitor.GetAsync("/cost-centers/form/revoked?edit");
        var answer = await visitor.PostSlowlyAsync(
            "/edit/budget/form/revoked", [("version", VersionOf(page)), ("daily", "9"), ("enforcement", "hard"), ("reason", "late")],
            async () => (await Api.SendAsync("DELETE", $"/v1/keys/{id}", null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent));
        answer.Has("Sign in with a key");
        Assert.Equal(1m, (decimal)(await Api.SendAsync("GET", "/v1/budgets/form/revoked", null, KeyedHost.Admin)).Json["budget"]!["daily"]!);
    }

    [Fact]
    public async Task Budget_WithFaults_NamesEachBesideItsField()
    {
        using var visitor = await AdminAsync();
        await PutAsync("form/faults", """{"daily":1}""");
        var page = await visitor.GetAsync("/cost-centers/form/faults?edit");
        (await visitor.PostAsync("/edit/budget/form/faults", [("version", VersionOf(page)), ("daily", "1,500"), ("weekly", "-1"), ("monthly", "1e30"), ("enforcement", "maybe"), ("reason", "")]))
            .Expect(HttpStatusCode.UnprocessableEntity).Has("id=\"e-daily\"").Has("id=\"e-weekly\"").Has("id=\"e-monthly\"").Has("id=\"e-reason\"").Has("must be an amount such as 1500 or 0.05");
        (await visitor.PostAsync("/edit/budget/form/faults", [("version", VersionOf(page)), ("daily", "10"), ("monthly", "5"), ("enforcement", "hard"), ("reason", "less")]))
            .Expect(HttpStatusCode.UnprocessableEntity).Has("must not be less than daily");
    }

    [Fact]
    public async Task Pause_ThenResume_DeniesThenAllows()
    {
        using var visitor = await AdminAsync();
        await PutAsync("form/pause", """{"daily":100}""");
        (await visitor.GetAsync("/cost-centers/form/pause?pause")).Has("Pause pause?");
        (await visitor.PostAsync("/edit/pause/form/pause", [("until", "soon"), ("reason", "loop")])).Expect(HttpStatusCode.UnprocessableEntity).Has("id=\"e-until\"");
        Assert.Equal("/cost-centers/form/pause?done=paused", (await visitor.PostAsync("/edit/pause/form/pause", [("until", "hour"), ("reason", "A loop")])).Location);
        Assert.Equal("deny", await DecisionAsync("form/pause"));
        (await visitor.GetAsync("/cost-centers/form/pause")).Has("Paused by the installation&#x27;s admin key.").Has("“A loop”").Has("Resume");
        await visitor.PostAsync("/edit/resume/form/pause", []);
        Assert.Equal("allow", await DecisionAsync("form/pause"));
    }

    [Fact]
    public async Task Increase_UntilTomorrow_RaisesTheLimit()
    {
        using var visitor = await AdminAsync();
        await PutAsync("form/more", """{"daily":1}""");
        Assert.Equal("deny", await DecisionAsync("form/more", "2"));
        await visitor.GetAsync("/cost-centers/form/more?increase");
        (await visitor.PostAsync("/edit/increase/form/more", [("period", "daily"), ("amount", "0"), ("until", "tomorrow"), ("reason", "more")])).Expect(HttpStatusCode.UnprocessableEntity).Has("must be above 0");
        await visitor.PostAsync("/edit/increase/form/more", [("period", "daily"), ("amount", "5"), ("until", "tomorrow"), ("reason", "Launch")]);
        Assert.Equal("allow", await DecisionAsync("form/more", "2"));
        (await visitor.GetAsync("/cost-centers/form/more")).Has("$5 more daily until").Has("“Launch”");
    }

    [Fact]
    public async Task Form_ThatIsForged_ChangesNothing()
    {
        using var visitor = await AdminAsync();
        await PutAsync("form/forged", """{"daily":100}""");
        await visitor.GetAsync("/cost-centers/form/forged?pause");
        (string, string)[] pause = [("until", ""), ("reason", "forged")];
        var address = "/edit/pause/form/forged";
        (await visitor.PostAsync(address, pause, null, visitor.Origin)).Expect(HttpStatusCode.Forbidden).Has("Nothing was changed");
        (await visitor.PostAsync(address, pause, "AAAAAAAAAAAAAAAAAAAAAA", visitor.Origin)).Expect(HttpStatusCode.Forbidden);
        (await visitor.PostAsync(address, pause, visitor.FormToken, "https://evil.example")).Expect(HttpStatusCode.Forbidden);
        (await visitor.PostAsync(address, pause, visitor.FormToken, null)).Expect(HttpStatusCode.Forbidden);
        (await visitor.PostAsync(address, pause, visitor.FormToken, visitor.Origin, "cross-site")).Expect(HttpStatusCode.Forbidden);
        (await visitor.PostAsync(address, pause, visitor.FormToken, visitor.Origin, "same-site")).Expect(HttpStatusCode.Forbidden);
        (await visitor.PostAsync(address, [.. pause, ("much", new string('x', 40_000))])).Expect(HttpStatusCode.Forbidden);
        Assert.Equal("allow", await DecisionAsync("form/forged"));
        (await visitor.PostAsync("/sign-out", [], null, "https://evil.example")).Expect(HttpStatusCode.SeeOther);
        (await visitor.GetAsync("/usage")).Has("Sign out");
    }

    [Fact]
    public async Task Form_OfAKeyThatOnlyReads_ChangesNothing()
    {
        using var visitor = new Visitor(Api);
        await PutAsync("form/read", """{"daily":100}""");
        await visitor.SignInAsync((await host.NewKeyAsync("read")).Key);
        (await visitor.GetAsync("/cost-centers/form/read?edit")).HasNot("Save budget").HasNot("href=\"?pause\"");
        (await visitor.PostAsync("/edit/pause/form/read", [("reason", "no")])).Expect(HttpStatusCode.Forbidden).Has("Your key may only read");
        Assert.Equal("allow", await DecisionAsync("form/read"));
    }

    private async Task<Visitor> AdminAsync()
    {
        var visitor = new Visitor(Api);
        await visitor.SignInAsync(KeyedHost.AdminKey);
        return visitor;
    }

    private async Task PutAsync(string path, string budget) => (await Api.SendAsync("PUT", "/v1/budgets/" + path, budget, KeyedHost.Admin)).Expect2xx();

    private async Task<string> DecisionAsync(string path, string amount = "0.5") =>
        (string)(await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{path}}","amount":{{amount}},"dry_run":true}""", KeyedHost.Admin)).Json["decision"]!;

    private static string VersionOf(Page page)
    {
        const string before = "name=\"version\" value=\"";
        var from = page.Html.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return page.Html[from..page.Html.IndexOf('"', from)];
    }
}
