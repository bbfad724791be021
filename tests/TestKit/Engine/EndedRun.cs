namespace BudgetEngine.TestKit.Engine;

/// <summary>A command line that has ended.</summary>
public sealed record EndedRun(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit {ExitCode}\nstdout: {Output}\nstderr: {Errors}";
}
