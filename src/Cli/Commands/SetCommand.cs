using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget set</c>: changes what is named of a budget and leaves the rest, and shows before and after.</summary>
internal static class SetCommand
{
    private const string None = "none";

    private static readonly string[] _limits = ["daily", "weekly", "monthly", "total", "requests_per_minute", "tokens_per_minute"];

    public static Command Create(CommandLine line)
    {
        var costCenter = Arguments.CostCenter();
        var limits = _limits.Select(l => Arguments.Amount($"--{l.Replace('_', '-')}", $"The limit {l.Replace('_', ' ')}; none takes it away.", mayBeNone: true)).ToArray();
        var allowedModels = Arguments.Text("--allowed-models", "MODEL,MODEL*|none", "The only models that are allowed.");
        var maxOutput = Arguments.Text("--max-output-tokens", "MODEL=N,MODEL*=none", "The most output tokens of one call, by model; those that are not named stay.");
        var enforcement = new Option<string>("--enforcement") { Description = "Whether the limit denies." };
        enforcement.AcceptOnlyFromAmong("hard", "soft");
        var onExpiry = new Option<string>("--on-expiry") { Description = "What becomes of a hold that nobody has settled by its deadline; none leaves it to the cost center above." };
        onExpiry.AcceptOnlyFromAmong("release", "charge", None);
        var (user, reason) = (Arguments.User(), Arguments.Reason());
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change." };
        var command = new Command("set", "Changes the limits of a cost center, or of one user there.") { costCenter, enforcement, onExpiry, allowedModels, maxOutput, user, reason, dryRun };
        foreach (var limit in limits) command.Add(limit);
        command.Validators.Add(result =>
        {
            Option[] settings = [.. limits, enforcement, onExpiry, allowedModels, maxOutput];
            if (settings.All(s => result.GetResult(s) is null)) result.AddError($"say what to set: {string.Join(", ", settings.Select(s => s.Name))}");
        });
        line.OnRun(command, async run =>
        {
            var patch = new JsonObject();
            for (var i = 0; i < limits.Length; i++)
            {
                if (run.Of(limits[i]) is { } amount) patch[_limits[i]] = amount == None ? null : JsonNode.Parse(amount);
            }

            if (run.Of(allowedModels) is { } models) patch["allowed_models"] = models == None ? null : new JsonArray([.. models.Split(',').Select(m => JsonValue.Create(m))]);
            if (run.Of(maxOutput) is { } most) patch["max_output_tokens"] = MostByModel(most);

            if (run.Of(enforcement) is { } word) patch["enforcement"] = word;
            if (run.Of(onExpiry) is { } rule) patch["on_expiry"] = rule == None ? null : rule;
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
        run.Screen.Table(["", "before", "after"], patch.Select(p => new[] { p.Key, Screen.Escape(before.Text(p.Key) ?? None), Screen.Escape(Text(p.Value)) }), 1, 2);
        run.Screen.Line(patch.All(p => (before.Text(p.Key) ?? None) == Text(p.Value)) ? "nothing changes" : "");
    }

    private static string Text(JsonNode? value) => value switch
    {
        null => None,
        JsonArray items => string.Join(", ", items.Select(i => i?.ToString())),
        JsonObject members => members.ToJsonString(),
        _ => value.ToString(),
    };

    /// <exception cref="CommandFault">It is not <c>MODEL=N</c>, separated by commas.</exception>
    private static JsonObject MostByModel(string text)
    {
        var most = new JsonObject();
        foreach (var part in text.Split(','))
        {
            var (model, tokens) = part.LastIndexOf('=') is > 0 and var at ? (part[..at], part[(at + 1)..]) : ("", part);
            if (model.Length == 0 || (tokens != None && !long.TryParse(tokens, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                throw new CommandFault($"'{part}' is no number of tokens for a model: write MODEL=4096, or MODEL=none");
            }

            most[model] = tokens == None ? null : JsonNode.Parse(tokens);
        }

        return most;
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
