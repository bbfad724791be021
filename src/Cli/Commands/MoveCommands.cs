using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget move</c>, <c>archive</c> and <c>unarchive</c>: changes of the tree's shape. Stopping the program does not stop a move.</summary>
internal static class MoveCommands
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    public static Command[] Create(CommandLine line) =>
    [
        Move(line),
        Archive(line, "archive", "Takes a cost center that is over out of the lists; its checks are denied, its history stays."),
        Archive(line, "unarchive", "Ends that."),
    ];

    private static Command Move(CommandLine line)
    {
        var from = new Argument<string>("from") { HelpName = "FROM", Description = "The cost center that is moved, with all below it." };
        var to = new Argument<string>("to") { HelpName = "TO", Description = "Its new name, in the same tenant. Where it exists, both become one." };
        var history = Arguments.Text("--history", "move|keep", "keep: what was spent stays under the old name, which is archived.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what it would move, and whom it would bring over a limit." };
        var reason = Arguments.Reason();
        var command = new Command("move", "Moves, renames or merges a cost center, and follows the job. Its checks are denied until what is open there has ended.") { from, to, history, dryRun, reason };
        line.OnRun(command, async run =>
        {
            var order = new JsonObject { ["to"] = run.Of(to), ["dry_run"] = run.Of(dryRun) };
            if (run.Of(history) is { } word) order["history"] = word;
            if (run.Of(reason) is { } why) order["reason"] = why;
            var job = (await run.Engine.SendAsync(HttpMethod.Post, $"/v1/cost-centers/{Query.Name(run.Of(from))}/move", order, run.Stopping)).Body;
            if (!run.Of(dryRun)) job = await FollowAsync(run, job);
            if (run.Screen.AsJson) run.Screen.Json(job);
            else if (job.Member("extent") is { } extent) Print(run.Screen, job, extent);
            else run.Screen.Line($"{job.Text("state")}: {job.Text("cost_center")} is {job.Text("to")}, {job.Text("rows_done")} records renamed (move {job.Text("id")})");
            if (job.Text("fault") is { } fault) run.Screen.Remark(fault);
            return run.Of(dryRun) || job.Text("state") == "done" ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }

    private static async Task<JsonElement> FollowAsync(Run run, JsonElement job)
    {
        await run.Screen.WithProgressAsync("move", async tell =>
        {
            while (job.Text("state") is "draining" or "moved" or "renaming")
            {
                tell(
                    job.Number("rows_total") is { } all and > 0 ? (double)((job.Number("rows_done") ?? 0) / all) : null,
                    job.Text("open") is { } open and not "0" ? $"waiting for {open} open reservations" : $"{job.Text("rows_done")} records");
                await Task.Delay(_pause, run.Screen.Clock, run.Stopping);
                job = (await run.Engine.GetAsync($"/v1/moves/{job.Text("id")}", run.Stopping)).Body;
            }
        });
        return job;
    }

    private static void Print(Screen screen, JsonElement job, JsonElement extent)
    {
        screen.Line($"would move {job.Text("cost_center")} to {job.Text("to")}: {extent.Text("cost_centers")} cost centers ({extent.Text("merged")} merged), {extent.Text("rows")} records,");
        screen.Line($"{extent.Text("budgets")} budgets, {extent.Text("increases")} increases, {extent.Text("pauses")} pauses, {extent.Text("keys")} keys, {extent.Text("channels")} channels; {extent.Text("open")} reservations are open");
        foreach (var ending in extent.Items("budgets_that_end")) screen.Remark($"its budget would end, since there is one at the new name: {ending.GetString()}");
        foreach (var over in extent.Items("over_limit")) screen.Remark($"over its limit: {over.Text("cost_center")}, {over.Text("period")}, {over.Text("spent")} of {over.Text("limit")}");
    }

    private static Command Archive(CommandLine line, string name, string description)
    {
        var (costCenter, reason) = (Arguments.CostCenter(), Arguments.Reason());
        var command = new Command(name, description) { costCenter, reason };
        line.OnRun(command, async run =>
        {
            var body = new JsonObject { ["cost_center"] = run.Of(costCenter) };
            if (run.Of(reason) is { } why) body["reason"] = why;
            var answer = (await run.Engine.SendAsync(HttpMethod.Post, $"/v1/{name}", body, run.Stopping)).Body;
            if (run.Screen.AsJson) run.Screen.Json(answer);
            else run.Screen.Line($"{name}d: {run.Of(costCenter)}{(answer.Is("changed") ? "" : " (it was already)")}");
            return CommandLine.Done;
        });
        return command;
    }
}
