using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;
using BudgetEngine.Cli.Setup;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget audit</c>: who changed what, and why.</summary>
internal static class AuditCommand
{
    /// <summary>Longer values are cut: <c>--json</c> has them whole.</summary>
    private const int MaxValue = 60;

    public static Command Create(CommandLine line)
    {
        var (costCenter, most) = (Arguments.OptionalCostCenter(), Arguments.Most(30));
        var key = Arguments.Text("--key", "ID|NAME", "By one key.");
        var action = Arguments.Text("--action", "ACTION", "Such as budget.put, or budget for all that was done to budgets.");
        var since = Arguments.Text("--since", "TIME", "A date or an instant.");
        var command = new Command("audit", "Administrative writes, the latest first: who, what, what changed, why.") { costCenter, key, action, since, most };
        line.OnRun(command, run => run.ListAsync(
            Query.Of("/v1/audit", ("cost_center", run.Of(costCenter)), ("key", run.Of(key)), ("action", run.Of(action)), ("since", run.Of(since))), run.Of(most), Print));
        return command;
    }

    private static void Print(Screen screen, IEnumerable<JsonElement> items) => screen.Table(
        ["at", "by", "action", "cost center", "what changed", "reason"],
        items.Select(e => new[]
        {
            Screen.Escape(e.Text("at")), Screen.Escape(e.Text("key_name") ?? e.Text("key")), Screen.Escape(e.Text("action")), Screen.Escape(e.Text("cost_center")),
            Screen.Escape(InWords(e.Member("before"), e.Member("after"))), Screen.Escape(e.Text("reason")),
        }));

    /// <summary>Member by member: <c>daily 300 -> 500, monthly + 5000</c>.</summary>
    private static string InWords(JsonElement? before, JsonElement? after) => string.Join(", ", Differences.Between(Members(before), Members(after)).Select(d => (d.Before, d.After) switch
    {
        (null, { } added) => $"{d.Member} + {Cut(added)}",
        ({ } gone, null) => $"{d.Member} - {Cut(gone)}",
        _ => $"{d.Member} {Cut(d.Before!)} -> {Cut(d.After!)}",
    }));

    private static JsonObject? Members(JsonElement? document) => document is { ValueKind: JsonValueKind.Object } members ? JsonObject.Create(members) : null;

    private static string Cut(string text) => text.Length <= MaxValue ? text : text[..MaxValue] + "…";
}
