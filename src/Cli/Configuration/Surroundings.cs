namespace BudgetEngine.Cli.Configuration;

/// <summary>What a run of the program has around it, so that a test can give it other ones.</summary>
/// <param name="Variables">Environment variables by name.</param>
/// <param name="Output">What was asked for.</param>
/// <param name="Errors">Faults and progress.</param>
/// <param name="IsTerminal">The output goes to a person: colours, and bars for long work.</param>
public sealed record Surroundings(Func<string, string?> Variables, TextReader Input, TextWriter Output, TextWriter Errors, bool IsTerminal, TimeProvider Clock)
{
    public static Surroundings OfThisProcess { get; } = new(
        Environment.GetEnvironmentVariable, Console.In, Console.Out, Console.Error, !Console.IsOutputRedirected && !Console.IsErrorRedirected, TimeProvider.System);
}
