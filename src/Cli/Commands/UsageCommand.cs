using System.CommandLine;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget usage</c>: the latest calls, or the dearest.</summary>
internal static class UsageCommand
{
    public static Command Create(CommandLine line)
    {
        var (costCenter, user, model, from, to, most) = (Arguments.OptionalCostCenter(), Arguments.User(), Arguments.Model(), Arguments.From(), Arguments.To(), Arguments.Most(30));
        var dearest = new Option<bool>("--dearest") { Description = "By cost instead of time." };
        var command = new Command("usage", "Usage records, the latest first.") { costCenter, user, model, from, to, dearest, most };
        line.OnRun(command, run =>
        {
            var path = Query.Of(
                "/v1/usage", ("cost_center", run.Of(costCenter)), ("user", run.Of(user)), ("model", run.Of(model)), ("from", run.Of(from)), ("to", run.Of(to)),
                ("sort", run.Of(dearest) ? "-cost" : null));
            return run.ListAsync(path, run.Of(most), Print);
        });
        return command;
    }

    private static void Print(Screen screen, IEnumerable<JsonElement> items) => screen.Table(
        ["recorded", "request", "cost center", "user", "model", "in", "out", "cost", "flags"],
        items.Select(r => new[]
        {
            Screen.Escape(r.Text("recorded_at")), Screen.Escape(r.Text("request_id")), Screen.Escape(r.Text("cost_center")), Screen.Escape(r.Text("user")), Screen.Escape(r.Text("model")),
            r.Text("input_tokens"), r.Text("output_tokens"), r.Text("cost"), Screen.Escape(r.Text("flags")),
        }),
        5, 6, 7);
}
