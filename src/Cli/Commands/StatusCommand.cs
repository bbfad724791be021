using System.CommandLine;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget status</c>: what is left of every limit on a path; without one, what the key sees.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandLine line)
    {
        var (costCenter, user) = (Arguments.OptionalCostCenter(), Arguments.User());
        var command = new Command("status", "What is left, of every limit of a cost center and above it.") { costCenter, user };
        line.OnRun(command, async run =>
        {
            if (run.Of(costCenter) is not { } path) return await TopCommand.PrintAsync(run, null, "utilization", 20);
            var answer = (await run.Engine.GetAsync(Query.Of("/v1/limits", ("cost_center", path), ("user", run.Of(user))), run.Stopping)).Body;
            if (run.Screen.AsJson)
            {
                run.Screen.Json(answer);
                return CommandLine.Done;
            }

            var denied = answer.Text("decision") == "deny";
            run.Screen.Marked(denied ? $"[red]would be denied:[/] {Screen.Escape(answer.Text("reason"))}" : "[green]would be allowed[/]");
            Windows.Print(run.Screen, answer.Items("items"));
            return CommandLine.Done;
        });
        return command;
    }
}
