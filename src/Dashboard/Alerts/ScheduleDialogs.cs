using System.Globalization;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Reports;
using BudgetEngine.Api.Schedules;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>The dialogs of a schedule. Its preview is the summary as it would be sent now.</summary>
internal sealed class ScheduleDialogs(ILedgerSchedules schedules, IChannelReader channels, ScheduleWrites writes, ChangeReports changes, ReportTables tables)
{
    public const string Edit = "summary";
    public const string Remove = "remove-summary";
    public const string Name = "name";
    public const string IsNew = "new";
    private const string CostCenter = "cost_center";
    private const string Channels = "channels";
    private const string PeriodName = "period";
    private const string Weekday = "weekday";
    private const string Hour = "hour";

    public async Task<Schedule?> FindAsync(string name, ApiKey caller) =>
        (await schedules.ReadScheduleAsync(name, CancellationToken.None))?.Schedule is { } schedule && schedule.IsWithin(caller.Subtree.CostCenter) ? schedule : null;

    /// <summary>The schedule that the form says, by the rules of the API; null: it says none.</summary>
    public async Task<Schedule?> ApplyAsync(SettingForm form, ApiKey caller)
    {
        if (ChannelNames.FaultOf(form[Name]) is { } fault) form.Fault(Name, fault);
        var body = new JsonObject { [Channels] = new JsonArray([.. form.List(Channels).Select(c => JsonValue.Create(c))]), [PeriodName] = form[PeriodName] };
        if (form[CostCenter].Length > 0) body[CostCenter] = form[CostCenter];
        if (form[PeriodName] == Words.Periods.Of(Period.Weekly)) body[Weekday] = form[Weekday];
        if (int.TryParse(form[Hour], NumberStyles.None, CultureInfo.InvariantCulture, out var hour)) body[Hour] = hour;
        else form.Fault(Hour, "choose one of the list");
        var draft = form.Read(body, new ScheduleDraft(), ScheduleDraft.Read, null);
        if (draft.CostCenter is { } costCenter && caller.See(costCenter.Path) is not null) form.Fault(CostCenter, "is outside of your key's subtree");
        if (form.Faults.Keys.Any(f => f is PeriodName or CostCenter)) return null;
        var schedule = draft.ToSchedule(form[Name], caller.Subtree.CostCenter);
        foreach (var (_, wrong) in await writes.FaultsAsync(schedule, caller, CancellationToken.None)) form.Fault(Channels, wrong);
        return schedule;
    }

    public async Task<SettingDialog?> EditAsync(SettingForm form, ApiKey caller, Shell shell, bool sent, CancellationToken cancellationToken)
    {
        var stored = form[IsNew].Length > 0 ? null : await FindAsync(form[Name], caller);
        if (stored is null && form[Name].Length > 0 && form[IsNew].Length == 0) return null;
        var fields = sent || form.Fields.ContainsKey(Hour) ? new Dictionary<string, string>(form.Fields) : FieldsOf(stored);
        if (stored is null) fields[IsNew] = "1";
        var fit = (await channels.ReadChannelsAsync(cancellationToken)).Where(c => c.IsWithin(caller.Subtree.CostCenter) && c.Type != ChannelType.PagerDuty).OrderBy(c => c.Name, StringComparer.Ordinal);
        List<SettingField> inputs =
        [
            new SettingField(Name, "Name", stored is null ? SettingInput.Text : SettingInput.Hidden) { Placeholder = "weekly-acme" },
            new SettingField(CostCenter, "Of") { Placeholder = caller.Subtree.CostCenter ?? "everything", Hint = "A cost center and all below it" },
            new SettingField(PeriodName, "Every", SettingInput.Choice) { Options = [("daily", "Day"), ("weekly", "Week"), ("monthly", "Month, on its first day")] },
            new SettingField(Weekday, "On (weekly)", SettingInput.Choice) { Options = [.. Schedule.Weekdays.All.Select(d => (d, char.ToUpperInvariant(d[0]) + d[1..]))] },
            new SettingField(Hour, "At", SettingInput.Choice) { Options = [.. Enumerable.Range(0, 24).Select(h => (h.ToString(CultureInfo.InvariantCulture), $"{h:00}:00"))] },
            new SettingField(Channels, "To", SettingInput.Checks) { Options = [.. fit.Select(c => (c.Name, $"{c.Name} ({c.Under ?? "everything"})"))], Hint = "Channels that tell of this cost center. PagerDuty takes no summaries." },
        ];
        if (stored is null) inputs.Add(new SettingField(IsNew, "", SettingInput.Hidden));
        return new SettingDialog(
            Edit, stored is null ? "Add a summary" : "Edit summary", stored?.Name ?? "What was spent, what changed, and what is forecast", "/edit/summary", "/alerts", "Save summary", inputs, fields, form.Faults,
            await PreviewAsync(new SettingForm(fields), caller, shell, cancellationToken))
        {
            RemoveAddress = stored is null ? null : $"/alerts?{Remove}=1&{Name}={Uri.EscapeDataString(stored.Name)}",
        };
    }

    public async Task<SettingDialog?> RemoveAsync(SettingForm form, ApiKey caller)
    {
        if (await FindAsync(form[Name], caller) is not { } stored) return null;
        return new SettingDialog(
            Remove, $"Delete {stored.Name}?", stored.CostCenter ?? "everything", "/edit/summary/remove", "/alerts", "Delete summary", [new SettingField(Name, "", SettingInput.Hidden)], form.Fields, form.Faults,
            new SettingPreview("What changes", [], [$"Nothing more of it is sent to {string.Join(", ", stored.Channels)}.", "What was sent stays in the timeline."]))
        {
            Removes = true,
        };
    }

    private async Task<SettingPreview> PreviewAsync(SettingForm form, ApiKey caller, Shell shell, CancellationToken cancellationToken)
    {
        const string title = "What it would send now";
        if (await ApplyAsync(form, caller) is not { } schedule) return new SettingPreview(title, [], []);
        var calendar = writes.CalendarOf(schedule.CostCenter);
        var (next, zone) = (schedule.NextAt(calendar, shell.Now), calendar.ZoneAt(shell.Now));
        var summary = await changes.OfAsync(schedule.CostCenter, schedule.Period, schedule.LastDay(calendar, shell.Now), cancellationToken);
        var at = TimeZoneInfo.ConvertTime(next, TimeZoneInfo.FindSystemTimeZoneById(zone)).ToString("dddd d MMMM, HH:mm", CultureInfo.InvariantCulture);
        return new SettingPreview(title, [], [tables.TextOf(schedule.CostCenter, summary), $"The next goes out on {at} ({zone})."]);
    }

    private static Dictionary<string, string> FieldsOf(Schedule? stored) => new(StringComparer.Ordinal)
    {
        [Name] = stored?.Name ?? "", [CostCenter] = stored?.CostCenter ?? "", [Channels] = string.Join(',', stored?.Channels ?? []), [PeriodName] = Words.Periods.Of(stored?.Period ?? Period.Weekly),
        [Weekday] = Schedule.Weekdays.Of(stored?.Weekday ?? Schedule.DefaultWeekday), [Hour] = (stored?.Hour ?? Schedule.DefaultHour).ToString(CultureInfo.InvariantCulture),
    };
}
