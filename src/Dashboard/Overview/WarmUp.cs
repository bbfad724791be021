using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Operations;
using BudgetEngine.Dashboard.CostCenters;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Dashboard.Overview;

/// <summary>
/// As soon as the process serves: reads the order of all cost centers once, so that the first reader of many does not wait for it, and makes the overview and the page of the tightest one, so that
/// he does not wait for code to be compiled and for what he sees to come into memory.
/// </summary>
internal sealed class WarmUp(CostCenterIndex index, OverviewPage overview, Readiness readiness, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(Look, clock);
        try
        {
            while (readiness.State != ReadinessState.Ready) await looks.WaitForNextTickAsync(stoppingToken);
            var all = await index.ByUtilizationAsync(null);
            await MakeAsync(QueryString.Empty, stoppingToken);
            if (all.Count > 0) await MakeAsync(QueryString.Create("cost_center", all[0]), stoppingToken);
        }
        catch (Exception)
        {
            // The first reader waits then, and is told what is wrong. A process does not end because nobody could be shown a page.
        }
    }

    private Task MakeAsync(QueryString query, CancellationToken stopping) =>
        overview.SendAsync(new DefaultHttpContext { RequestAborted = stopping, Request = { QueryString = query, Headers = { AcceptEncoding = "br" } } }, ApiKey.Open);
}
