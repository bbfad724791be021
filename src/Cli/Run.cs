using System.CommandLine;
using System.Text.Json;
using BudgetEngine.Cli.Configuration;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli;

/// <summary>One run of a command.</summary>
internal sealed record Run(ParseResult Parsed, EngineApi Engine, Screen Screen, Surroundings Surroundings, CancellationToken Stopping)
{
    public T? Of<T>(Option<T> option) => Parsed.GetValue(option);

    public T Of<T>(Argument<T> argument) => Parsed.GetValue(argument)!;

    /// <summary>Prints what a list has: an object a line, or a table.</summary>
    public async Task<int> ListAsync(string path, int most, Action<Screen, IEnumerable<JsonElement>> print)
    {
        var items = new List<JsonElement>();
        await foreach (var item in Engine.ListAsync(path, most, Stopping)) items.Add(item);
        if (Screen.AsJson) items.ForEach(Screen.JsonLine);
        else print(Screen, items);
        return CommandLine.Done;
    }
}
