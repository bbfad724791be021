using System.Collections.Immutable;

namespace BudgetEngine.Domain.Alerts;

/// <summary>One alert that a channel still has to tell.</summary>
/// <param name="FirstAt">When it was stored.</param>
public sealed record PendingDelivery(Alert Alert, bool Resolves, int Attempts, DateTimeOffset FirstAt, DateTimeOffset NextAt);

/// <summary>What a channel for people last told of one cost center.</summary>
/// <param name="Height">The highest threshold told since the collecting began.</param>
public readonly record struct LastSent(DateTimeOffset At, decimal Height);

/// <summary>A message of one or several deliveries, or the instant until which they are collected.</summary>
/// <param name="SendAt">Null: now.</param>
public sealed record PlannedMessage(string CostCenter, ImmutableArray<PendingDelivery> Deliveries, DateTimeOffset? SendAt)
{
    public ChannelMessage Message => new([.. Deliveries.Select(d => d.Alert)], Deliveries[0].Resolves);
}

/// <summary>
/// What is said together. Programs get every alert alone. People get, per cost center, one message that shows the highest threshold and lists all; a higher one
/// is told at once, anything else of the same cost center within <see cref="CollectFor"/> of the last message is collected until then. A summary is always a message of its own.
/// </summary>
public static class MessagePlan
{
    public static readonly TimeSpan CollectFor = TimeSpan.FromSeconds(60);

    /// <summary>Alerts in one message; the rest goes in the next.</summary>
    public const int MaxAlertsPerMessage = 20;

    public static IEnumerable<PlannedMessage> Of(
        ChannelType type, IReadOnlyList<PendingDelivery> due, IReadOnlyDictionary<string, LastSent> sent, DateTimeOffset now)
    {
        if (!ChannelTypes.CollectsForPeople(type)) return due.Select(d => new PlannedMessage(d.Alert.CostCenter, [d], null));
        var summaries = due.Where(d => d.Alert.Type == AlertType.SpendSummary).Select(d => new PlannedMessage(d.Alert.CostCenter, [d], null));
        return summaries.Concat(due.Where(d => d.Alert.Type != AlertType.SpendSummary).GroupBy(d => d.Alert.CostCenter, StringComparer.Ordinal).SelectMany(g => OfCostCenter(g.Key, [.. g.OrderByDescending(HeightOf).ThenBy(d => d.FirstAt)], sent, now)));
    }

    /// <summary>How high an alert stands: its threshold; 0 for all that is none.</summary>
    public static decimal HeightOf(PendingDelivery delivery) => delivery.Alert.Threshold ?? 0;

    private static IEnumerable<PlannedMessage> OfCostCenter(
        string costCenter, PendingDelivery[] deliveries, IReadOnlyDictionary<string, LastSent> sent, DateTimeOffset now)
    {
        // What was tried already, or is tried by hand, has been waiting long enough.
        var mayWait = deliveries.All(d => d is { Attempts: 0, Alert.Type: not AlertType.ChannelTest });
        var collecting = sent.TryGetValue(costCenter, out var last) && now < last.At + CollectFor;
        var wait = mayWait && collecting && HeightOf(deliveries[0]) <= last.Height;
        return deliveries.Chunk(MaxAlertsPerMessage).Select(part => new PlannedMessage(costCenter, [.. part], wait ? last.At + CollectFor : null));
    }
}
