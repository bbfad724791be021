using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget pause</c> and <c>budget resume</c>: the kill switch of a subtree, a user or a model.</summary>
internal static class PauseCommands
{
    public static Command[] Create(CommandLine line)
    {
        var until = Arguments.Text("--until", "TIME", "An instant, or 30m, 4h, 7d from now. Without: until it is resumed.");
        return
        [
            Create(line, "pause", "Denies every call of a cost center and below, within a second.", until),
            Create(line, "resume", "Ends a pause.", null),
        ];
    }

    private static Command Create(CommandLine line, string name, string description, Option<string>? until)
    {
        var (costCenter, user, model, reason) = (Arguments.CostCenter(), Arguments.User(), Arguments.Model(), Arguments.Reason());
        var command = new Command(name, description) { costCenter, user, model, reason };
        if (until is not null) command.Add(until);
        line.OnRun(command, async run =>
        {
            var body = new JsonObject { ["cost_center"] = run.Of(costCenter) };
            if (run.Of(user) is { } person) body["user"] = person;
            if (run.Of(model) is { } named) body["model"] = named;
            if (run.Of(reason) is { } why) body["reason"] = why;
            if (until is not null && Arguments.Until(run.Of(until), run.Screen.Clock) is { } instant) body["until"] = instant;
            var answer = await run.Engine.SendAsync(HttpMethod.Post, $"/v1/{name}", body, run.Stopping);
            if (run.Screen.AsJson) run.Screen.Json(answer.Body);
            else run.Screen.Line($"{name}d: {run.Of(costCenter)}{(body["user"] is { } u ? $", user {u}" : "")}{(body["model"] is { } m ? $", model {m}" : "")}{(body["until"] is { } t ? $", until {t}" : "")}");
            foreach (var warning in answer.Body.Items("warnings")) run.Screen.Remark($"warning: {warning.GetString()}");
            if (until is not null || run.Screen.AsJson) return CommandLine.Done;
            foreach (var left in answer.Body.Items("in_force")) run.Screen.Line($"still paused: {Pauses.Subject(left)}");
            return CommandLine.Done;
        });
        return command;
    }
}
