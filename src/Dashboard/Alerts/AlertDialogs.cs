using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Domain.Alerts;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>The dialogs of the page of alerts, by their word in the address, and what can be undone there.</summary>
internal sealed class AlertDialogs(ChannelDialogs channels, ScheduleDialogs schedules, RecentSettings<Channel> recentChannels, RecentSettings<Schedule> recentSchedules)
{
    private static readonly string[] _kinds = [ChannelDialogs.Edit, ChannelDialogs.Remove, ScheduleDialogs.Edit, ScheduleDialogs.Remove];

    public static string? AskedFor(IQueryCollection query) => _kinds.FirstOrDefault(query.ContainsKey);

    /// <summary>Null: what the dialog is about is not there.</summary>
    public async Task<SettingDialog?> OpenAsync(string kind, SettingForm form, ApiKey caller, Shell shell, bool sent, CancellationToken cancellationToken) => kind switch
    {
        ChannelDialogs.Edit => await channels.EditAsync(form, caller, sent),
        ChannelDialogs.Remove => await channels.RemoveAsync(form, caller),
        ScheduleDialogs.Edit => await schedules.EditAsync(form, caller, shell, sent, cancellationToken),
        _ => await schedules.RemoveAsync(form, caller),
    };

    public Shell WithUndo(Shell shell, HttpContext context, ApiKey caller)
    {
        var query = SettingForm.Of(context.Request.Query);
        var (done, name) = (query["done"], query[ChannelDialogs.Name]);
        if (!shell.MayWrite) return shell;
        var subtree = caller.Subtree.CostCenter;
        if (done is Toasts.Channel or Toasts.ChannelRemoved && recentChannels.Find(name) is { } channel && (channel.After ?? channel.Before)!.IsWithin(subtree)) return Undo("channel");
        if (done is Toasts.Schedule or Toasts.ScheduleRemoved && recentSchedules.Find(name) is { } schedule && (schedule.After ?? schedule.Before)!.IsWithin(subtree)) return Undo("summary");
        return shell;

        Shell Undo(string what) => shell with { UndoAddress = $"/edit/{what}/undo?{ChannelDialogs.Name}={Uri.EscapeDataString(name)}" };
    }
}
