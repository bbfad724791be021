using BudgetEngine.Api.Catalogs;
using BudgetEngine.Grains.InMemory;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Looks as often as for catalogs what was set at cost centers.</summary>
internal sealed partial class WrittenNodesFollower(WrittenNodes nodes, TimeProvider clock, IOptions<CatalogOptions> options, ILogger<WrittenNodesFollower> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PollInterval, clock);
        var failing = false;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var fault = await TryAsync(stoppingToken);
                if (fault is not null && !failing) LogFailed(fault);
                failing = fault is not null;
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task<Exception?> TryAsync(CancellationToken stopping)
    {
        try
        {
            await nodes.FollowAsync(stopping);
            return null;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Safe: what was not read is read with the next look.
            return fault;
        }
    }

    [LoggerMessage(EventId = 2304, Level = LogLevel.Warning, Message = "What was set at cost centers by other processes cannot be read now; it is tried again")]
    private partial void LogFailed(Exception fault);
}
