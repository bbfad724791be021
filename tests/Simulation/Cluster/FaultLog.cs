using BudgetEngine.Ledger;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>These loops catch everything and go on; what is not an outage is a bug.</summary>
internal sealed class FaultLog<T>(World world) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is null or LedgerUnavailableException or LedgerContentionException or OrleansException) return;
        world.Broken ??= $"{formatter(state, exception)} {exception}";
    }
}
