using BudgetEngine.Api.Alerts;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>What was told to whom, and did it arrive?</summary>
/// <param name="Filter"><c>all</c>, <c>critical</c>, <c>failed</c>.</param>
public sealed record AlertsModel(Shell Shell, IReadOnlyList<AlertLine> Alerts, string Filter, string? Next, IReadOnlyList<ChannelLine> Channels, IReadOnlyList<ScheduleLine> Schedules) : PageModel(Shell)
{
    /// <summary>The dialog that is open; null: none.</summary>
    public SettingDialog? Dialog { get; init; }

    public IEnumerable<IGrouping<DateOnly, AlertLine>> ByDay => Alerts.GroupBy(a => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(a.Alert.At, a.Zone).Date));

    /// <summary>How deliveries went, in words.</summary>
    public static string WordsOf(IReadOnlyList<StoredDelivery> deliveries)
    {
        var delivered = deliveries.Count(d => d.State == DeliveryState.Delivered);
        return delivered == deliveries.Count ? $"delivered to {delivered}" : $"{delivered} of {deliveries.Count} delivered";
    }

    public static string WordOf(StoredDelivery delivery, DateTimeOffset now) => delivery.State switch
    {
        DeliveryState.Delivered => "delivered" + (delivery.Attempts > 1 ? $" after {delivery.Attempts} attempts" : ""),
        DeliveryState.Pending => $"next try {Wording.TimeWords.Until(delivery.NextAt, now)}" + (delivery.LastError is { } error ? $": {error}" : ""),
        DeliveryState.Failed => $"given up after {delivery.Attempts} attempts" + (delivery.LastError is { } error ? $": {error}" : ""),
        _ => "not wanted any more",
    };
}

/// <summary>A channel, and how it is doing.</summary>
/// <param name="Health">In one sentence.</param>
public sealed record ChannelLine(string Name, ChannelType Type, string? Under, string Takes, string Icon, string Word, string Health);
