using System.CommandLine;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget audit</c>: who changed what, and why.</summary>
internal static class AuditCommand
{
    public static Command Create(CommandLine line)
    {
        var (costCenter, most) = (Arguments.OptionalCostCenter(), Arguments.Most(30));
        var key = Arguments.Text("--key", "ID|NAME", "By one key.");
        var action = Arguments.Text("--action", "ACTION", "Such as budget.put, or budget for all that was done to budgets.");
        var since = Arguments.Text("--since", "TIME", "A date or an instant.");
        var command = new Command("audit", "Administrative writes, the latest first: who, what, what changed, why.") { costCenter, key, action, since, most };
        line.OnRun(command, async run =>
        {
            var path = Query.Of("/v1/audit", ("cost_center", run.Of(costCenter)), ("key", run.Of(key)), ("action", run.Of(action)), ("since", run.Of(since)));
            var items = new List<JsonElement>();
            await foreach (var item in run.Engine.ListAsync(path, run.Of(most), run.Stopping)) items.Add(item);
            if (run.Screen.AsJson) items.ForEach(run.Screen.JsonLine);
            else Print(run.Screen, items);
            return CommandLine.Done;
        });
        return command;
    }

    private static void Print(Screen screen, IEnumerable<JsonElement> items) => screen.Table(
        ["at", "by", "action", "cost center", "what changed", "reason"],
        items.Select(e => new[]
        {
            Screen.Escape(e.Text("at")), Screen.Escape(e.Text("key_name") ?? e.Text("key")), Screen.Escape(e.Text("action")), Screen.Escape(e.Text("cost_center")),
            Screen.Escape(JsonDifference.InWords(e.Member("before"), e.Member("after"))), Screen.Escape(e.Text("reason")),
        }));
}
