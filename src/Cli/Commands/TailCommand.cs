using System.CommandLine;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget tail</c>: decisions, spend and alerts as they happen. A connection that ends is made again, from the last event on.</summary>
internal static class TailCommand
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    public static Command Create(CommandLine line)
    {
        var costCenter = Arguments.OptionalCostCenter();
        var count = new Option<int?>("--count") { HelpName = "N", Description = "End after so many events." };
        var command = new Command("tail", "What happens, live, until Ctrl-C.") { costCenter, count };
        line.OnRun(command, async run =>
        {
            var left = run.Of(count) ?? int.MaxValue;
            string? last = null;
            for (var isFirst = true; left > 0; isFirst = false)
            {
                try
                {
                    using var answer = await run.Engine.OpenAsync(Query.Of("/v1/events", ("cost_center", run.Of(costCenter))), run.Stopping, last);
                    await foreach (var item in EngineApi.EventsOf(await answer.Content.ReadAsStreamAsync(run.Stopping), run.Stopping))
                    {
                        last = item.EventId ?? last;
                        Print(run.Screen, item.EventType, item.Data);
                        if (--left == 0) return CommandLine.Done;
                    }
                }
                catch (Exception ended) when (!isFirst && ended is CommandFault or HttpRequestException or IOException)
                {
                    // The engine may be starting again.
                }

                run.Screen.Remark("the engine ended the stream; trying again");
                await Task.Delay(_pause, run.Screen.Clock, run.Stopping);
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static void Print(Screen screen, string kind, string data)
    {
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        if (screen.AsJson)
        {
            screen.Line($"{{\"event\":\"{kind}\",\"data\":{data}}}");
            return;
        }

        var colour = kind switch { "alert" => "red", "decision" when root.Text("decision") == "deny" => "yellow", "decision" => "green", _ => "dim" };
        var members = root.EnumerateObject().Where(m => m.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True).Select(m => $"{m.Name}={m.Value}");
        screen.Marked($"[{colour}]{Screen.Escape(kind)}[/] {Screen.Escape(string.Join(' ', members))}");
    }
}
