using System.CommandLine;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget schedules</c>: which summaries are sent where, and when.</summary>
internal static class SchedulesCommand
{
    public static Command Create(CommandLine line)
    {
        var most = Arguments.Most(100);
        var command = new Command("schedules", "Summaries of spend: which are sent, to which channels, and when the next is due. They are set in the set-up file.") { most };
        line.OnRun(command, run => run.ListAsync("/v1/schedules", run.Of(most), Print));
        return command;
    }

    private static void Print(Screen screen, IEnumerable<JsonElement> items) => screen.Table(
        ["schedule", "cost center", "sent", "channels", "next", "last"],
        items.Select(s => new[]
        {
            Screen.Escape(s.Text("name")), Screen.Escape(s.Text("cost_center") ?? "everything"),
            Screen.Escape($"{s.Text("period")}{(s.Text("weekday") is { } day ? $" on {day}" : "")}, {s.GetProperty("hour").GetInt32():00}:00 {s.Text("time_zone")}"),
            Screen.Escape(string.Join(", ", s.Items("channels").Select(c => c.GetString()))), Screen.Escape(s.Text("next_at")), Screen.Escape(s.Text("last_at") ?? "not yet"),
        }));
}
