using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget prices reprice</c>: rates usage again by the prices as they are now, and follows the job. Stopping the program does not stop the job.</summary>
internal static class RepriceCommand
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    public static Command Create(CommandLine line)
    {
        var (from, to, under, reason) = (Arguments.From(), Arguments.To(), Arguments.Text("--under", "COST_CENTER", "Only this one and below."), Arguments.Reason());
        from.Required = true;
        var models = new Option<string[]>("--model") { HelpName = "MODEL", Description = "Only these; may be given several times." };
        var only = new Option<string[]>("--only") { HelpName = "FLAG", Description = "Only records with one of these flags, such as unpriced." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what it would change." };
        var command = new Command("reprice", "Rates usage again by the prices as they are now; differences become corrections.") { from, to, under, models, only, dryRun, reason };
        line.OnRun(command, async run =>
        {
            var order = new JsonObject { ["from"] = run.Of(from), ["dry_run"] = run.Of(dryRun) };
            if (run.Of(to) is { } end) order["to"] = end;
            if (run.Of(under) is { } path) order["cost_center"] = path;
            if (run.Of(models) is { Length: > 0 } names) order["models"] = Array(names);
            if (run.Of(only) is { Length: > 0 } flags) order["only"] = Array(flags);
            if (run.Of(reason) is { } why) order["reason"] = why;
            var job = (await run.Engine.SendAsync(HttpMethod.Post, "/v1/prices/reprice", order, run.Stopping)).Body;
            await run.Screen.WithProgressAsync("reprice", async tell =>
            {
                while (job.Text("state") == "open")
                {
                    tell(job.Number("rows_total") is { } all and > 0 ? (double)((job.Number("rows_done") ?? 0) / all) : null, $"{job.Text("rows_done")} records");
                    await Task.Delay(_pause, run.Screen.Clock, run.Stopping);
                    job = (await run.Engine.GetAsync($"/v1/prices/reprice/{job.Text("id")}", run.Stopping)).Body;
                }
            });
            if (run.Screen.AsJson) run.Screen.Json(job);
            else Print(run.Screen, job);
            return job.Text("state") == "done" ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }

    private static void Print(Screen screen, JsonElement job)
    {
        if (job.Items("by_model").Any())
        {
            screen.Table(
                ["model", "records", "before", "after", "difference"],
                job.Items("by_model").Select(g => new[] { Screen.Escape(g.Text("name") ?? "others"), g.Text("rows"), g.Text("before"), g.Text("after"), g.Text("difference") }), 1, 2, 3, 4);
        }

        if (job.Member("skipped") is { } skipped)
        {
            foreach (var why in skipped.EnumerateObject()) screen.Line($"left as they are, {why.Name.Replace('_', ' ')}: {why.Value.GetRawText()}");
        }

        screen.Line($"{job.Text("state")}: {job.Text("rows_changed")} of {job.Text("rows_done")} records {(job.Is("dry_run") ? "would change" : "changed")}, {job.Text("difference")} in all (job {job.Text("id")})");
        if (job.Text("fault") is { } fault) screen.Remark(fault);
    }

    private static JsonArray Array(string[] words) => new([.. words.Select(w => (JsonNode)w)]);
}
