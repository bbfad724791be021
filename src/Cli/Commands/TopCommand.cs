using System.CommandLine;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget top</c>: cost centers, the fullest first.</summary>
internal static class TopCommand
{
    public static Command Create(CommandLine line)
    {
        var (under, most) = (Arguments.Text("--under", "COST_CENTER", "Only this one and below."), Arguments.Most(20));
        var sort = new Option<string>("--sort") { Description = "By what.", DefaultValueFactory = _ => "utilization" };
        sort.AcceptOnlyFromAmong("utilization", "cost_center");
        var command = new Command("top", "Cost centers, the fullest first.") { under, sort, most };
        line.OnRun(command, run => PrintAsync(run, run.Of(under), run.Of(sort)!, run.Of(most)));
        return command;
    }

    public static Task<int> PrintAsync(Run run, string? under, string sort, int most) =>
        run.ListAsync(Query.Of("/v1/cost-centers", ("under", under), ("sort", sort)), most, Print);

    private static void Print(Screen screen, IEnumerable<JsonElement> items) => screen.Table(
        ["cost center", "status", "today", "this month", "requests today", "fullest limit", "paused"],
        items.Select(c => new[]
        {
            Screen.Escape(c.Text("cost_center")), Screen.Status(c.Text("status")), c.Text("spent_today"), c.Text("spent_month"), c.Text("requests_today"),
            Screen.Bar(c.Items("budgets").Select(b => b.Number("utilization")).Max()), c.Member("paused") is null ? "" : "[red]paused[/]",
        }),
        2, 3, 4);
}
