using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Playwright;

namespace BudgetEngine.Dashboard.Tests.Browser;

[Collection(nameof(BrowserHost))]
public class LiveTests(BrowserHost host)
{
    private const string Live = "#live[data-state=on]";

    private ApiHost Api => host.Api;

    [ToolFact("chromium")]
    public async Task Record_Posted_MovesTheRow_AndACrossingChangesColourIconAndWordTogether()
    {
        await PutAsync("live/row", """{"daily":10}""");
        await using var watched = await host.NewPageAsync();
        var page = watched.Page;
        await page.GotoAsync("/cost-centers/live/row");
        await page.WaitForSelectorAsync(Live);
        var spent = page.Locator("[data-cc='live/row'][data-f=spent][data-p=daily]").First;
        var chip = page.Locator(".chip[data-cc='live/row'][data-p=daily]").First;
        Assert.Equal("0.00", await spent.TextContentAsync());
        await SpendAsync("live/row", "live-1", "7.5");
        await Eventually.HoldsAsync("the row has moved", async () => await spent.TextContentAsync() == "7.50" && await chip.TextContentAsync() == "Warning");
        Assert.Equal(("chip st-warning", "#i-warning"), (await chip.GetAttributeAsync("class"), await chip.Locator("use").GetAttributeAsync("href")));
        Assert.StartsWith("60", await page.Locator("svg.bar[data-cc='live/row'][data-p=daily] .spent").First.GetAttributeAsync("width"));
        watched.AssertQuiet(Api.Address);
    }

    [ToolFact("chromium")]
    public async Task Record_Posted_OfMoreThanTen_KeepsItsCents()
    {
        await PutAsync("live/cents", """{"daily":100}""");
        await using var watched = await host.NewPageAsync();
        await watched.Page.GotoAsync("/cost-centers/live/cents");
        await watched.Page.WaitForSelectorAsync(Live);
        await SpendAsync("live/cents", "live-cents", "17.5");
        var spent = watched.Page.Locator("[data-cc='live/cents'][data-f=spent][data-p=daily]").First;
        await Eventually.HoldsAsync("the row has moved", async () => await spent.TextContentAsync() != "0.00");
        Assert.Equal("17.50", await spent.TextContentAsync());
    }

    [ToolFact("chromium")]
    public async Task Limit_Edited_SaysWhatChanges_AndUnblocksTheCheck_AndUndoRestores()
    {
        await PutAsync("live/edit", """{"daily":1}""");
        await SpendAsync("live/edit", "live-2", "1");
        await using var watched = await host.NewPageAsync();
        var page = watched.Page;
        await page.GotoAsync("/cost-centers/live/edit");
        Assert.Equal("deny", await DecisionAsync("live/edit"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Edit budget" }).ClickAsync();
        var daily = page.GetByLabel("Daily", new() { Exact = true });
        await daily.FillAsync("0.5");
        await page.Locator(".preview").GetByText("Checks would be denied from now on").First.WaitForAsync();
        // So much that the day's pace, which counts from its tenth part on, does not reach it at any hour.
        await daily.FillAsync("50");
        await page.Locator(".preview").GetByText("available").First.WaitForAsync();
        await page.GetByLabel("Reason").FillAsync("Launch day");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save budget" }).ClickAsync();
        await page.GetByText("Budget saved. In force from the next check.").WaitForAsync();
        Assert.Equal("allow", await DecisionAsync("live/edit"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await page.GetByText("The budget is as it was before.").WaitForAsync();
        Assert.Equal("deny", await DecisionAsync("live/edit"));
        watched.AssertQuiet(Api.Address);
    }

    [ToolFact("chromium")]
    public async Task Dialog_Escaped_LeadsBackToThePage()
    {
        await PutAsync("live/escape", """{"daily":1}""");
        await using var watched = await host.NewPageAsync();
        var page = watched.Page;
        await page.GotoAsync("/cost-centers/live/escape?edit");
        Assert.Equal("f-daily", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.Keyboard.PressAsync("Escape");
        await page.WaitForURLAsync("**/cost-centers/live/escape");
        Assert.Equal(0, await page.Locator("dialog").CountAsync());
        await page.Keyboard.PressAsync("/");
        Assert.Equal("find", await page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [ToolFact("chromium")]
    public async Task EveryWrite_WithoutAScript_StillWorks()
    {
        await PutAsync("live/plain", """{"daily":1}""");
        await using var watched = await host.NewPageAsync(script: false);
        var page = watched.Page;
        await page.GotoAsync("/cost-centers/live/plain");
        await page.GetByRole(AriaRole.Link, new() { Name = "Edit budget" }).ClickAsync();
        await page.GetByLabel("Daily", new() { Exact = true }).FillAsync("8");
        await page.GetByLabel("Reason").FillAsync("No script");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save budget" }).ClickAsync();
        await page.GetByText("Budget saved.").WaitForAsync();
        Assert.Equal(8m, (decimal)(await Api.SendAsync("GET", "/v1/budgets/live/plain")).Json["budget"]!["daily"]!);
    }

    [ToolFact("chromium")]
    public async Task Theme_Switched_StaysSwitched()
    {
        await using var watched = await host.NewPageAsync();
        var page = watched.Page;
        await page.GotoAsync("/");
        // Until the script listens.
        await Eventually.HoldsAsync("the page is dark", async () =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Switch between light and dark" }).ClickAsync();
            return await page.Locator("html").GetAttributeAsync("data-theme") == "dark";
        });
        await page.ReloadAsync();
        Assert.Equal("dark", await page.Locator("html").GetAttributeAsync("data-theme"));
    }

    [ToolFact("chromium")]
    public async Task FirstRun_OfAFreshInstallation_TicksEachStepOffAsTheEngineSeesIt()
    {
        await using var fresh = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await using var watched = await host.NewPageAsync(address: fresh.Address);
        var page = watched.Page;
        await page.GotoAsync("/");
        await page.WaitForSelectorAsync(Live);
        Assert.Contains("Three steps to a first denial", await page.Locator("h1").TextContentAsync(), StringComparison.Ordinal);
        (await fresh.SendAsync("PUT", "/v1/prices/gpt-4.1", """{"input":2,"output":8}""")).Expect(HttpStatusCode.Created);
        (await fresh.SendAsync("PUT", "/v1/budgets/demo/app", """{"daily":0.05}""")).Expect(HttpStatusCode.Created);
        await Eventually.HoldsAsync("the first step is done", () => DoneAsync(page, 1));
        (await fresh.SendAsync("POST", "/v1/check", """{"cost_center":"demo/app","model":"gpt-4.1","input_tokens":1200,"max_output_tokens":800}""")).Expect(HttpStatusCode.OK);
        await Eventually.HoldsAsync("the second step is done", () => DoneAsync(page, 2));
        Assert.Equal("deny", (string?)(await fresh.SendAsync("POST", "/v1/check", """{"cost_center":"demo/app","model":"gpt-4.1","input_tokens":1200,"max_output_tokens":8000}""")).Json["decision"]);
        await Eventually.HoldsAsync("the third step is done", () => DoneAsync(page, 3));
        watched.AssertQuiet(fresh.Address);
    }

    [ToolFact("chromium")]
    public async Task SignIn_InABrowser_OpensThePages_AndSignOutClosesThem()
    {
        const string key = "an-admin-key-of-enough-characters-for-tests";
        await using var keyed = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={key}", "--AutoCreateTenants=true"]);
        (await keyed.SendAsync("PUT", "/v1/budgets/door/x", """{"daily":5}""", "X-Budget-Key: " + key)).Expect(HttpStatusCode.Created);
        await using var watched = await host.NewPageAsync(address: keyed.Address);
        var page = watched.Page;
        await page.GotoAsync("/cost-centers/door/x");
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/cost-centers/door/x");
        // Live by the session's cookie, which the script itself cannot read.
        await page.WaitForSelectorAsync(Live);
        Assert.DoesNotContain("budget_session", await page.EvaluateAsync<string>("document.cookie"), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByText("Sign in with a key").WaitForAsync();
        watched.AssertQuiet(keyed.Address);
    }

    private static async Task<bool> DoneAsync(IPage page, int step) => await page.Locator($".steps > .step:nth-child({step}).done").CountAsync() == 1;

    private async Task PutAsync(string path, string budget) => Assert.True((await Api.SendAsync("PUT", "/v1/budgets/" + path, budget)).Status is HttpStatusCode.Created or HttpStatusCode.OK);

    private async Task SpendAsync(string path, string id, string cost) =>
        (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{id}}","cost_center":"{{path}}","cost":{{cost}}}""")).Expect(HttpStatusCode.OK);

    private async Task<string> DecisionAsync(string path) =>
        (string)(await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{path}}","amount":0.5,"dry_run":true}""")).Json["decision"]!;
}
