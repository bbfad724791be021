using BudgetEngine.Api.Keys;
using BudgetEngine.Silo.Configuration;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Open mode listens on loopback only: anything else does not start. Runs once keys have been read, before the server listens.</summary>
public sealed class OpenModeGuard(KeyRing keys, IConfiguration configuration) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!keys.IsOpen) return Task.CompletedTask;
        foreach (var url in ListenAddresses.Of(configuration))
        {
            if (!IsLoopback(url)) throw new OpenModeException(url);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsLoopback(string url) => BindingAddress.Parse(url).Host is "localhost" or "127.0.0.1" or "[::1]";
}

/// <summary>Open mode was asked for on an address that others can reach.</summary>
public sealed class OpenModeException(string url)
    : Exception($"Open mode listens on loopback only, not on {url}. Make a key first ('./run.sh keys create --admin'), set BUDGET_ADMIN_KEY, or use --urls http://127.0.0.1:8080.");
