using BudgetEngine.Api.Events;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Operations;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Writer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace BudgetEngine.Dashboard.Engine;

/// <summary><c>/system</c>: this process, its ledger, its cluster. For keys of the whole installation.</summary>
internal sealed class EnginePage(
    PageGate gate, ShellMaker shells, IServiceProvider services, ILedgerStore store, IGrainFactory grains, EventHub events, Catalog catalog, TimeProvider clock) : IEndpoints
{
    /// <summary>The page is shown without silos when they take longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/system", gate.Guard(SendAsync));

    private async Task SendAsync(HttpContext context, ApiKey caller)
    {
        if (!caller.IsWholeInstallation)
        {
            await gate.ForbiddenAsync(context, caller);
            return;
        }

        var shell = await shells.MakeAsync(context, caller, "System", "system");
        var startedAt = clock.GetTimestamp();
        var dated = context.Request.Query.ContainsKey("check") ? await services.GetRequiredService<ConsistencyReports>().CheckAsync(null, context.RequestAborted) : null;
        var took = clock.GetElapsedTime(startedAt);
        // A client of silos keeps nothing, and so has no lease.
        var health = services.GetService<LedgerHealth>();
        var current = catalog.Current;
        await PageAnswer.SendAsync(context, Slices.Engine.Create(new EngineModel(
            shell, store.Description, health?.LeaseLeft, health?.WritesFail ?? false, await SilosAsync(), events.Listeners, current.Policies.Tenants.Count,
            current.Prices.InForce(shell.Now).Count(), current.Keys.Count(k => k.RevokedAt is null), caller.Id == ApiKey.Open.Id, dated?.Report, took, shell.Now - _startedAt)));
    }

    private async Task<IReadOnlyList<SiloLine>?> SilosAsync()
    {
        try
        {
            var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: false).WaitAsync(Patience, clock);
            return [.. hosts.OrderBy(h => h.Value != SiloStatus.Active).ThenBy(h => h.Key.ToString(), StringComparer.Ordinal).Select(h => new SiloLine(h.Key.Endpoint.ToString(), h.Value.ToString(), h.Value == SiloStatus.Active))];
        }
        catch (Exception unreachable) when (unreachable is OrleansException or TimeoutException)
        {
            return null;
        }
    }
}
