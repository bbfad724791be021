using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.FirstRun;

/// <summary>
/// <c>/first-run</c>, and the overview of an installation without cost centers. Each step is done when the engine says so: the limit stands, something is held or was
/// spent, a denial is in the ledger. The page looks again with every live event.
/// </summary>
internal sealed class FirstRunPage(PageGate gate, ShellMaker shells, KeyRing ring, LiveNodes nodes, CostCenterLines lines, ILedgerBudgets budgets, ILedgerAlerts alerts, Catalog catalog) : IEndpoints
{
    private const int MaxAlerts = 10;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/first-run", gate.Guard(SendAsync));

    public async Task SendAsync(HttpContext context, ApiKey caller)
    {
        if (caller.See(FirstRunModel.CostCenter) is not null)
        {
            await gate.ForbiddenAsync(context, caller);
            return;
        }

        await PageAnswer.SendAsync(context, Slices.FirstRun.Create(await ReadAsync(context, caller)));
    }

    private async Task<FirstRunModel> ReadAsync(HttpContext context, ApiKey caller)
    {
        var shell = await shells.MakeAsync(context, caller, "First run", "overview") with { WatchesDecisions = true, Address = "/first-run" };
        var view = (await nodes.ViewPathsAsync([FirstRunModel.CostCenter], 1))[FirstRunModel.CostCenter];
        var budget = await budgets.ReadBudgetAsync(FirstRunModel.CostCenter, null, context.RequestAborted);
        var limit = view.Windows.Select(w => lines.WindowOf(w, view, budget?.Budget, 0)).FirstOrDefault();
        var price = catalog.Current.Prices.VersionAt(FirstRunModel.Model, shell.Now);
        var own = view.Exists ? await alerts.ReadOwnAlertsAsync(FirstRunModel.CostCenter, MaxAlerts, context.RequestAborted) : [];
        var denied = own.FirstOrDefault(a => a.Alert.Type == AlertType.Denied)?.Alert;
        var allowed = view.Open > 0 || view.RequestsToday > 0 || view.ExpiredToday > 0 || view.SpentMonth > 0;
        return new FirstRunModel(
            shell, $"{context.Request.Scheme}://{context.Request.Host.Value}", ring.IsOpen, limit, price?.Prices is not null, allowed, denied is not null, SeenOf(shell, budget, price, view, denied));
    }

    private static List<SeenLine> SeenOf(Shell shell, StoredBudget? budget, Domain.Prices.PriceVersion? price, NodeView view, Alert? denied)
    {
        var seen = new List<SeenLine>();
        if (budget is not null) seen.Add(new SeenLine("Budget set", $"{FirstRunModel.CostCenter}, by {Markup.Actor(budget.UpdatedBy)}", budget.UpdatedAt));
        if (price?.Prices is { } p) seen.Add(new SeenLine($"Price of {FirstRunModel.Model} entered", $"{p.Input} in, {p.Output} out per {Markup.Number(p.Per)} tokens", price.EnteredAt));
        if (view.Reservations is [var first, ..]) seen.Add(new SeenLine("Check allowed", $"{shell.Currency.Of(new Domain.Amounts.Money(first.Granted))} held until the usage arrives", first.CreatedAt));
        if (denied is not null) seen.Add(new SeenLine("Check denied", denied.Period is { } period ? $"budget_exceeded, {Words.Periods.Of(period)}" : "budget_exceeded", denied.At));
        return [.. seen.OrderByDescending(s => s.At)];
    }
}
