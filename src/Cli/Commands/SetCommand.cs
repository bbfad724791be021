using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget set</c>: changes what is named of a budget and leaves the rest, and shows before and after.</summary>
internal static class SetCommand
{
    private static readonly string[] _periods = ["daily", "weekly", "monthly", "total"];

    public static Command Create(CommandLine line)
    {
        var costCenter = Arguments.CostCenter();
        var limits = _periods.Select(p => Arguments.Amount($"--{p}", $"The {p} limit; none takes it away.", mayBeNone: true)).ToArray();
        var enforcement = new Option<string>("--enforcement") { Description = "Whether the limit denies." };
        enforcement.AcceptOnlyFromAmong("hard", "soft");
        var (user, reason) = (Arguments.User(), Arguments.Reason());
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change." };
        var command = new Command("set", "Changes the limits of a cost center, or of one user there.") { costCenter, enforcement, user, reason, dryRun };
        foreach (var limit in limits) command.Add(limit);
        command.Validators.Add(result =>
        {
            if (limits.All(l => result.GetResult(l) is null) && result.GetResult(enforcement) is null) result.AddError("say what to set: --daily, --weekly, --monthly, --total or --enforcement");
        });
        line.OnRun(command, async run =>
        {
            var patch = new JsonObject();
            for (var i = 0; i < limits.Length; i++)
            {
                if (run.Of(limits[i]) is { } amount) patch[_periods[i]] = amount == "none" ? null : JsonNode.Parse(amount);
            }

            if (run.Of(enforcement) is { } word) patch["enforcement"] = word;
            var path = Query.Of($"/v1/budgets/{Query.Name(run.Of(costCenter))}", ("user", run.Of(user)));
            var before = await CurrentAsync(run, path);
            if (!run.Of(dryRun))
            {
                var changed = (JsonObject)patch.DeepClone();
                if (run.Of(reason) is { } why) changed["reason"] = why;
                // A first budget is put: there is nothing yet that could be patched.
                var method = before.ValueKind == JsonValueKind.Undefined ? HttpMethod.Put : HttpMethod.Patch;
                var answer = (await run.Engine.SendAsync(method, path, changed, run.Stopping)).Body;
                if (run.Screen.AsJson) run.Screen.Json(answer);
                foreach (var warning in answer.Items("warnings")) run.Screen.Remark($"warning: {warning.GetString() ?? warning.GetRawText()}");
            }

            if (!run.Screen.AsJson) Print(run, patch, before);
            return CommandLine.Done;
        });
        return command;
    }

    private static void Print(Run run, JsonObject patch, JsonElement before)
    {
        run.Screen.Table(["", "before", "after"], patch.Select(p => new[] { p.Key, Screen.Escape(before.Text(p.Key) ?? "none"), Screen.Escape(p.Value?.ToString() ?? "none") }), 1, 2);
        run.Screen.Line(patch.All(p => (before.Text(p.Key) ?? "none") == (p.Value?.ToString() ?? "none")) ? "nothing changes" : "");
    }

    /// <summary>The budget as it is; empty where there is none yet.</summary>
    private static async Task<JsonElement> CurrentAsync(Run run, string path)
    {
        try
        {
            return (await run.Engine.GetAsync(path, run.Stopping)).Body.GetProperty("budget");
        }
        catch (CommandFault fault) when (fault.Message.StartsWith("no_budget", StringComparison.Ordinal) || fault.Message.StartsWith("unknown_cost_center", StringComparison.Ordinal))
        {
            return default;
        }
    }
}
