using BudgetEngine.Gateway.Callers;
using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Gateway.Forwarding;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Gateway.Hosting;

/// <summary>Ends the calls under way before the server stops: in a silo they are settled over the server itself.</summary>
internal sealed class GatewayDrain(CallsInFlight calls, EngineClient engine, IOptions<GatewayOptions> options, TimeProvider clock) : IHostedLifecycleService
{
    /// <summary>For what is queued once the calls have ended.</summary>
    private static readonly TimeSpan FlushWithin = TimeSpan.FromSeconds(5);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await calls.DrainAsync(options.Value.DrainWithin, clock);
        using var late = new CancellationTokenSource(FlushWithin, clock);
        try
        {
            await engine.Client.FlushAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            // The client sends the rest, or counts it as lost, when it is disposed of.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
