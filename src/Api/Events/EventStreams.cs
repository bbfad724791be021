using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Alerts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Api.Events;

/// <summary>What every stream needs.</summary>
internal sealed class EventStreams(Gate gate, ILedgerAlerts ledger, Resolution resolution, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    public async Task RunAsync(HttpContext context, ApiKey caller, EventListener listener)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var stream = new EventStream(context, listener, resolution, clock, () => gate.Enter(context, Scopes.Read, out var now) is null && now.Subtree == caller.Subtree, ending.Token);
        try
        {
            // Read first: once the answer has begun an outage could only break it off.
            var replayed = listener.ReplaySince is { } since
                ? await ledger.ReadAlertsAsync(listener.Filter.Root, since - EventLimits.LateAlert, null, EventLimits.MaxReplayed, context.RequestAborted)
                : [];
            await stream.RunAsync([.. replayed.Reverse().Select(a => a.Alert)]);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The listener has gone, or this process goes.
        }
    }
}
