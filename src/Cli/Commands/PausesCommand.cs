using System.CommandLine;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget pauses</c>: what is paused.</summary>
internal static class PausesCommand
{
    public static Command Create(CommandLine line)
    {
        var (costCenter, user, model, most) = (Arguments.OptionalCostCenter(), Arguments.User(), Arguments.Model(), Arguments.Most(100));
        var command = new Command("pauses", "What is paused: of a cost center, below it, and above it where that touches it.") { costCenter, user, model, most };
        line.OnRun(command, run => run.ListAsync(
            Query.Of("/v1/pauses", ("cost_center", run.Of(costCenter)), ("user", run.Of(user)), ("model", run.Of(model))), run.Of(most), Print));
        return command;
    }

    private static void Print(Screen screen, IEnumerable<JsonElement> items) => screen.Table(
        ["paused", "until", "since", "by", "reason"],
        items.Select(p => new[]
        {
            Screen.Escape(Pauses.Subject(p)), Screen.Escape(p.Text("until") ?? "resumed"), Screen.Escape(p.Text("at")), Screen.Escape(p.Text("by_name") ?? p.Text("by")), Screen.Escape(p.Text("reason")),
        }));
}
