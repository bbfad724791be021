using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Dashboard.Tests.Harness;

namespace BudgetEngine.Dashboard.Tests.Pages;

/// <summary>Prices, channels and summaries, edited on pages.</summary>
[Collection(nameof(KeyedHost))]
public class SettingFormTests(KeyedHost host)
{
    private const string Secret = "https://hooks.invalid/services/T0/B0/a-secret";

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Price_Edited_IsInForceAtOnce_KeepsItsTiers_AndUndoTakesItBack()
    {
        using var visitor = await AdminAsync();
        await PutAsync("/v1/prices/set-edit", """{"input":2,"output":8,"cached_input":0.5,"aliases":["set-other"],"context_tiers":[{"above_input_tokens":200000,"input":4}]}""");
        var page = await visitor.GetAsync("/prices?edit=1&price=set-edit");
        page.Has("value=\"2.00\"").Has("USD per 1,000,000 tokens");
        var saved = await visitor.PostAsync("/edit/price", [("price", "set-edit"), ("entry", FieldOf(page, "entry")), ("input", "3"), ("output", "8"), ("cached_input", ""), ("cache_write", ""), ("reason", "New list")]);
        Assert.StartsWith("/prices?done=price&price=set-edit&entry=", saved.Expect(HttpStatusCode.SeeOther).Location);
        var price = await PriceAsync("set-edit");
        Assert.Equal(("3", "8", null, "4"), (price["input"]!.ToJsonString(), price["output"]!.ToJsonString(), price["cached_input"]?.ToJsonString(), price["context_tiers"]![0]!["input"]!.ToJsonString()));
        Assert.Equal("set-other", (string)price["aliases"]![0]!);
        Assert.Equal("New list", (string)(await Api.SendAsync("GET", "/v1/audit?action=price.put", null, KeyedHost.Admin)).Json["items"]![0]!["reason"]!);

        var undo = ActionOf((await visitor.GetAsync(saved.Location!)).Has("Price saved. In force for checks and records from now on."), "/edit/price/undo");
        Assert.Equal("/prices?done=as-before", (await visitor.PostAsync(undo, [])).Location);
        Assert.Equal("2", (await PriceAsync("set-edit"))["input"]!.ToJsonString());
        // Once is all: what stands now was not made here.
        Assert.Equal("/prices", (await visitor.PostAsync(undo, [])).Location);
    }

    [Fact]
    public async Task PricePreview_SaysWhatTheMonthWouldHaveCost_AndWarnsOfASlip_AndChangesNothing()
    {
        using var visitor = await AdminAsync();
        await PutAsync("/v1/prices/set-preview", """{"input":2,"output":8}""");
        await SendAsync("POST", "/v1/usage", """{"request_id":"set-1","cost_center":"set/a","model":"set-preview","input_tokens":1000000,"output_tokens":500000}""");
        await BudgetEngine.TestKit.Waiting.Eventually.HoldsAsync("it is rolled up", async () =>
            (await visitor.GetAsync("/prices?edit=1&price=set-preview&input=20&output=8&cached_input=&cache_write=")).Html.Contains("booked at $6.00", StringComparison.Ordinal));
        (await visitor.GetAsync("/prices?edit=1&price=set-preview&input=20&output=8&cached_input=&cache_write="))
            .Has("At these rates they would have come to about $24.00.").Has("Input changes by &#x2B;900%. Is it per 1,000,000 tokens?").Has("<b>20.00 (&#x2B;900%)</b>").HasNot("Output <span class=\"was\">");
        // The widest step that prices can make.
        await PutAsync("/v1/prices/set-tiny", """{"input":0.000000000000000001,"output":0.000000000000000001}""");
        await SendAsync("POST", "/v1/usage", """{"request_id":"set-2","cost_center":"set/a","model":"set-tiny","input_tokens":1000000000,"output_tokens":5}""");
        (await visitor.GetAsync("/prices?edit=1&price=set-tiny&input=1000000000&output=1000000000&cached_input=&cache_write=")).Expect(HttpStatusCode.OK).Has("over &#x2B;1,000,000%");
        Assert.Equal("2", (await PriceAsync("set-preview"))["input"]!.ToJsonString());
    }

    [Fact]
    public async Task Price_ThatSomebodyElseHasChanged_IsNotReplaced_AndFaultsStandBesideTheirFields()
    {
        using var visitor = await AdminAsync();
        await PutAsync("/v1/prices/set-stale", """{"input":2,"output":8}""");
        var page = await visitor.GetAsync("/prices?edit=1&price=set-stale");
        await PutAsync("/v1/prices/set-stale", """{"input":7,"output":8}""");
        (string, string)[] form = [("price", "set-stale"), ("entry", FieldOf(page, "entry")), ("input", "3"), ("output", "8"), ("reason", "late")];
        var refused = (await visitor.PostAsync("/edit/price", form)).Expect(HttpStatusCode.UnprocessableEntity).Has("Somebody else has changed this price meanwhile.").Has("<span class=\"was\">7.00</span>").Has("value=\"3\"");
        Assert.Equal("7", (await PriceAsync("set-stale"))["input"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.SeeOther, (await visitor.PostAsync("/edit/price", [.. form.Where(f => f.Item1 != "entry"), ("entry", FieldOf(refused, "entry"))])).Status);
        (await visitor.PostAsync("/edit/price", [("price", "set-faults"), ("entry", "0"), ("input", "-1"), ("output", ""), ("cached_input", "cheap"), ("reason", "")]))
            .Expect(HttpStatusCode.UnprocessableEntity).Has("id=\"e-input\"").Has("id=\"e-output\"").Has("id=\"e-cached_input\"").Has("id=\"e-reason\"");
        Assert.Empty((await Api.SendAsync("GET", "/v1/prices?model=set-faults", null, KeyedHost.Admin)).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task Price_TakenAway_DeniesChecks_AndUndoBringsItBack()
    {
        using var visitor = await AdminAsync();
        await PutAsync("/v1/prices/set-gone", """{"input":2,"output":8}""");
        await PutAsync("/v1/budgets/set", "{}");
        var page = (await visitor.GetAsync("/prices?remove=1&price=set-gone")).Has("No price for set-gone?");
        var removed = await visitor.PostAsync("/edit/price/remove", [("price", "set-gone"), ("entry", FieldOf(page, "entry")), ("reason", "Retired")]);
        Assert.Equal("unknown_model", await ReasonAsync());
        await visitor.PostAsync(ActionOf(await visitor.GetAsync(removed.Location!), "/edit/price/undo"), []);
        Assert.Null(await ReasonAsync());

        async Task<string?> ReasonAsync() =>
            (string?)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"set/a","model":"set-gone","input_tokens":1,"max_output_tokens":1,"dry_run":true}""", KeyedHost.Admin)).Json["reason"];
    }

    [Fact]
    public async Task Channel_IsAddedAndEdited_ItsSecretStaysAndIsNeverShown_AndUndoRestores()
    {
        using var visitor = await AdminAsync();
        (await visitor.GetAsync("/alerts?channel")).Has("Microsoft Teams").Has("/alerts?channel=1&amp;type=slack");
        (await visitor.GetAsync("/alerts?channel=1&type=slack")).Has("type=\"password\"");
        var added = await visitor.PostAsync("/edit/channel", [("new", "1"), ("name", "set-slack"), ("type", "slack"), ("under", "set"), ("url", Secret), ("levels", "warning, critical"), ("types", ""), ("reason", "On call")]);
        Assert.Equal("/alerts?done=channel&name=set-slack", added.Expect(HttpStatusCode.SeeOther).Location);
        (await visitor.GetAsync(added.Location!)).Has("Channel saved.").HasNot("hooks.invalid");
        var edit = (await visitor.GetAsync("/alerts?channel=1&name=set-slack")).Has("kept as it is").HasNot("hooks.invalid");
        edit.Has("value=\"warning, critical\"");
        // Nothing typed into the secret: it stays.
        var saved = await visitor.PostAsync("/edit/channel", [("name", "set-slack"), ("type", "slack"), ("under", "set/a"), ("url", ""), ("levels", ""), ("types", "budget.denied"), ("reason", "Less")]);
        var channel = await ChannelAsync("set-slack");
        Assert.Equal(("set/a", true, null, "budget.denied"), ((string)channel["under"]!, (bool)channel["url_set"]!, channel["levels"]?.ToJsonString(), (string)channel["types"]![0]!));
        Assert.Equal(Secret, await StoredUrlAsync("set-slack"));
        Assert.Equal("/alerts?done=as-before", (await visitor.PostAsync(ActionOf(await visitor.GetAsync(saved.Location!), "/edit/channel/undo"), [])).Location);
        channel = await ChannelAsync("set-slack");
        Assert.Equal(("set", "warning"), ((string)channel["under"]!, (string)channel["levels"]![0]!));
        Assert.Equal(Secret, await StoredUrlAsync("set-slack"));

        var removed = await visitor.PostAsync("/edit/channel/remove", [("name", "set-slack"), ("reason", "Moved")]);
        (await Api.SendAsync("GET", "/v1/channels/set-slack", null, KeyedHost.Admin)).ExpectProblem(404, "unknown_channel");
        await visitor.PostAsync(ActionOf(await visitor.GetAsync(removed.Location!), "/edit/channel/undo"), []);
        Assert.Equal(Secret, await StoredUrlAsync("set-slack"));
    }

    [Fact]
    public async Task Channel_WithFaults_NamesEach_AndDoesNotRepeatTheSecret()
    {
        using var visitor = await AdminAsync();
        await visitor.GetAsync("/alerts?channel=1&type=webhook");
        (await visitor.PostAsync("/edit/channel", [("new", "1"), ("name", "Bad Name"), ("type", "webhook"), ("under", "no//path"), ("url", "http://typed.invalid/a"), ("secret", "whsec_typed"), ("levels", "LOUD"), ("types", "nothing"), ("reason", "")]))
            .Expect(HttpStatusCode.UnprocessableEntity).Has("id=\"e-name\"").Has("id=\"e-under\"").Has("id=\"e-url\"").Has("id=\"e-levels\"").Has("id=\"e-types\"").Has("id=\"e-reason\"").HasNot("typed.invalid").HasNot("whsec_typed");
    }

    [Fact]
    public async Task Summary_IsAddedWithAPreviewOfItself_AndChannelsThatItWouldLeaveAreNamed()
    {
        using var visitor = await AdminAsync();
        await PutAsync("/v1/channels/sum-mail", """{"type":"email","to":["a@example.com"],"under":"sum"}""");
        (await visitor.GetAsync("/alerts?summary")).Has("sum-mail (sum)").Has("What it would send now");
        (await visitor.GetAsync("/alerts?summary=1&new=1&name=weekly&cost_center=sum&period=weekly&weekday=friday&hour=9&channels=sum-mail")).Has("sum spent nothing from").Has("The next goes out on Friday");
        (string, string)[] form = [("new", "1"), ("name", "sum-weekly"), ("cost_center", "sum"), ("period", "weekly"), ("weekday", "friday"), ("hour", "9"), ("channels", "sum-mail"), ("reason", "Finance asked")];
        (await visitor.PostAsync("/edit/summary", [.. form.Where(f => f.Item1 is not "channels" and not "reason")])).Expect(HttpStatusCode.UnprocessableEntity).Has("id=\"e-channels\"").Has("id=\"e-reason\"");
        Assert.Equal("/alerts?done=summary&name=sum-weekly", (await visitor.PostAsync("/edit/summary", form)).Location);
        var made = (await Api.SendAsync("GET", "/v1/schedules/sum-weekly", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(("sum", "friday", 9), ((string)made["cost_center"]!, (string)made["weekday"]!, (int)made["hour"]!));
        (await visitor.GetAsync("/alerts")).Has("Weekly on Friday, 09:00").Has("sum to sum-mail");
        (await visitor.GetAsync("/alerts?channel=1&name=sum-mail&type=email&under=sum/below&levels=&types=&to=a@example.com")).Has("No longer sent here: sum-weekly.");
        (await visitor.PostAsync("/edit/summary", form)).Expect(HttpStatusCode.UnprocessableEntity).Has("there is a summary of this name already");
        var removed = await visitor.PostAsync("/edit/summary/remove", [("name", "sum-weekly"), ("reason", "Enough")]);
        (await Api.SendAsync("GET", "/v1/schedules/sum-weekly", null, KeyedHost.Admin)).ExpectProblem(404, "unknown_schedule");
        await visitor.PostAsync(ActionOf(await visitor.GetAsync(removed.Location!), "/edit/summary/undo"), []);
        Assert.Equal(9, (int)(await Api.SendAsync("GET", "/v1/schedules/sum-weekly", null, KeyedHost.Admin)).Json["hour"]!);
    }

    [Theory]
    [InlineData("/edit/price", "price", "set-forged")]
    [InlineData("/edit/price/remove", "price", "set-forged")]
    [InlineData("/edit/channel", "name", "set-forged")]
    [InlineData("/edit/channel/remove", "name", "set-forged")]
    [InlineData("/edit/channel/undo", "name", "set-forged")]
    [InlineData("/edit/summary", "name", "set-forged")]
    [InlineData("/edit/summary/remove", "name", "set-forged")]
    public async Task Form_ThatIsForged_OrOfAKeyThatOnlyReads_IsRefused(string address, string field, string value)
    {
        using var visitor = await AdminAsync();
        await visitor.GetAsync("/alerts");
        (string, string)[] form = [(field, value), ("entry", "0"), ("input", "1"), ("output", "1"), ("type", "slack"), ("url", Secret), ("period", "daily"), ("hour", "1"), ("channels", "x"), ("reason", "forged")];
        (await visitor.PostAsync(address, form, null, visitor.Origin)).Expect(HttpStatusCode.Forbidden).Has("Nothing was changed");
        (await visitor.PostAsync(address, form, visitor.FormToken, "https://evil.example")).Expect(HttpStatusCode.Forbidden);
        (await visitor.PostAsync(address, form, visitor.FormToken, visitor.Origin, "cross-site")).Expect(HttpStatusCode.Forbidden);
        using var reader = new Visitor(Api);
        await reader.SignInAsync((await host.NewKeyAsync("read")).Key);
        await reader.GetAsync("/alerts");
        (await reader.PostAsync(address, form)).Expect(HttpStatusCode.Forbidden).Has("Your key may only read");
        Assert.Empty((await Api.SendAsync("GET", "/v1/prices?model=set-forged", null, KeyedHost.Admin)).Json["items"]!.AsArray());
        (await Api.SendAsync("GET", "/v1/channels/set-forged", null, KeyedHost.Admin)).ExpectProblem(404, "unknown_channel");
        (await Api.SendAsync("GET", "/v1/schedules/set-forged", null, KeyedHost.Admin)).ExpectProblem(404, "unknown_schedule");
    }

    [Fact]
    public async Task KeyOfASubtree_ChangesItsOwnChannelsAndSummaries_AndNoPrice()
    {
        using var visitor = new Visitor(Api);
        await visitor.SignInAsync((await host.NewKeyAsync("admin", "setsub/eng")).Key);
        await PutAsync("/v1/channels/setsub-above", """{"type":"slack","url":"https://hooks.invalid/above","under":"setsub"}""");
        await PutAsync("/v1/prices/set-sub", """{"input":2,"output":8}""");
        (await visitor.GetAsync("/prices")).HasNot("Enter a price");
        (await visitor.GetAsync("/prices?edit=1&price=set-sub")).HasNot("Save price");
        (await visitor.GetAsync("/alerts")).HasNot("setsub-above");
        (await visitor.PostAsync("/edit/price", [("price", "set-sub"), ("entry", "0"), ("input", "1"), ("output", "1"), ("reason", "cheap")])).Expect(HttpStatusCode.Forbidden).Has("Not for this key");
        (await visitor.GetAsync("/alerts?channel=1&name=setsub-above")).HasNot("Save channel").HasNot("setsub-above");
        (await visitor.PostAsync("/edit/channel", [("name", "setsub-above"), ("new", "1"), ("type", "slack"), ("url", "https://hooks.invalid/mine"), ("reason", "take it")])).Expect(HttpStatusCode.UnprocessableEntity).Has("is taken: use another");
        (await visitor.PostAsync("/edit/channel", [("name", "setsub-mine"), ("new", "1"), ("type", "slack"), ("under", "setsub"), ("url", "https://hooks.invalid/mine"), ("reason", "wide")])).Has("is outside of your key&#x27;s subtree");
        Assert.Equal(HttpStatusCode.SeeOther, (await visitor.PostAsync("/edit/channel", [("name", "setsub-mine"), ("new", "1"), ("type", "slack"), ("url", "https://hooks.invalid/mine"), ("reason", "mine")])).Status);
        Assert.Equal("setsub/eng", (string)(await ChannelAsync("setsub-mine"))["under"]!);
        (string, string)[] summary = [("name", "setsub-daily"), ("new", "1"), ("period", "daily"), ("weekday", "monday"), ("hour", "7"), ("channels", "setsub-above"), ("reason", "all")];
        (await visitor.PostAsync("/edit/summary", summary)).Expect(HttpStatusCode.UnprocessableEntity).Has("is not the name of a channel");
        Assert.Equal(HttpStatusCode.SeeOther, (await visitor.PostAsync("/edit/summary", [.. summary.Where(f => f.Item1 != "channels"), ("channels", "setsub-mine")])).Status);
        // What another key did is not its to undo.
        using var admin = await AdminAsync();
        await admin.GetAsync("/alerts?channel=1&name=setsub-above");
        await admin.PostAsync("/edit/channel", [("name", "setsub-above"), ("type", "slack"), ("under", "setsub"), ("levels", "critical"), ("reason", "less")]);
        Assert.Equal("/alerts", (await visitor.PostAsync("/edit/channel/undo?name=setsub-above", [])).Location);
        Assert.Equal("critical", (string)(await ChannelAsync("setsub-above"))["levels"]![0]!);
    }

    private async Task<Visitor> AdminAsync()
    {
        var visitor = new Visitor(Api);
        await visitor.SignInAsync(KeyedHost.AdminKey);
        return visitor;
    }

    private Task PutAsync(string path, string body) => SendAsync("PUT", path, body);

    private async Task SendAsync(string method, string path, string body) => (await Api.SendAsync(method, path, body, KeyedHost.Admin)).Expect2xx();

    private async Task<JsonNode> ChannelAsync(string name) => (await Api.SendAsync("GET", "/v1/channels/" + name, null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json;

    /// <summary>The version in force: the latest entered.</summary>
    private async Task<JsonNode> PriceAsync(string model) => (await Api.SendAsync("GET", "/v1/prices?model=" + model, null, KeyedHost.Admin)).Json["items"]!.AsArray()[^1]!;

    private async Task<string?> StoredUrlAsync(string name) =>
        (await ((Ledger.Alerts.IChannelReader)Api.Services.GetService(typeof(Ledger.Alerts.IChannelReader))!).ReadChannelAsync(name, CancellationToken.None))!.Target.Url;

    private static string FieldOf(Page page, string name)
    {
        var before = $"name=\"{name}\" value=\"";
        var from = page.Html.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return page.Html[from..page.Html.IndexOf('"', from)];
    }

    private static string ActionOf(Page page, string address)
    {
        var from = page.Has($"action=\"{address}").Html.IndexOf($"action=\"{address}", StringComparison.Ordinal) + "action=\"".Length;
        return WebUtility.HtmlDecode(page.Html[from..page.Html.IndexOf('"', from)]);
    }
}
