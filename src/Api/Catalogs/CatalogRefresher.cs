using BudgetEngine.Api.Keys;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Catalogs;

/// <summary>Follows what other processes write to prices, policies and keys: a revoked key is refused here within the interval.</summary>
public sealed partial class CatalogRefresher(
    Catalog catalog, KeyRing ring, TimeProvider clock, IOptions<CatalogOptions> options, ILogger<CatalogRefresher> logger) : BackgroundService
{
    /// <summary>Reads the catalog once before anything is served. The ledger must be open.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await catalog.RefreshAsync(cancellationToken);
        ring.Load(catalog.Current);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PollInterval, clock);
        var failing = false;
        while (await NextTickAsync(timer, stoppingToken))
        {
            try
            {
                await catalog.RefreshAsync(stoppingToken);
                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // Safe: the last snapshot stays in force until the ledger can be read again. Logged once per outage.
                if (!failing) Failed(logger, fault);
                failing = true;
            }
        }
    }

    private static async ValueTask<bool> NextTickAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Safe: the host stops.
            return false;
        }
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "The catalog of prices, policies and keys cannot be read; the last one stays in force")]
    private static partial void Failed(ILogger logger, Exception fault);
}
