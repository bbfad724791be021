using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace BudgetEngine.Dashboard.Tests.Browser;

/// <summary>
/// Every view on a phone in the dark, on a tablet and a desk in the light, and in the long form on a wall and on a desk in the dark: no overflow, no complaint, and nothing that axe finds serious. Axe, which takes most of the time, looks at every second view on a phone
/// in the dark and at the others on a desk in the light; the long form at all of them on both. The screenshots are left for eyes.
/// </summary>
[Collection(nameof(BrowserHost))]
public class LookTests(BrowserHost host)
{
    private static readonly (string Name, string Address)[] Views =
    [
        ("overview", "/"), ("tree", "/cost-centers"), ("cost-center", "/cost-centers/halden/engineering"), ("exceeded", "/cost-centers/halden/engineering/ci-agents"),
        ("paused", "/cost-centers/halden/marketing/copy"), ("edit", "/cost-centers/halden/support?edit=1&daily=50&enforcement=hard"), ("pause", "/cost-centers/halden/support?pause"),
        ("increase", "/cost-centers/halden/support?increase=1&period=daily&amount=40"), ("price-edit", "/prices?edit=1&price=gpt-4.1&input=20&output=8&cached_input=0.5&cache_write="), ("price-new", "/prices?edit"), ("price-remove", "/prices?remove=1&price=gpt-4.1"), ("channel-types", "/alerts?channel"),
        ("channel-new", "/alerts?channel=1&type=webhook"), ("channel-edit", "/alerts?channel=1&name=ops-slack"), ("channel-remove", "/alerts?remove-channel=1&name=ops-slack"), ("summary-edit", "/alerts?summary=1&name=weekly-halden"),
        ("summary-remove", "/alerts?remove-summary=1&name=weekly-halden"), ("report-changes", "/reports/changes?cost_center=halden&period=day"), ("usage", "/usage"), ("report-spend", "/reports?cost_center=halden"), ("report-budgets", "/reports/budgets"), ("report-models", "/reports/models"), ("report-trend", "/reports/trend"), ("report-forecast", "/reports/forecast?cost_center=halden"), ("alerts", "/alerts"), ("prices", "/prices"), ("system", "/system?check"),
        ("first-run", "/first-run"), ("no-cost-center", "/cost-centers/no-such"), ("long", "/cost-centers/" + BrowserHost.LongPath), ("nothing-found", "/usage?user=nobody&cost_center=" + BrowserHost.LongPath),
    ];

    /// <summary>Not what passes, which is most of what axe would tell.</summary>
    private static readonly AxeRunOptions _violations = new() { ResultTypes = [ResultType.Violations] };

    private static readonly string Folder = Directory.CreateDirectory(Path.Combine(Repository.Root!, "artifacts", "dashboard-screenshots")).FullName;

    [ToolFact("chromium")]
    public Task Views_OnAPhone_AreSound() => LookAsync(ColorScheme.Dark, axe: 0, (360, 800));

    [ToolFact("chromium")]
    public Task Views_OnATabletAndADesk_AreSound() => LookAsync(ColorScheme.Light, axe: 1, (768, 1024), (1440, 1000));

    [ToolFact("chromium", IsLong = true)]
    public Task Views_OnADeskInTheDark_AreSound() => LookAsync(ColorScheme.Dark, axe: null, (1440, 1000));

    [ToolFact("chromium", IsLong = true)]
    public Task Views_OnAWall_AreSound() => LookAsync(ColorScheme.Light, axe: null, (2560, 1440));

    /// <param name="axe">The first of the views that axe looks at, at the last of the sizes; null: none.</param>
    private async Task LookAsync(ColorScheme scheme, int? axe, params (int Width, int Height)[] sizes)
    {
        var found = new List<string>();
        // One page for all: each new one is a process of its own.
        await using var watched = await host.NewPageAsync(sizes[0].Width, sizes[0].Height, scheme);
        foreach (var (i, (name, address)) in Views.Index())
        {
            await watched.Page.GotoAsync(address);
            foreach (var (width, height) in sizes)
            {
                await watched.Page.SetViewportSizeAsync(width, height);
                await watched.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = true });
                if (await watched.OverflowsAsync()) found.Add($"{name}: wider than {width}");
            }

            if (axe is { } first && (LongForms.Wanted || i % 2 == first)) found.AddRange((await watched.Page.RunAxe(_violations)).Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{name}: {v.Id} {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}"));
            // A page that says that there is nothing has the status that says so, which browsers note.
            if (name == "no-cost-center") watched.ForgetComplaints();
            watched.AssertQuiet(host.Api.Address);
        }

        Assert.Empty(found);
    }
}
