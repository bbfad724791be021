using System.Globalization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Prices;

/// <summary><c>/prices</c>: the price book, and models of usage without a price.</summary>
internal sealed class PricesPage(PageGate gate, ShellMaker shells, ILedgerUsage usage, Catalog catalog) : IEndpoints
{
    private const int Rows = 50;
    private const int MaxMissing = 20;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/prices", gate.Guard(SendAsync));

    private async Task SendAsync(HttpContext context, ApiKey caller)
    {
        var shell = await shells.MakeAsync(context, caller, "Prices", "prices");
        var search = context.Request.Query["model"].ToString().Trim();
        var page = int.TryParse(context.Request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var p) ? Math.Min(p, 10_000) : 0;
        var book = catalog.Current.Prices;
        var all = book.InForce(shell.Now).ToList();
        var found = all.Where(v => search.Length == 0 || v.Model.Contains(search, StringComparison.OrdinalIgnoreCase) || (!v.Aliases.IsDefault && v.Aliases.Any(a => a.Contains(search, StringComparison.OrdinalIgnoreCase)))).ToList();
        var shown = found.Skip(page * Rows).Take(Rows).Select(v => new PriceLine(v, [.. book.VersionsOf(v.Model).Reverse().Take(8)])).ToList();
        var missing = (await usage.ListMissingPricesAsync(caller.Subtree.CostCenter, MaxMissing, context.RequestAborted)).Where(m => book.Find(m.Provider, m.Model, shell.Now) is null).ToList();
        var query = search.Length > 0 ? $"&model={Uri.EscapeDataString(search)}" : "";
        await PageAnswer.SendAsync(context, Slices.Prices.Create(new PricesModel(
            shell, shown, all.Count, search, found.Count > (page + 1) * Rows ? $"/prices?page={page + 1}{query}" : null, page > 0 ? $"/prices?page={page - 1}{query}" : null, missing)));
    }
}
