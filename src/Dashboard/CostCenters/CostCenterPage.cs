using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Alerts;
using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.Budgets;
using BudgetEngine.Dashboard.Charts;
using BudgetEngine.Dashboard.Overview;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Denials;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary><c>/cost-centers/{cost_center}</c>: one cost center with all that is known of it.</summary>
internal sealed class CostCenterPage(
    PageGate gate, ShellMaker shells, CostCenterLines lines, LiveNodes nodes, Breakers breakers, AlertLines alerts, SpendAdvice advice, CostCenterSources sources, BudgetDialogs dialogs,
    CheckService checks) : IEndpoints
{
    private const int MaxReservations = 20;
    private const int MaxChildren = 50;
    private const int MaxModels = 12;
    private const int MaxAlerts = 6;
    private const int MaxDenials = 10;
    private const int MaxChanges = 8;
    private const int MaxAuditRead = 500;

    /// <summary>Two months, for the line of the month before.</summary>
    private const int DaysBack = 62;
    private static readonly TimeSpan ChangesOf = TimeSpan.FromDays(30);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/cost-centers/{**cost_center}", gate.Guard(SendAsync));

    /// <summary>By the link of an alert, which is a query of the root.</summary>
    public Task SendLinkedAsync(HttpContext context, ApiKey caller, string asked)
    {
        if (CostCenterId.TryParse(asked, out var id, out var fault)) return SendAsync(context, caller, id.Path, null, StatusCodes.Status200OK);
        return gate.MessageAsync(context, caller, PageMessage.Malformed(fault!), StatusCodes.Status200OK);
    }

    /// <param name="open">What of a dialog was sent and could not be done; null: what the address asks for.</param>
    /// <param name="missing">The status of the answer where there is no such cost center.</param>
    public async Task SendAsync(HttpContext context, ApiKey caller, string path, OpenDialog? open, int missing)
    {
        if (caller.See(path) is not null)
        {
            await gate.ForbiddenAsync(context, caller);
            return;
        }

        var views = await nodes.ViewPathsAsync([path], MaxReservations);
        if (!views[path].Exists)
        {
            await gate.MessageAsync(context, caller, PageMessage.NoCostCenter(path), missing);
            return;
        }

        var model = await ReadAsync(context, caller, path, views);
        model = await dialogs.OpenAsync(context, model, views[path], open);
        await PageAnswer.SendAsync(context, Slices.CostCenter.Create(model), open is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private Task SendAsync(HttpContext context, ApiKey caller)
    {
        var text = RawTarget.TailOf(context, 1, out var fault);
        if (fault is null && CostCenterId.TryParse(text, out var id, out fault)) return SendAsync(context, caller, id.Path, null, StatusCodes.Status404NotFound);
        return gate.MessageAsync(context, caller, PageMessage.Malformed(fault!), StatusCodes.Status404NotFound);
    }

    private async Task<CostCenterModel> ReadAsync(HttpContext context, ApiKey caller, string path, IReadOnlyDictionary<string, NodeView> views)
    {
        var (gone, depth, view) = (context.RequestAborted, caller.Subtree.Depth, views[path]);
        var shell = await shells.MakeAsync(context, caller, Markup.Name(path), "cost-centers");
        var onPath = CostCenterId.SelfAndAncestors(path);
        var budgets = await lines.BudgetsOfAsync(onPath, gone);
        var (_, breaker, pauses) = (await breakers.ViewAsync([path], 0, depth))[0];
        var line = lines.Of(path, view, breaker, budgets, depth);
        var windows = onPath.SelectMany(node => WindowsOf(node, views)).Select(w => lines.WindowOf(w, views[w.CostCenter], budgets.GetValueOrDefault(w.CostCenter), depth)).ToList();
        var state = (await sources.Reader.ReadNodesAsync([path], view.Today.AddDays(-DaysBack), shell.Now, gone))[0];
        var (children, childCount) = await sources.CostCenters.ListChildrenAsync(path, MaxChildren, gone);
        var models = await sources.CostCenters.ReadModelsAsync(path, view.Today, MaxModels, gone);
        var (changes, cut) = await ChangesAsync(path, shell.Now, gone);
        return new CostCenterModel(
            shell, line, windows, ChartOf(context, line, state, view.Today, shell), caller.Has(Scopes.Admin) && caller.Change(path) is null,
            await sources.Budgets.ReadBudgetAsync(path, null, gone), [.. state.Increases.Where(i => i.Until > shell.Now)], await lines.ReadAsync(children, depth, gone), childCount,
            [.. models.Select(m => new ModelLine(m.Model, m.SpentToday, m.SpentMonth, m.RequestsMonth))], [.. view.Reservations.Select(r => OpenReservations.ViewOf(r, checks)).OrderBy(r => r.ExpiresAt)],
            view.ExpiredToday, await alerts.OwnAsync(path, MaxAlerts, gone), changes, cut, await advice.ForAsync(path, view.Today, nodes.WindowsOf(view), gone), caller.Subtree.CostCenter ?? "")
        {
            Denials = await DenialsAsync(path, depth, shell.Currency, gone),
            PartlyPaused = [.. pauses.Where(p => (p.User is not null || p.Model is not null) && CostCenterId.DepthOf(p.CostCenter) >= depth)],
        };
    }

    private async Task<IReadOnlyList<DenialLine>> DenialsAsync(string path, int visibleDepth, Currency currency, CancellationToken cancellationToken)
    {
        var filter = new DenialFilter(path, null, null, null, null, null, null, null);
        return [.. (await sources.Denials.ReadDenialsAsync(filter, null, MaxDenials, cancellationToken)).Select(d => DenialLine.Of(d, visibleDepth, currency))];
    }

    /// <summary>Its own limited windows, and those that its parent's <c>per_child</c> sets it.</summary>
    private static IEnumerable<WindowState> WindowsOf(string node, IReadOnlyDictionary<string, NodeView> views)
    {
        var ofParent = CostCenterId.ParentOf(node) is { } parent && views[parent].ChildWindows is { IsDefaultOrEmpty: false } set ? set.Where(w => w.CostCenter == node) : [];
        return views[node].Windows.Concat(ofParent).Where(w => w.User is null);
    }

    private BurnUp ChartOf(HttpContext context, CostCenterLine line, NodeState state, DateOnly today, Shell shell)
    {
        var period = context.Request.Query["w"].ToString() switch { "week" => Period.Weekly, "month" => Period.Monthly, _ => DefaultOf(line) };
        var calendar = nodes.CalendarOf(line.Path);
        var window = Window.Containing(period, today);
        var (start, end) = (calendar.StartOfWindow(period, window), calendar.EndOf(period, window) ?? shell.Now);
        var nowAt = end > start ? Math.Clamp((decimal)(shell.Now - start).Ticks / (end - start).Ticks, 0, 1) : 1;
        return BurnUp.Of(line.Path, period, line.Windows.FirstOrDefault(w => w.Period == period), state.Days, today, nowAt, line.Zone, shell.Currency);
    }

    /// <summary>The month, unless only the week is limited.</summary>
    private static Period DefaultOf(CostCenterLine line) =>
        line.Windows.Any(w => w.Period == Period.Weekly) && line.Windows.All(w => w.Period != Period.Monthly) ? Period.Weekly : Period.Monthly;

    /// <summary>Newest first.</summary>
    private async Task<(IReadOnlyList<AuditEntry> Changes, bool Cut)> ChangesAsync(string path, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var entries = await sources.Audit.ReadAuditAsync(new AuditFilter(path, now - ChangesOf), null, MaxAuditRead, cancellationToken);
        return ([.. entries.Where(e => e.CostCenter == path).Take(MaxChanges)], entries.Count == MaxAuditRead);
    }
}
