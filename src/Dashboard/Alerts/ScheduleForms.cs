using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Schedules;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>Forms about summaries: the same writes as the API's, within the key's subtree.</summary>
internal sealed class ScheduleForms(PageGate gate, AlertsPage page, ScheduleDialogs dialogs, RecentSettings<Schedule> recent, ILedgerSchedules ledger, ScheduleWrites writes, TimeProvider clock) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/edit/summary", gate.GuardForm(SaveAsync));
        routes.MapPost("/edit/summary/remove", gate.GuardForm(RemoveAsync));
        routes.MapPost("/edit/summary/undo", gate.GuardForm(UndoAsync));
    }

    private async Task SaveAsync(HttpContext context, ApiKey caller, IFormCollection sent)
    {
        var form = SettingForm.Of(sent);
        var stored = await dialogs.FindAsync(form[ScheduleDialogs.Name], caller);
        if (stored is not null && form[ScheduleDialogs.IsNew].Length > 0) form.Fault(ScheduleDialogs.Name, "there is a summary of this name already");
        var schedule = await dialogs.ApplyAsync(form, caller);
        var admin = form.Admin(caller, clock);
        if (form.IsSound)
        {
            var written = await writes.PutAsync(schedule!, caller, admin);
            if (written is ScheduleWrite.Created or ScheduleWrite.Replaced)
            {
                recent.Keep(schedule!.Name, stored, schedule);
                SettingForm.Done(context, "/alerts", Toasts.Schedule, schedule.Name);
                return;
            }

            form.Fault(ScheduleDialogs.Name, written == ScheduleWrite.Taken ? "is taken: use another" : $"there are too many summaries: delete one first. {Schedule.Shares.Describe(caller.Subtree.CostCenter)}");
        }

        await page.SendAsync(context, caller, ScheduleDialogs.Edit, form, sent: true);
    }

    private async Task RemoveAsync(HttpContext context, ApiKey caller, IFormCollection sent)
    {
        var form = SettingForm.Of(sent);
        var stored = await dialogs.FindAsync(form[ScheduleDialogs.Name], caller);
        var admin = form.Admin(caller, clock);
        if (form.IsSound && stored is not null && await ledger.DeleteScheduleAsync(stored.Name, caller.Subtree.CostCenter, admin, CancellationToken.None))
        {
            recent.Keep(stored.Name, stored, null);
            SettingForm.Done(context, "/alerts", Toasts.ScheduleRemoved, stored.Name);
            return;
        }

        await page.SendAsync(context, caller, ScheduleDialogs.Remove, form, sent: true);
    }

    /// <summary>Only as long as the schedule is as the change left it, and its channels still fit.</summary>
    private async Task UndoAsync(HttpContext context, ApiKey caller, IFormCollection sent)
    {
        var name = context.Request.Query[ScheduleDialogs.Name].ToString();
        var current = (await ledger.ReadScheduleAsync(name, CancellationToken.None))?.Schedule;
        var undone = false;
        if (recent.Find(name) is { } change && (change.Before ?? change.After)!.IsWithin(caller.Subtree.CostCenter) && AreSame(current, change.After))
        {
            var admin = AdminRequest.ContextOf(caller, clock, "undone");
            undone = change.Before is not { } before
                ? await ledger.DeleteScheduleAsync(name, caller.Subtree.CostCenter, admin, CancellationToken.None)
                : (await writes.FaultsAsync(before, caller, CancellationToken.None)).Count == 0 && await writes.PutAsync(before, caller, admin) is ScheduleWrite.Created or ScheduleWrite.Replaced;
            recent.Forget(name);
        }

        PageAnswer.GoTo(context, undone ? $"/alerts?done={Toasts.SettingUndone}" : "/alerts");
    }

    private static bool AreSame(Schedule? a, Schedule? b) => a is null || b is null ? a is null && b is null : a with { Channels = [] } == b with { Channels = [] } && a.Channels.SequenceEqual(b.Channels);
}
