using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget increase</c>: more for a while.</summary>
internal static class IncreaseCommand
{
    public static Command Create(CommandLine line)
    {
        var costCenter = Arguments.CostCenter();
        var amount = new Argument<string>("amount") { Description = "So much more." };
        amount.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Arguments.IsAmount(token.Value)) result.AddError($"'{token.Value}' is no amount");
        });
        var period = new Option<string>("--period") { Description = "Of which limit.", DefaultValueFactory = _ => "daily" };
        period.AcceptOnlyFromAmong("daily", "weekly", "monthly", "total");
        var until = Arguments.Text("--until", "TIME", "An instant, or 30m, 4h, 7d from now. Default 24h.");
        var (user, reason) = (Arguments.User(), Arguments.Reason());
        var id = Arguments.Text("--id", "ID", "A repeat under the same id changes nothing. Default: a new one.");
        var command = new Command("increase", "Raises a limit for a while.") { costCenter, amount, period, until, user, reason, id };
        line.OnRun(command, async run =>
        {
            var name = run.Of(id) ?? $"cli-{Guid.NewGuid():n}";
            var body = new JsonObject
            {
                ["cost_center"] = run.Of(costCenter), ["period"] = run.Of(period), ["amount"] = JsonNode.Parse(run.Of(amount)), ["until"] = Arguments.Until(run.Of(until) ?? "24h", run.Screen.Clock),
            };
            if (run.Of(user) is { } person) body["user"] = person;
            if (run.Of(reason) is { } why) body["reason"] = why;
            var answer = await run.Engine.SendAsync(HttpMethod.Put, $"/v1/increases/{Uri.EscapeDataString(name)}", body, run.Stopping);
            if (run.Screen.AsJson) run.Screen.Json(answer.Body);
            else run.Screen.Line($"increase {name}: {answer.Body.Text("amount") ?? run.Of(amount)} more of {run.Of(period)} for {run.Of(costCenter)}, until {answer.Body.Text("until") ?? body["until"]!.ToString()}");
            return CommandLine.Done;
        });
        return command;
    }
}
