using Microsoft.Extensions.Hosting;

namespace BudgetEngine.LocalSilo.Hosting;

/// <summary>Ends the silo with its host.</summary>
internal sealed class LocalSiloService(InProcessSilo silo) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => silo.StopAsync(cancellationToken);
}
