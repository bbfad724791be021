using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Api.Schedules;

/// <summary>Runs the sweep for summaries while the silo runs.</summary>
internal sealed class ScheduleSweeper(ScheduleSweep sweep) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => sweep.RunAsync(stoppingToken);
}
