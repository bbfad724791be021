using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace BudgetEngine.Silo.Logging;

/// <summary>What both formats share: repeated faults are folded, and an exception's stack is written where the category logs debug.</summary>
public abstract class EngineLines(string name, TimeProvider clock, IConfiguration configuration) : ConsoleFormatter(name)
{
    /// <summary>Causes of causes that are named.</summary>
    private const int MaxCauses = 5;

    private readonly FoldedFaults _folded = new(clock);

    // The filter of the root alone: whoever looks for a bug sets that.
    private readonly bool _stacks = Enum.TryParse<LogLevel>(configuration["Logging:LogLevel:Default"], ignoreCase: true, out var level) && level <= LogLevel.Debug;

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter output)
    {
        if (_folded.Note(entry.Category, entry.EventId.Id, entry.Exception) is not { } after) return;
        var message = entry.Formatter(entry.State, entry.Exception) + after;
        var values = entry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        Write(output, new LogLine(clock.GetUtcNow(), entry.LogLevel, entry.EventId, entry.Category, message, values, entry.Exception));
    }

    protected abstract void Write(TextWriter output, LogLine line);

    /// <summary>In one line what went wrong and why; its stack only where somebody looks for a bug.</summary>
    protected static string Describe(Exception fault)
    {
        var causes = new List<string>();
        for (var cause = fault; cause is not null && causes.Count < MaxCauses; cause = cause.InnerException) causes.Add($"{cause.GetType().Name}: {cause.Message}");
        return string.Join(" <- ", causes);
    }

    /// <summary>Null: not to be written.</summary>
    protected string? StackOf(Exception fault) => _stacks ? fault.ToString() : null;
}

/// <summary>One line of the log.</summary>
/// <param name="Values">The named values of the message.</param>
public readonly record struct LogLine(
    DateTimeOffset At, LogLevel Level, EventId Event, string Category, string Message, IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Fault);
