namespace BudgetEngine.Silo.Cluster;

/// <summary>
/// What a silo does that must not go on: most often the others have voted it dead while it stood still. Its cost centers are theirs by then, so it hands
/// nothing over and does not drain; it ends at once, and whoever watches it (Kubernetes) starts it anew. The default would serve for two seconds more and end
/// by an abort, which looks like a crash of the runtime.
/// </summary>
internal sealed partial class EndAtOnce(ILogger<EndAtOnce> logger) : IFatalErrorHandler
{
    /// <summary>An internal failure, as sysexits.h has it; neither a failure to start (1) nor a wrong command line (2).</summary>
    public const int ExitCode = 70;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        LogEnds(context, exception);
        // The log has a queue of its own, which would be lost.
        Console.Error.WriteLine($"budgetengine: this silo ends at once, with {ExitCode}: {context}");
        Environment.Exit(ExitCode);
    }

    [LoggerMessage(2101, LogLevel.Critical, "This silo cannot go on and ends at once: {Context}")]
    private partial void LogEnds(string? context, Exception? exception);
}
