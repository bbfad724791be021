using BudgetEngine.TestKit.Facts;
using Microsoft.Playwright;

namespace BudgetEngine.Dashboard.Tests.Browser;

/// <summary>Prices and channels edited in a browser.</summary>
[Collection(nameof(BrowserHost))]
public class SettingTests(BrowserHost host)
{
    /// <summary>The script has begun: what is typed from here on has a preview.</summary>
    private const string Modal = "dialog:modal";

    [ToolFact("chromium")]
    public async Task Price_Edited_SaysWhatChanges_AlsoAfterItWasRefused_AndUndoRestores()
    {
        await host.Api.SendAsync("PUT", "/v1/prices/browser-model", """{"input":2,"output":8}""");
        await using var watched = await host.NewPageAsync();
        var page = watched.Page;
        await page.GotoAsync("/prices");
        await page.GetByRole(AriaRole.Link, new() { Name = "Edit the price of browser-model" }).ClickAsync();
        await page.Locator(Modal).WaitForAsync();
        await page.GetByLabel("Output", new() { Exact = true }).FillAsync("10");
        await page.Locator(".preview").GetByText("10.00 (+25%)").WaitForAsync();
        // A reason of blanks is none: the form comes back, under its own address, and its preview goes on.
        await page.GetByLabel("Reason").FillAsync("  ");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save price" }).ClickAsync();
        await page.GetByText("say why; it stands in the history").WaitForAsync();
        await page.Locator(Modal).WaitForAsync();
        await page.GetByLabel("Output", new() { Exact = true }).FillAsync("12");
        await page.Locator(".preview").GetByText("12.00 (+50%)").WaitForAsync();
        await page.GetByLabel("Reason").FillAsync("New list");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save price" }).ClickAsync();
        await page.GetByText("Price saved. In force for checks and records from now on.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await page.GetByText("It is as it was before.").WaitForAsync();
        Assert.Contains("8.00", await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "browser-model" }).TextContentAsync(), StringComparison.Ordinal);
    }

    [ToolFact("chromium")]
    public async Task Limit_ThatWasRefused_GoesOnToSayWhatItChanges()
    {
        await host.Api.SendAsync("PUT", "/v1/budgets/live/refused", """{"daily":5}""");
        await using var watched = await host.NewPageAsync();
        var page = watched.Page;
        await page.GotoAsync("/cost-centers/live/refused?edit");
        await page.GetByLabel("Daily", new() { Exact = true }).FillAsync("1,5");
        await page.GetByLabel("Reason").FillAsync("typo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save budget" }).ClickAsync();
        await page.GetByText("must be an amount such as 1500 or 0.05").WaitForAsync();
        await page.Locator(Modal).WaitForAsync();
        await page.GetByLabel("Daily", new() { Exact = true }).FillAsync("7");
        await page.Locator(".preview").GetByText("7", new() { Exact = true }).WaitForAsync();
    }

    [ToolFact("chromium")]
    public async Task Secret_OfAChannel_GoesIntoNoAddress()
    {
        await using var watched = await host.NewPageAsync();
        var page = watched.Page;
        var addresses = new List<string>();
        page.Request += (_, request) =>
        {
            lock (addresses) addresses.Add(request.Url);
        };
        await page.GotoAsync("/alerts?channel");
        await page.GetByRole(AriaRole.Link, new() { Name = "Slack", Exact = true }).ClickAsync();
        await page.GetByLabel("Webhook address").WaitForAsync();
        await page.Locator(Modal).WaitForAsync();
        await page.GetByLabel("Webhook address").FillAsync("https://hooks.invalid/typed-secret");
        await page.Locator(".preview").GetByText("a new one").WaitForAsync();
        await page.GetByLabel("Name").FillAsync("browser-slack");
        await page.GetByLabel("Reason").FillAsync("On call");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save channel" }).ClickAsync();
        await page.GetByText("Channel saved. In use from the next alert.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await page.GetByText("It is as it was before.").WaitForAsync();
        lock (addresses) Assert.DoesNotContain(addresses, a => a.Contains("typed-secret", StringComparison.Ordinal));
        Assert.DoesNotContain("typed-secret", await page.ContentAsync(), StringComparison.Ordinal);
        watched.AssertQuiet(host.Api.Address);
    }
}
