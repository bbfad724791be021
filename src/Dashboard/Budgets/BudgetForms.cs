using System.Globalization;
using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Budgets;

/// <summary>Forms about budgets: the same writes as the API's, by the same rules, put in force before the answer.</summary>
internal sealed class BudgetForms(PageGate gate, CostCenterPage page, BudgetDialogs dialogs, RecentBudgets recent, BudgetStores stores, BudgetWrites writes, TimeProvider clock) : IEndpoints
{
    private const string Conflict = "Somebody else has changed this budget meanwhile. What you typed is kept; what it would change now is shown below. Save again if it is still right.";

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "budget", SaveAsync);
        Map(routes, "undo", UndoAsync);
        Map(routes, "pause", PauseAsync);
        Map(routes, "resume", ResumeAsync);
        Map(routes, "increase", IncreaseAsync);
    }

    /// <summary>A form about a cost center that the key may change, with its fields.</summary>
    private delegate Task CostCenterForm(HttpContext context, ApiKey caller, string path, IReadOnlyDictionary<string, string> fields);

    private void Map(IEndpointRouteBuilder routes, string what, CostCenterForm handle) =>
        routes.MapPost($"/edit/{what}/{{**cost_center}}", gate.GuardForm(async (context, caller, form) =>
        {
            var text = RawTarget.TailOf(context, 2, out var fault);
            if (fault is not null || !CostCenterId.TryParse(text, out var id, out fault)) await gate.MessageAsync(context, caller, PageMessage.Malformed(fault!), StatusCodes.Status404NotFound);
            else if (caller.Change(id.Path) is not null) await gate.ForbiddenAsync(context, caller);
            else if (!await stores.CostCenters.ExistsAsync(id.Path, CancellationToken.None)) await gate.MessageAsync(context, caller, PageMessage.NoCostCenter(id.Path), StatusCodes.Status404NotFound);
            else await handle(context, caller, id.Path, form.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal));
        }));

    private async Task SaveAsync(HttpContext context, ApiKey caller, string path, IReadOnlyDictionary<string, string> fields)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        var stored = await stores.Budgets.ReadBudgetAsync(path, null, CancellationToken.None);
        var budget = BudgetFields.Apply(fields, stored?.Budget, path, stores.Resolution, faults);
        var reason = BudgetFields.ReasonOf(fields, faults);
        if (faults.Count == 0)
        {
            var written = await stores.Budgets.PutBudgetAsync(path, null, budget, null, PreconditionOf(fields), AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None);
            if (written.Status != BudgetWriteStatus.PreconditionFailed)
            {
                await writes.PutInForceAsync(path, null, BudgetWrites.Put);
                if (stored is not null) recent.Keep(path, written.Budget!.Version, stored.Budget);
                Done(context, path, Toasts.Budget);
                return;
            }

            faults[""] = Conflict;
        }

        await page.SendAsync(context, caller, path, new OpenDialog(OpenDialog.Edit, fields, faults), StatusCodes.Status404NotFound);
    }

    private async Task UndoAsync(HttpContext context, ApiKey caller, string path, IReadOnlyDictionary<string, string> fields)
    {
        var stored = await stores.Budgets.ReadBudgetAsync(path, null, CancellationToken.None);
        if (stored is null || recent.Find(path, stored.Version) is not { } before)
        {
            PageAnswer.GoTo(context, Markup.Address(path));
            return;
        }

        var written = await stores.Budgets.PutBudgetAsync(
            path, null, before, null, new BudgetPrecondition([stored.Version], false), AdminRequest.ContextOf(caller, clock, "undone"), CancellationToken.None);
        if (written.Status != BudgetWriteStatus.PreconditionFailed) await writes.PutInForceAsync(path, null, BudgetWrites.Put);
        Done(context, path, written.Status == BudgetWriteStatus.PreconditionFailed ? "" : Toasts.Undone);
    }

    private async Task PauseAsync(HttpContext context, ApiKey caller, string path, IReadOnlyDictionary<string, string> fields)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        var (now, until) = (clock.GetUtcNow(), fields.GetValueOrDefault(BudgetFields.Until, ""));
        var end = dialogs.EndOf(path, until, Domain.Windows.Period.Daily, now);
        if (until.Length > 0 && end is null) faults[BudgetFields.Until] = "choose one of the list";
        var reason = BudgetFields.ReasonOf(fields, faults);
        if (faults.Count > 0)
        {
            await page.SendAsync(context, caller, path, new OpenDialog(OpenDialog.Pause, fields, faults), StatusCodes.Status404NotFound);
            return;
        }

        await stores.Pauses.PutPauseAsync(new Pause(path, null, null, end, reason, caller.Id, now), AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None);
        await writes.PutInForceAsync(path, null, BudgetWrites.Paused);
        Done(context, path, Toasts.Paused);
    }

    private async Task ResumeAsync(HttpContext context, ApiKey caller, string path, IReadOnlyDictionary<string, string> fields)
    {
        await stores.Pauses.DeletePauseAsync(path, null, null, AdminRequest.ContextOf(caller, clock, null), CancellationToken.None);
        await writes.PutInForceAsync(path, null, BudgetWrites.Resumed);
        Done(context, path, Toasts.Resumed);
    }

    private async Task IncreaseAsync(HttpContext context, ApiKey caller, string path, IReadOnlyDictionary<string, string> fields)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        var now = clock.GetUtcNow();
        var amount = BudgetFields.AmountOf(fields, BudgetFields.Amount, stores.Resolution, faults);
        if (amount is not { IsPositive: true }) faults.TryAdd(BudgetFields.Amount, "must be above 0");
        var period = Words.Periods.Parse(fields.GetValueOrDefault(BudgetFields.Period, ""));
        if (period is null) faults[BudgetFields.Period] = "choose one of the list";
        var end = dialogs.EndOf(path, fields.GetValueOrDefault(BudgetFields.Until, ""), period ?? Domain.Windows.Period.Daily, now);
        if (end is null) faults[BudgetFields.Until] = period == Domain.Windows.Period.Total ? "a total never ends: choose another end" : "choose one of the list";
        var reason = BudgetFields.ReasonOf(fields, faults);
        if (faults.Count > 0)
        {
            await page.SendAsync(context, caller, path, new OpenDialog(OpenDialog.Increase, fields, faults), StatusCodes.Status404NotFound);
            return;
        }

        var id = "inc_" + stores.Ids.Next().ToString("N", CultureInfo.InvariantCulture);
        var increase = new Increase(id, path, null, period!.Value, amount!.Value, end!.Value, reason, caller.Id, now);
        await stores.Increases.PutIncreaseAsync(increase, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None);
        await writes.PutInForceAsync(path, null, BudgetWrites.Increased);
        Done(context, path, Toasts.Increased);
    }

    /// <summary>The budget must still be the one that was on the page.</summary>
    private static BudgetPrecondition PreconditionOf(IReadOnlyDictionary<string, string> fields) =>
        long.TryParse(fields.GetValueOrDefault(BudgetFields.Version, ""), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? new BudgetPrecondition([version], false)
            : new BudgetPrecondition(null, true);

    private static void Done(HttpContext context, string path, string word) => PageAnswer.GoTo(context, Markup.Address(path) + (word.Length > 0 ? "?done=" + word : ""));
}
