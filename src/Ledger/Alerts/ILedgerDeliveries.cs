using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>Deliveries of alerts to one channel, as its notifier drives them.</summary>
public interface ILedgerDeliveries
{
    /// <summary>Deliveries of a channel that are due, the oldest first, and when the next one is.</summary>
    Task<DueDeliveries> ReadDueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Writes what became of attempts. A delivery that has ended meanwhile stays as it is.</summary>
    Task WriteAttemptsAsync(string channel, IReadOnlyList<DeliveryUpdate> updates, CancellationToken cancellationToken);

    /// <summary>A channel that was out of reach is back: what failed meanwhile is due now.</summary>
    Task HurryAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <param name="NextAt">Of the deliveries that are not due yet; null: none.</param>
public sealed record DueDeliveries(IReadOnlyList<PendingDelivery> Due, DateTimeOffset? NextAt);

/// <summary>Where a delivery stands. Values are stored: never renumbered.</summary>
public enum DeliveryState : byte
{
    Pending = 0,
    Delivered = 1,

    /// <summary>Given up: refused for good, or after 24 hours.</summary>
    Failed = 2,

    /// <summary>Not wanted any more: its channel is gone, or what it tells is over.</summary>
    Dropped = 3,
}

/// <param name="Attempted">False: only moved to another instant.</param>
/// <param name="NextAt">Of a pending one.</param>
public sealed record DeliveryUpdate(string AlertId, bool Resolves, DeliveryState State, bool Attempted, DateTimeOffset At, DateTimeOffset NextAt, string? Error);
