using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Operations;
using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Grains.Interfaces.CostCenters;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Dashboard.Overview;

/// <summary>
/// As soon as the process serves: reads the order of all cost centers once, so that the first reader of many does not wait for it, and makes the overview and the page of the tightest one, so that
/// he does not wait for code to be compiled and for what he sees to come into memory.
/// </summary>
internal sealed class WarmUp(CostCenterIndex index, OverviewPage overview, Readiness readiness, UnexpectedFaults faults, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(Look, clock);
        try
        {
            while (readiness.State != ReadinessState.Ready) await looks.WaitForNextTickAsync(stoppingToken);
            await MakeAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        catch (Exception fault)
        {
            // The first reader waits then. A process does not end because nobody could be shown a page.
            faults.Note(fault, "the first page");
        }
    }

    /// <summary>The statuses of the pages that were made; none where there is no cost center.</summary>
    public async Task<IReadOnlyList<int>> MakeAsync(CancellationToken stopping)
    {
        var all = await index.ByUtilizationAsync(null);
        var statuses = new List<int>();
        if (all.Count == 0) return statuses;
        foreach (var query in (QueryString[])[QueryString.Empty, QueryString.Create("cost_center", all[0])])
        {
            var context = new DefaultHttpContext { RequestAborted = stopping, Request = { QueryString = query, Headers = { AcceptEncoding = "br" } } };
            await overview.SendAsync(context, ApiKey.Open);
            statuses.Add(context.Response.StatusCode);
        }

        return statuses;
    }
}
