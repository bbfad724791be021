using System.CommandLine;
using BudgetEngine.Cli.Configuration;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli;

/// <summary>One run of a command.</summary>
internal sealed record Run(ParseResult Parsed, EngineApi Engine, Screen Screen, Surroundings Surroundings, CancellationToken Stopping)
{
    public T? Of<T>(Option<T> option) => Parsed.GetValue(option);

    public T Of<T>(Argument<T> argument) => Parsed.GetValue(argument)!;
}
