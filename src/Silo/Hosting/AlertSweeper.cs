using BudgetEngine.Alerts.Evaluation;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Runs the sweep for alerts while the silo runs.</summary>
internal sealed class AlertSweeper(AlertSweep sweep) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => sweep.RunAsync(stoppingToken), CancellationToken.None);
}
