using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Dashboard.Alerts;
using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.Charts;
using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Dashboard.FirstRun;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Overview;

/// <summary><c>/</c>: the overview; a cost center where the link of an alert leads to; the first run while there is nothing.</summary>
internal sealed class OverviewPage(
    PageGate gate, ShellMaker shells, CostCenterPage costCenter, FirstRunPage firstRun, CostCenterIndex index, CostCenterLines lines, AlertLines alerts, LiveNodes nodes, INodeReader reader,
    ILedgerCostCenters ledger, Catalog catalog) : IEndpoints
{
    private const int MaxRanked = 12;

    /// <summary>Tenants that are added up; an installation with more has views by tenant.</summary>
    private const int MaxRoots = 50;
    private const int MaxModels = 6;
    private const int MaxModelRoots = 8;
    private const int MaxAlerts = 5;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", gate.Guard(SendAsync))
        .WithMetadata(new Operation(Tags.Operations, "A page for people").Public()
            .Takes(Parameter.Query("cost_center", "Shown with its limits, and the alerts are its own and those below it; where the links of alerts lead"))
            .Gives<string>(contentType: "text/html"));

    public async Task SendAsync(HttpContext context, ApiKey caller)
    {
        if (context.Request.Query.ContainsKey("cost_center"))
        {
            await costCenter.SendLinkedAsync(context, caller, context.Request.Query["cost_center"].ToString());
            return;
        }

        var all = await index.ByUtilizationAsync(caller.Subtree.CostCenter);
        // The first budget makes a tenant, which is known at once; the index a moment later.
        if (all.Count == 0 && caller.IsWholeInstallation && catalog.Current.Policies.Tenants.Count == 0)
        {
            await firstRun.SendAsync(context, caller);
            return;
        }

        await PageAnswer.SendAsync(context, Slices.Overview.Create(await ReadAsync(context, caller, all)));
    }

    private async Task<OverviewModel> ReadAsync(HttpContext context, ApiKey caller, IReadOnlyList<string> all)
    {
        var gone = context.RequestAborted;
        var shell = await shells.MakeAsync(context, caller, "Overview", "overview");
        var tenants = caller.IsWholeInstallation ? catalog.Current.Policies.Tenants.Select(t => t.Tenant).Order(StringComparer.Ordinal).Take(MaxRoots).ToList() : [];
        var asked = context.Request.Query["tenant"].ToString();
        var tenant = tenants.Contains(asked) ? asked : null;
        var roots = tenant is not null ? [tenant] : caller.Subtree.CostCenter is { } subtree ? [subtree] : tenants;
        var ranked = (tenant is null ? all : all.Where(p => Domain.CostCenters.CostCenterId.IsWithin(p, tenant))).ToList();
        var shown = ranked.Take(MaxRanked).ToList();
        var read = (await lines.ReadAsync([.. roots.Union(shown)], caller.Subtree.Depth, gone)).ToDictionary(l => l.Path, StringComparer.Ordinal);
        var rootLines = roots.Select(r => read[r]).ToList();
        var period = PeriodOf(context.Request.Query["w"].ToString(), rootLines);
        var calendar = nodes.CalendarOf(roots.FirstOrDefault() ?? "");
        var today = calendar.DateOf(shell.Now);
        var states = await reader.ReadNodesAsync([.. roots], today.AddDays(-40), shell.Now, gone);
        var window = Window.Containing(period, today);
        return new OverviewModel(
            shell, period, tenant, tenants, rootLines, TotalOf(period, rootLines), SpentIn(period, window, rootLines, states), NameOf(period, today), calendar.EndOf(period, window),
            rootLines.Count > 0 ? rootLines[0].Zone : TimeZoneInfo.Utc, [.. shown.Select(p => read[p]).OrderByDescending(l => l.Look.Urgency).ThenBy(l => l.RunsOut ?? DateTimeOffset.MaxValue).ThenByDescending(l => l.Tightest?.Tightness ?? -1)],
            ranked.Count, await ModelsAsync(roots, today, gone), await alerts.LatestAsync(tenant ?? caller.Subtree.CostCenter, MaxAlerts, gone), DayBars.Of(states, today, shell.Currency));
    }

    /// <summary>As asked for; else the one that most roots limit.</summary>
    private static Period PeriodOf(string word, IReadOnlyList<CostCenterLine> roots) => word switch
    {
        "day" => Period.Daily,
        "week" => Period.Weekly,
        "month" => Period.Monthly,
        _ => ((Period[])[Period.Monthly, Period.Weekly, Period.Daily]).MaxBy(p => roots.Count(r => r.Windows.Any(w => w.Period == p))),
    };

    private static string NameOf(Period period, DateOnly today) => period switch
    {
        Period.Daily => today.ToString("dddd d MMMM", System.Globalization.CultureInfo.InvariantCulture),
        Period.Weekly => "This week",
        _ => today.ToString("MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>The roots' windows of one period as one window.</summary>
    private static WindowLine? TotalOf(Period period, IReadOnlyList<CostCenterLine> roots)
    {
        var windows = roots.SelectMany(r => r.Windows).Where(w => w.Period == period && !w.Hidden).ToList();
        if (windows.Count == 0) return null;
        if (windows.Count == 1) return windows[0];
        var (limit, spent, held) = windows.Aggregate((Money.Zero, Money.Zero, Money.Zero), (sum, w) => (sum.Item1 + w.Limit, sum.Item2 + w.Spent, sum.Item3 + w.Held));
        var status = spent >= limit ? WindowFigures.StatusExceeded : Threshold.Defaults.LastOrDefault(t => spent >= t.AmountOf(limit))?.Level ?? WindowFigures.StatusOk;
        var soft = windows.All(w => w.Soft);
        return windows[0] with
        {
            CostCenter = "", Limit = limit, Spent = spent, Held = held, Look = StatusLook.Of(status, soft), Soft = soft, Thresholds = [.. Threshold.Defaults.Select(t => t.At)],
        };
    }

    private static Money SpentIn(Period period, DateOnly window, IReadOnlyList<CostCenterLine> roots, IReadOnlyList<NodeState> states) => period switch
    {
        Period.Daily => roots.Aggregate(Money.Zero, (sum, r) => sum + r.SpentToday),
        Period.Weekly => states.SelectMany(s => s.Days).Where(d => d.Date >= window).Aggregate(Money.Zero, (sum, d) => sum + d.Balance.Spent),
        _ => roots.Aggregate(Money.Zero, (sum, r) => sum + r.SpentMonth),
    };

    private async Task<IReadOnlyList<ModelLine>> ModelsAsync(IReadOnlyList<string> roots, DateOnly today, CancellationToken cancellationToken)
    {
        var read = new List<ModelSpend>();
        foreach (var root in roots.Take(MaxModelRoots)) read.AddRange(await ledger.ReadModelsAsync(root, today, MaxModels * 2, cancellationToken));
        return
        [
            .. read.GroupBy(m => m.Model, StringComparer.Ordinal)
                .Select(g => new ModelLine(g.Key, Sum(g, m => m.SpentToday), Sum(g, m => m.SpentMonth), g.Sum(m => m.RequestsMonth)))
                .OrderByDescending(m => m.SpentMonth).Take(MaxModels),
        ];
    }

    private static Money Sum(IEnumerable<ModelSpend> models, Func<ModelSpend, Money> of) => models.Aggregate(Money.Zero, (sum, m) => sum + of(m));
}
