using System.Globalization;
using BudgetEngine.Api.Channels;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary><c>/alerts</c>: the timeline with its deliveries, and the channels with their health.</summary>
internal sealed class AlertsPage(
    PageGate gate, ShellMaker shells, NavigationCounts counts, AlertLines lines, AlertSources sources, AlertDialogs dialogs, TimeProvider clock) : IEndpoints
{
    private const int Shown = 30;

    /// <summary>Alerts looked through for those that a filter keeps.</summary>
    private const int MaxRead = 200;
    private const int MaxChannels = 50;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/alerts", gate.Guard((context, caller) => SendAsync(context, caller, AlertDialogs.AskedFor(context.Request.Query), SettingForm.Of(context.Request.Query), sent: false)));

    /// <param name="kind">The dialog that is open; null: none.</param>
    /// <param name="sent">The form was sent, and could not be done.</param>
    public async Task SendAsync(HttpContext context, ApiKey caller, string? kind, SettingForm form, bool sent)
    {
        var (under, gone) = (caller.Subtree.CostCenter, context.RequestAborted);
        var filter = context.Request.Query["l"].ToString() is ("critical" or "failed") and var word ? word : "all";
        long? before = long.TryParse(context.Request.Query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var entry) ? entry : null;
        var visible = (await sources.Channels.ReadChannelsAsync(gone)).Where(c => c.IsWithin(under)).OrderBy(c => c.Name, StringComparer.Ordinal).ToList();
        var names = caller.IsWholeInstallation ? null : visible.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var read = await sources.Ledger.ReadAlertsAsync(under, null, before, filter == "all" ? Shown + 1 : MaxRead, gone);
        var kept = new List<AlertLine>();
        foreach (var stored in read)
        {
            if (kept.Count > Shown) break;
            var line = lines.Of(stored);
            if (filter == "critical" && !line.IsUrgent) continue;
            var deliveries = await sources.Ledger.ReadDeliveriesAsync(stored.Alert.Id, gone);
            line = line with { Deliveries = [.. deliveries.Where(d => names is null || names.Contains(d.Channel))] };
            if (filter == "failed" && line.Deliveries.All(d => d.State is DeliveryState.Delivered or DeliveryState.Dropped)) continue;
            kept.Add(line);
        }

        // Before the answer begins: it is a cookie.
        counts.Seen(context);
        var next = kept.Count > Shown ? $"/alerts?l={filter}&before={kept[Shown - 1].Entry}" : null;
        var shell = await shells.MakeAsync(context, caller, "Alerts", "alerts") with { NewAlerts = 0 };
        var views = await sources.Live.ViewAllAsync([.. visible.Take(MaxChannels)]);
        var summaries = (await sources.Schedules.ReadSchedulesAsync(gone)).Where(s => s.Schedule.IsWithin(under)).Take(MaxChannels).Select(s => new ScheduleLine(s, sources.Writes.ZoneOf(s.Schedule))).ToList();
        var model = new AlertsModel(dialogs.WithUndo(shell, context, caller), [.. kept.Take(Shown)], filter, next, [.. views.Select(v => LineOf(v, clock.GetUtcNow()))], summaries);
        if (kind is not null && shell.MayWrite) model = model with { Dialog = await dialogs.OpenAsync(kind, form, caller, shell, sent, gone) };
        await PageAnswer.SendAsync(context, Slices.Alerts.Create(model), sent ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private static ChannelLine LineOf(ChannelView view, DateTimeOffset now)
    {
        var channel = view.Channel;
        var (icon, word, health) = HealthOf(view, now);
        var takes = channel.Levels.IsDefaultOrEmpty && channel.Types.IsDefaultOrEmpty ? "every alert"
            : string.Join(", ", (channel.Levels.IsDefaultOrEmpty ? [] : channel.Levels.ToArray()).Concat(channel.Types.IsDefaultOrEmpty ? [] : channel.Types.Select(AlertTypes.WordOf)));
        return new ChannelLine(channel.Name, channel.Type, channel.Under, takes, icon, word, health);
    }

    private static (string Icon, string Word, string Health) HealthOf(ChannelView view, DateTimeOffset now)
    {
        if (view.Channel.Disabled is { } disabled) return ("exceeded", "Off", $"{disabled.Reason}, since {TimeWords.Ago(disabled.At, now, TimeZoneInfo.Utc)}");
        if (view.Health is not { } health) return ("degraded", "Not known", "Its notifier does not answer just now.");
        if (health.FailuresInARow > 0) return ("critical", "Failing", $"{health.FailuresInARow} failures in a row: {health.LastError}");
        return health.LastSentAt is { } sent ? ("ok", "OK", $"{Markup.Number(health.Sent)} sent, the last {TimeWords.Ago(sent, now, TimeZoneInfo.Utc)}") : ("ok", "OK", "Nothing sent yet.");
    }
}
