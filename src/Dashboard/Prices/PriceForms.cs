using System.Globalization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Prices;

/// <summary>Forms about prices: the same writes as the API's, in force before the answer. Only for keys of the whole installation.</summary>
internal sealed class PriceForms(PageGate gate, PricesPage page, PriceDialogs dialogs, ILedgerPrices ledger, Catalog catalog, TimeProvider clock) : IEndpoints
{
    private const string Conflict = "Somebody else has changed this price meanwhile. What you typed is kept; what it would change now is shown below. Save again if it is still right.";

    /// <summary>As long as a toast with its Undo may stand, and a bit.</summary>
    private static readonly TimeSpan UndoFor = TimeSpan.FromMinutes(2);

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/edit/price", SaveAsync);
        Map(routes, "/edit/price/remove", RemoveAsync);
        Map(routes, "/edit/price/undo", UndoAsync);
    }

    private delegate Task PriceForm(HttpContext context, ApiKey caller, SettingForm form);

    private void Map(IEndpointRouteBuilder routes, string address, PriceForm handle) => routes.MapPost(address, gate.GuardForm((context, caller, form) =>
        caller.IsWholeInstallation ? handle(context, caller, SettingForm.Of(form)) : gate.ForbiddenAsync(context, caller)));

    private async Task SaveAsync(HttpContext context, ApiKey caller, SettingForm form)
    {
        var now = clock.GetUtcNow();
        var inForce = dialogs.InForce(form[PriceDialogs.Model], now);
        var version = dialogs.Apply(form, inForce, now);
        var admin = form.Admin(caller, clock);
        if (form.IsSound && Number(inForce?.Entry ?? 0) != form[PriceDialogs.Entry]) form.Fault("", Conflict);
        if (!form.IsSound)
        {
            // What is asked to be saved again is compared with what is there now.
            var fields = new Dictionary<string, string>(form.Fields) { [PriceDialogs.Entry] = Number(inForce?.Entry ?? 0) };
            await page.SendAsync(context, caller, PriceDialogs.Edit, form.With(fields), sent: true);
            return;
        }

        await StoreAsync(version, admin);
        Done(context, Toasts.Price, version.Model);
    }

    private async Task RemoveAsync(HttpContext context, ApiKey caller, SettingForm form)
    {
        var now = clock.GetUtcNow();
        var inForce = dialogs.InForce(form[PriceDialogs.Model], now);
        var admin = form.Admin(caller, clock);
        if (inForce is null || Number(inForce.Entry) != form[PriceDialogs.Entry]) form.Fault("", inForce is null ? "It has no price any more." : Conflict);
        if (!form.IsSound)
        {
            await page.SendAsync(context, caller, PriceDialogs.Remove, form, sent: true);
            return;
        }

        await StoreAsync(new PriceVersion(inForce!.Model, now, null, null, [], now), admin);
        Done(context, Toasts.PriceRemoved, inForce.Model);
    }

    /// <summary>Takes the latest version back as if it had never been entered, as long as it is the one that was just made.</summary>
    private async Task UndoAsync(HttpContext context, ApiKey caller, SettingForm form)
    {
        var (query, now) = (SettingForm.Of(context.Request.Query), clock.GetUtcNow());
        var undone = Latest(query[PriceDialogs.Model], query[PriceDialogs.Entry], now) is { } latest
            && await ledger.TakeBackPriceAsync(latest.Model, latest.EffectiveFrom, AdminRequest.ContextOf(caller, clock, "undone"), CancellationToken.None);
        if (undone) await catalog.RefreshAsync(CancellationToken.None);
        PageAnswer.GoTo(context, undone ? $"/prices?done={Toasts.SettingUndone}" : "/prices");
    }

    /// <summary>The latest version of a model, if it is this one, and new; null: it is not.</summary>
    public static PriceVersion? Latest(Catalog catalog, string model, string entry, DateTimeOffset now) =>
        catalog.Current.Prices.VersionsOf(model).MaxBy(v => v.Entry) is { } latest && Number(latest.Entry) == entry && now - latest.EnteredAt <= UndoFor ? latest : null;

    private PriceVersion? Latest(string model, string entry, DateTimeOffset now) => Latest(catalog, model, entry, now);

    private async Task StoreAsync(PriceVersion version, Ledger.AdminContext admin)
    {
        await ledger.PutPricesAsync([version], admin, CancellationToken.None);
        await catalog.RefreshAsync(CancellationToken.None);
    }

    private void Done(HttpContext context, string word, string model)
    {
        var entry = catalog.Current.Prices.VersionsOf(model).Max(v => v.Entry);
        PageAnswer.GoTo(context, $"/prices?done={word}&{PriceDialogs.Model}={Uri.EscapeDataString(model)}&{PriceDialogs.Entry}={Number(entry)}");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
