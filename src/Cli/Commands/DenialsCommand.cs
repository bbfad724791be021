using System.CommandLine;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget denials</c>: which checks were denied, and why.</summary>
internal static class DenialsCommand
{
    private const int MaxAtOnce = 500;

    public static Command Create(CommandLine line)
    {
        var (costCenter, user, model, from, to, most) = (Arguments.OptionalCostCenter(), Arguments.User(), Arguments.Model(), Arguments.From(), Arguments.To(), Arguments.Most(30));
        var (session, reason, request) =
            (Arguments.Text("--session", "NAME", "Of one session."), Arguments.Text("--reason", "REASON", "Such as budget_exceeded or paused."), Arguments.Text("--request", "ID", "Of one request."));
        var command = new Command("denials", "Denied checks of the last 7 days, the latest first, and what refused each.") { costCenter, user, session, model, reason, request, from, to, most };
        line.OnRun(command, async run =>
        {
            var answer = (await run.Engine.GetAsync(
                Query.Of(
                    "/v1/denials", ("cost_center", run.Of(costCenter)), ("user", run.Of(user)), ("session", run.Of(session)), ("model", run.Of(model)), ("reason", run.Of(reason)),
                    ("request_id", run.Of(request)), ("from", run.Of(from)), ("to", run.Of(to)), ("limit", $"{Math.Clamp(run.Of(most), 1, MaxAtOnce)}")),
                run.Stopping)).Body;
            List<JsonElement> items = [.. answer.Items("items")];
            if (run.Screen.AsJson) items.ForEach(run.Screen.JsonLine);
            else Print(run.Screen, items);
            if (answer.Member("omitted") is { } omitted)
            {
                run.Screen.Remark($"{omitted.Text("count")} more between {omitted.Text("from")} and {omitted.Text("to")} were only counted: there were too many in a minute");
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static void Print(Screen screen, IEnumerable<JsonElement> items) => screen.Table(
        ["at", "request", "cost center", "user", "model", "amount", "reason", "because", "retry in"],
        items.Select(d => new[]
        {
            Screen.Escape(d.Text("at")), Screen.Escape(d.Text("request_id")), Screen.Escape(d.Text("cost_center")), Screen.Escape(d.Text("user")), Screen.Escape(d.Text("model")), d.Text("amount"),
            Screen.Escape(d.Text("reason")), Screen.Escape(d.Text("detail") ?? Windows.InWords(d.Member("blocked_by")) ?? Pauses.InWords(d.Member("paused_by"))),
            d.Text("retry_after_seconds") is { } seconds ? seconds + " s" : "",
        }),
        5, 8);
}
