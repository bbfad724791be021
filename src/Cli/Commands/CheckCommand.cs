using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget check</c>: may this much be spent now? Holds nothing unless it is told to.</summary>
internal static class CheckCommand
{
    public static Command Create(CommandLine line)
    {
        var costCenter = Arguments.CostCenter();
        var (amount, model, user) = (Arguments.Amount("--amount", "So much."), Arguments.Model(), Arguments.User());
        var (input, output) = (Tokens("--input-tokens"), Tokens("--max-output-tokens"));
        var hold = new Option<bool>("--hold") { Description = "Hold the amount, and print the reservation's id." };
        var command = new Command("check", "Whether a call would be allowed: ends with 0, or with 2 where it is denied.") { costCenter, amount, model, input, output, user, hold };
        line.OnRun(command, async run =>
        {
            var body = new JsonObject { ["cost_center"] = run.Of(costCenter), ["dry_run"] = !run.Of(hold), ["explain"] = true };
            if (run.Of(amount) is { } money) body["amount"] = JsonNode.Parse(money);
            if (run.Of(model) is { } named) body["model"] = named;
            if (run.Of(input) is { } tokens) body["input_tokens"] = tokens;
            if (run.Of(output) is { } most) body["max_output_tokens"] = most;
            if (run.Of(user) is { } person) body["user"] = person;
            var answer = (await run.Engine.SendAsync(HttpMethod.Post, "/v1/check", body, run.Stopping)).Body;
            var allowed = answer.Text("decision") == "allow";
            if (run.Screen.AsJson) run.Screen.Json(answer);
            else Print(run.Screen, answer, allowed);
            return allowed ? CommandLine.Done : CommandLine.Denied;
        });
        return command;
    }

    private static void Print(Screen screen, System.Text.Json.JsonElement answer, bool allowed)
    {
        screen.Marked(allowed ? $"[green]allow[/] {answer.Text("granted")} of {answer.Text("estimated")}" : $"[red]deny[/] {Screen.Escape(answer.Text("reason"))}, for {answer.Text("estimated")}");
        if (answer.Text("detail") is { Length: > 0 } detail) screen.Line(detail);
        if (answer.Text("reservation_id") is { } id) screen.Line($"reservation {id}");
        if (Windows.InWords(answer.Member(allowed ? "tightest" : "blocked_by")) is { } window) screen.Line(window);
        if (answer.Text("retry_after_seconds") is { } seconds) screen.Line($"again in {seconds} s");
        if (answer.Text("nearest_models") is { Length: > 0 } nearest) screen.Line($"nearest models: {nearest}");
        if (answer.Text("new") == "true") screen.Line(answer.Text("nearest") is { } near ? $"nothing is known of this cost center; did you mean {near}?" : "nothing is known of this cost center so far");
        if (answer.Items("budgets").Any()) Windows.Print(screen, answer.Items("budgets"));
    }

    private static Option<long?> Tokens(string name)
    {
        var option = new Option<long?>(name) { HelpName = "N", Description = "Of the call." };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(t => long.TryParse(t.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n < 0)) result.AddError($"{name} must not be negative");
        });
        return option;
    }
}
