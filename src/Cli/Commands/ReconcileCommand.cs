using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget reconcile</c>: an invoice against the ledger. Changes nothing; ends with 2 where they differ.</summary>
internal static class ReconcileCommand
{
    private const int MaxShown = 20;

    public static Command Create(CommandLine line)
    {
        var file = new Argument<FileInfo>("invoice") { Description = "CSV whose first line names the columns, or JSON lines: request_id, date, provider, model, cost." };
        var (from, to) = (Arguments.From(), Arguments.To());
        (from.Required, to.Required) = (true, true);
        var (under, provider) = (Arguments.Text("--under", "COST_CENTER", "Only this one and below."), Arguments.Text("--provider", "NAME", "Whose invoice it is."));
        var tolerance = Arguments.Text("--tolerance", "SHARE", "Amounts that differ by at most this share are the same. Default 0.001.");
        var command = new Command("reconcile", "Compares an invoice with the ledger: ends with 0 where they agree, with 2 where they differ.") { file, from, to, under, provider, tolerance };
        line.OnRun(command, async run =>
        {
            var place = run.Of(file);
            if (!place.Exists) throw new CommandFault($"there is no file {place.FullName}");
            var type = place.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? "text/csv" : "application/x-ndjson";
            await using var lines = place.OpenRead();
            using var body = new StreamContent(lines) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
            var path = Query.Of(
                "/v1/reconcile", ("from", run.Of(from)), ("to", run.Of(to)), ("cost_center", run.Of(under)), ("provider", run.Of(provider)), ("tolerance", run.Of(tolerance)));
            var answer = (await run.Engine.SendContentAsync(HttpMethod.Post, path, body, run.Stopping)).Body;
            if (run.Screen.AsJson) run.Screen.Json(answer);
            else Print(run.Screen, answer);
            return Kinds(answer).All(k => k.Found.Number("count") is null or 0) ? CommandLine.Done : CommandLine.Denied;
        });
        return command;
    }

    private static void Print(Screen screen, JsonElement answer)
    {
        foreach (var (kind, found) in Kinds(answer).Where(k => k.Found.Number("count") > 0))
        {
            screen.Line($"{kind}: {found.Text("count")}, {found.Text("amount")} in all");
            screen.Table(
                ["request", "date", "model", "invoiced", "recorded", "difference"],
                found.Items("items").Take(MaxShown).Select(m => new[]
                {
                    Screen.Escape(m.Text("request_id")), Screen.Escape(m.Text("date")), Screen.Escape(m.Text("model")), m.Text("invoiced"), m.Text("recorded"), m.Text("amount"),
                }),
                3, 4, 5);
        }

        screen.Line($"{answer.Text("matched")} agree; invoiced {answer.Text("invoiced")}, recorded {answer.Text("recorded")}, difference {answer.Text("difference")}");
        if (answer.Text("ignored") is { Length: > 0 } ignored) screen.Remark($"ignored: {ignored}");
    }

    private static IEnumerable<(string Kind, JsonElement Found)> Kinds(JsonElement answer) =>
    [
        ("on the invoice, not recorded", answer.GetProperty("missing")), ("recorded, not on the invoice", answer.GetProperty("extra")), ("at another price", answer.GetProperty("price")),
    ];
}
