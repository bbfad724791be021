using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Operations;

/// <summary><c>GET /v1/consistency</c>: rows against balances, month by month; balances against grains where both report the same version.</summary>
internal sealed class ConsistencyEndpoints(Gate gate, ConsistencyReports reports, ILedgerCostCenters costCenters, LiveNodes nodes) : IEndpoints
{
    private const int ReadAtOnce = 500;

    /// <summary>Grains that are asked; beyond it only the ledger is compared, and the answer says how many were.</summary>
    private const int MaxGrains = 5_000;

    private const int MaxDifferences = 100;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/consistency", gate.GuardRead(Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.Operations, "Rows against balances, balances against grains", "Scope: read.")
                .Takes(Parameter.CostCenter).Gives<ConsistencyResponse>());

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var asked = query.CostCenter("cost_center");
        if ((query.Problem() ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var under);
        var (report, asOf) = await reports.CheckAsync(under, context.RequestAborted);
        var damaged = report.File is { Faults.Count: > 0 };
        var grains = damaged ? new GrainReport() : await CompareGrainsAsync(under, context.RequestAborted);
        var consistent = !damaged && report.Differences.Count == 0 && grains.Differences.Count == 0 && grains.Broken.Count == 0;
        return await context.AnswerAsync(new ConsistencyResponse(
            consistent, report.RowsChecked, report.BalancesChecked, grains.Checked,
            [.. report.Differences.Select(d => new DifferenceResponse(d.Kind, d.CostCenter, d.User, d.Window, d.Balance, d.Rows, d.BalanceRequests, d.RowRequests))],
            grains.Differences, grains.Broken, FileResponse.Of(report.File), asOf));
    }

    private async Task<GrainReport> CompareGrainsAsync(string? under, CancellationToken cancellationToken)
    {
        var report = new GrainReport();
        string? last = null;
        for (var seen = 0; seen < MaxGrains;)
        {
            var summaries = await costCenters.ListCostCentersAsync(under, last, ReadAtOnce, nodes.TodayOf, cancellationToken, archived: true);
            if (summaries.Count == 0) break;
            last = summaries[^1].CostCenter;
            seen += summaries.Count;
            var views = await nodes.ViewAllAsync([.. summaries.Select(s => s.CostCenter)]);
            for (var i = 0; i < views.Length; i++) report.Add(summaries[i], views[i], nodes.TodayOf(summaries[i].CostCenter));
        }

        return report;
    }

    private sealed class GrainReport
    {
        public int Checked { get; private set; }

        public List<GrainDifferenceResponse> Differences { get; } = [];

        public List<BrokenResponse> Broken { get; } = [];

        public void Add(CostCenterSummary ledger, NodeView grain, DateOnly today)
        {
            if (grain.Broken is { } fault) Broken.Add(new BrokenResponse(ledger.CostCenter, fault));
            // Another day or version: something was in flight between the two reads, and says nothing.
            if (grain.Today != today) return;
            var day = Compare("day", ledger.CostCenter, ledger.Day, grain.DayVersion, grain.SpentToday);
            var month = Compare("month", ledger.CostCenter, ledger.Month, grain.MonthVersion, grain.SpentMonth);
            if (day || month) Checked++;
        }

        private bool Compare(string kind, string path, Balance balance, long version, long spent)
        {
            if (balance.Version != version) return false;
            if (balance.Spent.Nanos != spent && Differences.Count < MaxDifferences) Differences.Add(new(kind, path, balance.Spent, new Money(spent)));
            return true;
        }
    }
}
