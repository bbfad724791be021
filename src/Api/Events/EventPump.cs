using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Events;

/// <summary>While somebody listens, or may come back: reads new alerts, and looks at cost centers that have changed.</summary>
internal sealed partial class EventPump(EventHub hub, AlertFollower alerts, BreakerFollower changes, TimeProvider clock, ILogger<EventPump> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RunAsync("alerts", EventLimits.AlertInterval, () => alerts.RoundAsync(stoppingToken), alerts.ForgetAsync, stoppingToken),
        RunAsync("changes", EventLimits.SpendInterval, changes.RoundAsync, ForgetChangesAsync, stoppingToken));

    /// <summary>Waits between rounds, however long one takes.</summary>
    private async Task RunAsync(string what, TimeSpan interval, Func<Task> round, Func<Task> forget, CancellationToken stopping)
    {
        var (failing, wasActive) = (false, false);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(interval, clock, stopping);
                var active = hub.StaysActive();
                if (active) await round();
                else if (wasActive) await forget();
                (failing, wasActive) = (false, active);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception outage)
            {
                // The ledger or a node is out of reach: the next round finds what this one missed. Logged once per outage.
                if (!failing) Failed(logger, what, outage);
                failing = true;
            }
        }
    }

    private Task ForgetChangesAsync()
    {
        changes.Forget();
        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 3301, Level = LogLevel.Warning, Message = "Live events: {What} cannot be read; they are told when they can")]
    private static partial void Failed(ILogger logger, string what, Exception exception);
}
