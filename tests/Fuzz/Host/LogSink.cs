using System.Collections.Concurrent;
using BudgetEngine.Fuzz.Grammar;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Fuzz.Host;

/// <summary>Reads along what the engine logs: errors are its own bugs under this load, and no line may hold a key.</summary>
internal sealed class LogSink : ILoggerProvider
{
    private const int Most = 100;

    public ConcurrentQueue<string> Errors { get; } = [];

    public ConcurrentQueue<string> Leaks { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void Dispose()
    {
    }

    private void Take(string category, LogLevel level, string text)
    {
        if (level >= LogLevel.Error && Errors.Count < Most) Errors.Enqueue($"{category}: {text}");
        if ((text.Contains(FuzzHost.AdminKey, StringComparison.Ordinal) || text.Contains("bk_", StringComparison.Ordinal) || text.Contains(ChannelBodies.Mark, StringComparison.Ordinal)) && Leaks.Count < Most) Leaks.Enqueue($"{category}: {text}");
    }

    private sealed class Line(LogSink sink, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            sink.Take(category, logLevel, $"{formatter(state, exception)} {exception}");
    }
}
