using System.Globalization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Prices;

/// <summary><c>/prices</c>: the price book, models of usage without a price, and the dialogs that change a price.</summary>
internal sealed class PricesPage(PageGate gate, ShellMaker shells, PriceDialogs dialogs, ILedgerUsage usage, Catalog catalog) : IEndpoints
{
    private const int Rows = 50;
    private const int MaxMissing = 20;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/prices", gate.Guard((context, caller) =>
    {
        var asked = ((string[])[PriceDialogs.Edit, PriceDialogs.Remove]).FirstOrDefault(context.Request.Query.ContainsKey);
        return SendAsync(context, caller, asked, SettingForm.Of(context.Request.Query), sent: false);
    }));

    /// <param name="kind">The dialog that is open; null: none.</param>
    /// <param name="sent">The form was sent, and could not be done.</param>
    public async Task SendAsync(HttpContext context, ApiKey caller, string? kind, SettingForm form, bool sent)
    {
        var shell = WithUndo(await shells.MakeAsync(context, caller, "Prices", "prices"), context);
        var search = context.Request.Query["model"].ToString().Trim();
        var page = int.TryParse(context.Request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var p) ? Math.Min(p, 10_000) : 0;
        var book = catalog.Current.Prices;
        var all = book.InForce(shell.Now).ToList();
        var found = all.Where(v => search.Length == 0 || v.Model.Contains(search, StringComparison.OrdinalIgnoreCase) || (!v.Aliases.IsDefault && v.Aliases.Any(a => a.Contains(search, StringComparison.OrdinalIgnoreCase)))).ToList();
        var shown = found.Skip(page * Rows).Take(Rows).Select(v => new PriceLine(v, [.. book.VersionsOf(v.Model).Reverse().Take(8)])).ToList();
        var missing = (await usage.ListMissingPricesAsync(caller.Subtree.CostCenter, MaxMissing, context.RequestAborted)).Where(m => book.Find(m.Provider, m.Model, shell.Now) is null).ToList();
        var query = search.Length > 0 ? $"&model={Uri.EscapeDataString(search)}" : "";
        var model = new PricesModel(
            shell, shown, all.Count, search, found.Count > (page + 1) * Rows ? $"/prices?page={page + 1}{query}" : null, page > 0 ? $"/prices?page={page - 1}{query}" : null, missing);
        if (kind is not null && model.MayChange) model = model with { Dialog = await DialogAsync(shell, kind, form, sent, context.RequestAborted) };
        await PageAnswer.SendAsync(context, Slices.Prices.Create(model), sent ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private async Task<SettingDialog?> DialogAsync(Shell shell, string kind, SettingForm form, bool sent, CancellationToken cancellationToken)
    {
        if (kind == PriceDialogs.Edit) return await dialogs.EditAsync(shell, form, sent, cancellationToken);
        return sent || dialogs.InForce(form[PriceDialogs.Model], shell.Now) is not null ? dialogs.RemoveOf(shell, form) : null;
    }

    private Shell WithUndo(Shell shell, HttpContext context)
    {
        var query = SettingForm.Of(context.Request.Query);
        if (query["done"] is not (Toasts.Price or Toasts.PriceRemoved) || !shell.MayWrite || !shell.SeesAll) return shell;
        return PriceForms.Latest(catalog, query[PriceDialogs.Model], query[PriceDialogs.Entry], shell.Now) is not { } latest ? shell
            : shell with { UndoAddress = $"/edit/price/undo?{PriceDialogs.Model}={Uri.EscapeDataString(latest.Model)}&{PriceDialogs.Entry}={latest.Entry.ToString(CultureInfo.InvariantCulture)}" };
    }
}
