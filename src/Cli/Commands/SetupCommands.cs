using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;
using BudgetEngine.Cli.Setup;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget setup</c>, <c>plan</c>, <c>apply</c>: an installation's budgets, prices, channels and keys as a file.</summary>
internal static class SetupCommands
{
    /// <summary>The file stands for the input.</summary>
    private const string Input = "-";

    private static readonly string[] _kinds = [SetupFile.BudgetsName, SetupFile.PricesName, SetupFile.ChannelsName, SetupFile.SchedulesName, SetupFile.KeysName];

    public static IEnumerable<Command> Create(CommandLine line) => [Setup(line), Plan(line), Apply(line)];

    private static Command Setup(CommandLine line)
    {
        var under = Arguments.Text("--under", "COST_CENTER", "Only budgets of this cost center and below.");
        var only = new Option<string[]>("--only") { HelpName = "KIND", Description = "budgets, prices, channels, schedules, keys; may be given several times. Default: all.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong(_kinds);
        var command = new Command("setup", "Writes budgets, prices, channels, schedules and keys (without secrets) as a file that plan and apply read.") { under, only };
        line.OnRun(command, async run =>
        {
            var state = new SetupState(run.Engine, run.Screen.Clock, run.Stopping);
            var kinds = run.Of(only) is { Length: > 0 } named ? named : _kinds;
            var document = new JsonObject();
            if (run.Of(under) is { } path) document["under"] = path;
            if (kinds.Contains(SetupFile.BudgetsName)) document[SetupFile.BudgetsName] = SetupFile.ToSection((await state.BudgetsAsync(run.Of(under))).Select(b => (b.Key, b.Value)));
            if (kinds.Contains(SetupFile.PricesName)) document[SetupFile.PricesName] = Sorted(await state.PricesAsync());
            if (kinds.Contains(SetupFile.ChannelsName)) document[SetupFile.ChannelsName] = await ChannelsAsync(run, state);
            if (kinds.Contains(SetupFile.SchedulesName)) document[SetupFile.SchedulesName] = Sorted(await state.SchedulesAsync());
            if (kinds.Contains(SetupFile.KeysName)) document[SetupFile.KeysName] = Sorted((await state.KeysAsync()).ToDictionary(k => k.Key, k => k.First().Profile));
            if (run.Screen.AsJson) run.Screen.Json(JsonSerializer.SerializeToElement(document));
            else YamlText.Write(document, run.Surroundings.Output);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Plan(CommandLine line)
    {
        var file = FileOption();
        var command = new Command("plan", "Shows what apply would change; ends with 2 where anything differs.") { file };
        line.OnRun(command, async run =>
        {
            var plan = new SetupPlan(run.Engine, new SetupState(run.Engine, run.Screen.Clock, run.Stopping), null, new NewKeys(null), run.Stopping);
            var changes = await plan.MakeAsync(Read(run, file));
            Print(run.Screen, changes, prunes: false);
            return changes.Count == 0 ? CommandLine.Done : CommandLine.Denied;
        });
        return command;
    }

    private static Command Apply(CommandLine line)
    {
        var (file, reason) = (FileOption(), Arguments.Reason());
        var prune = new Option<bool>("--prune") { Description = "Also delete what the file does not have, of the kinds that it names." };
        var keysTo = new Option<FileInfo>("--keys-to") { HelpName = "FILE", Description = "Where new keys are written, a JSON object a line, readable by you alone." };
        var command = new Command("apply", "Makes the engine be as the file says; again, it changes nothing.") { file, prune, keysTo, reason };
        line.OnRun(command, async run =>
        {
            var keys = new NewKeys(run.Of(keysTo)?.FullName);
            var plan = new SetupPlan(run.Engine, new SetupState(run.Engine, run.Screen.Clock, run.Stopping), run.Of(reason), keys, run.Stopping);
            var changes = await plan.MakeAsync(Read(run, file));
            if (!keys.HasPlace && changes.Any(c => c.MakesKey)) throw new CommandFault("keys are to be made: say with --keys-to where their secrets go, which are told only once");
            Print(run.Screen, changes, run.Of(prune));
            var due = changes.Where(c => c.Action != SetupAction.Remove || run.Of(prune)).ToList();
            for (var done = 0; done < due.Count; done++) await DoAsync(due[done], done, due.Count);
            keys.End();
            run.Screen.Remark($"{due.Count} applied{(due.Count == changes.Count ? "" : $", {changes.Count - due.Count} that the file does not have were left (--prune deletes them)")}");
            return CommandLine.Done;
        });
        return command;
    }

    private static Option<string> FileOption() => new("--file", "-f") { HelpName = "FILE", Description = "The set-up, in YAML; - for the input.", Required = true };

    private static SetupFile Read(Run run, Option<string> file)
    {
        var place = run.Of(file)!;
        if (place == Input) return SetupFile.Read(run.Surroundings.Input);
        if (!File.Exists(place)) throw new CommandFault($"there is no file {Path.GetFullPath(place)}");
        using var text = File.OpenText(place);
        return SetupFile.Read(text);
    }

    private static async Task DoAsync(SetupChange change, int done, int all)
    {
        try
        {
            await change.DoAsync();
        }
        catch (CommandFault refused)
        {
            throw new CommandFault([.. refused.Faults.Select(f => $"{change.Kind}.{change.Name}: {f}"), $"{done} of {all} were applied before it; apply the file again once it is mended"]);
        }
    }

    private static void Print(Screen screen, IReadOnlyList<SetupChange> changes, bool prunes)
    {
        foreach (var change in changes)
        {
            if (screen.AsJson)
            {
                screen.JsonLine(JsonSerializer.SerializeToElement(new JsonObject
                {
                    ["kind"] = change.Kind, ["name"] = change.Name, ["action"] = Word(change.Action, prunes),
                    ["members"] = new JsonArray([.. change.Members.Select(m => new JsonObject { ["member"] = m.Member, ["before"] = m.Before, ["after"] = m.After })]),
                    ["warnings"] = new JsonArray([.. change.Warnings.Select(w => (JsonNode)w)]),
                }));
                continue;
            }

            screen.Marked($"{Sign(change.Action)} {Screen.Escape($"{change.Kind} {change.Name}")}{(change.Action == SetupAction.Remove && !prunes ? " [dim](not in the file; left)[/]" : "")}");
            if (change.Action != SetupAction.Remove) foreach (var m in change.Members) screen.Marked($"    {Screen.Escape(m.Member)}: {Shown(change, m)}");
            foreach (var warning in change.Warnings) screen.Marked($"    [yellow]{Screen.Escape(warning)}[/]");
        }

        if (changes.Count == 0 && !screen.AsJson) screen.Line("nothing differs");
    }

    private static string Shown(SetupChange change, Difference m) =>
        change.Action == SetupAction.Add ? Screen.Escape(m.After) : $"[red]{Screen.Escape(m.Before ?? "none")}[/] → [green]{Screen.Escape(m.After ?? "none")}[/]";

    private static string Sign(SetupAction action) => action switch { SetupAction.Add => "[green]+[/]", SetupAction.Change => "[yellow]~[/]", _ => "[red]-[/]" };

    private static string Word(SetupAction action, bool prunes) => action switch { SetupAction.Add => "add", SetupAction.Change => "change", _ => prunes ? "remove" : "left" };

    /// <summary>Channels with a placeholder for each secret that the engine does not tell.</summary>
    private static async Task<JsonObject> ChannelsAsync(Run run, SetupState state)
    {
        var channels = await state.ChannelsAsync();
        foreach (var (name, members) in await state.HiddenAsync())
        {
            foreach (var member in members)
            {
                var variable = $"BUDGET_SECRET_{name}_{member}".ToUpperInvariant().Replace('-', '_').Replace('.', '_');
                channels[name][member] = $"env:{variable}";
                run.Screen.Remark($"channels.{name}.{member}: the engine does not tell it; give it to the engine as {variable}");
            }
        }

        return Sorted(channels);
    }

    private static JsonObject Sorted(IEnumerable<KeyValuePair<string, JsonObject>> entries) =>
        new(entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, e.Value)));
}
