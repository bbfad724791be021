using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget holds</c>: open reservations, the oldest first; releases those that are stuck.</summary>
internal static class HoldsCommand
{
    public static Command Create(CommandLine line)
    {
        var (costCenter, user, model, most, reason) = (Arguments.OptionalCostCenter(), Arguments.User(), Arguments.Model(), Arguments.Most(30), Arguments.Reason());
        var request = Arguments.Text("--request", "ID", "Of one request.");
        var age = Arguments.Text("--older-than", "TIME", "Made at least so long ago: 90s, 10m, 2h.");
        var amount = Arguments.Amount("--min-amount", "That still hold at least so much.");
        var largest = new Option<bool>("--largest") { Description = "By what they hold instead of age." };
        var release = new Option<bool>("--release") { Description = "Releases all that match, for good." };
        var command = new Command("holds", "Open reservations, the oldest first: who holds what, and for which request.") { costCenter, user, model, request, age, amount, largest, release, reason, most };
        line.OnRun(command, async run =>
        {
            (string, string?)[] filter =
            [
                ("cost_center", run.Of(costCenter)), ("user", run.Of(user)), ("model", run.Of(model)), ("request_id", run.Of(request)), ("older_than_seconds", Seconds(run.Of(age))),
                ("min_amount", run.Of(amount)),
            ];
            if (run.Of(release)) return await ReleaseAsync(run, Query.Of("/v1/reservations", filter), run.Of(reason));
            return await run.ListAsync(Query.Of("/v1/reservations", [.. filter, ("sort", run.Of(largest) ? "-left" : null)]), run.Of(most), Print);
        });
        return command;
    }

    private static async Task<int> ReleaseAsync(Run run, string path, string? reason)
    {
        var answer = (await run.Engine.SendAsync(HttpMethod.Delete, path, null, run.Stopping, reason)).Body;
        if (run.Screen.AsJson) run.Screen.Json(answer);
        else run.Screen.Line($"released: {answer.Text("released")}, left: {answer.Text("left")}");
        return answer.Text("left") == "0" ? CommandLine.Done : CommandLine.Failed;
    }

    private static void Print(Screen screen, IEnumerable<JsonElement> items) => screen.Table(
        ["age", "expires in", "cost center", "user", "model", "request", "held"],
        items.Select(r => new[]
        {
            Away(screen, r.Text("created_at"), -1), Away(screen, r.Text("expires_at"), 1), Screen.Escape(r.Text("cost_center")), Screen.Escape(r.Text("user")), Screen.Escape(r.Text("model")),
            Screen.Escape(r.Text("request_id")), r.Text("left"),
        }),
        0, 1, 6);

    private static string Away(Screen screen, string? instant, int direction)
    {
        if (!DateTimeOffset.TryParse(instant, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)) return "";
        var away = (at - screen.Clock.GetUtcNow()) * direction;
        return away switch
        {
            { TotalSeconds: < 90 } => $"{Math.Max(0, (long)away.TotalSeconds)} s",
            { TotalMinutes: < 90 } => $"{(long)away.TotalMinutes} min",
            _ => $"{(long)away.TotalHours} h",
        };
    }

    /// <exception cref="CommandFault">It is no time.</exception>
    private static string? Seconds(string? text)
    {
        if (text is null) return null;
        return Arguments.Duration(text) is { } time ? ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture) : throw new CommandFault($"'{text}' is no time such as 90s, 10m or 2h");
    }
}
