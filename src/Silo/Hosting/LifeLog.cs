using System.Reflection;
using BudgetEngine.Api.Keys;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Says in the log when the process begins to serve, when it is asked to stop, and when it has.</summary>
/// <param name="store">Null: the gateway by itself, which has no ledger and no keys.</param>
internal sealed partial class LifeLog(IServer server, TimeProvider clock, ILogger<LifeLog> logger, ILedgerStore? store = null, KeyRing? keys = null) : IHostedLifecycleService
{
    private long _stoppingAt;

    /// <summary>As <c>--version</c> says it.</summary>
    public static string Version { get; } = typeof(LifeLog).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var urls = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        LogStarted(Version, store?.Description ?? "no ledger", keys is { IsOpen: true } ? "open" : "by key", string.Join(", ", urls));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stoppingAt = clock.GetTimestamp();
        LogStopping();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        LogStopped((long)clock.GetElapsedTime(_stoppingAt).TotalMilliseconds);
        return Task.CompletedTask;
    }

    [LoggerMessage(2301, LogLevel.Information, "BudgetEngine {Version} has started: {Store}, access {Access}, on {Urls}.")]
    private partial void LogStarted(string version, string store, string access, string urls);

    [LoggerMessage(2302, LogLevel.Information, "Asked to stop: what is under way is finished, holds are handed to the ledger.")]
    private partial void LogStopping();

    [LoggerMessage(2303, LogLevel.Information, "Stopped after {Milliseconds} ms.")]
    private partial void LogStopped(long milliseconds);
}
