using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>Alerts that were raised, with their deliveries.</summary>
public interface ILedgerAlerts
{
    /// <summary>Newest first.</summary>
    /// <param name="before">Only entries before this one: the cursor.</param>
    Task<IReadOnlyList<StoredAlert>> ReadAlertsAsync(string? under, DateTimeOffset? since, long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Of the cost center itself, nothing below it; newest first.</summary>
    Task<IReadOnlyList<StoredAlert>> ReadOwnAlertsAsync(string costCenter, int limit, CancellationToken cancellationToken);

    /// <summary>Null when there is none.</summary>
    Task<StoredAlert?> ReadAlertAsync(string id, CancellationToken cancellationToken);

    Task<IReadOnlyList<StoredDelivery>> ReadDeliveriesAsync(string alertId, CancellationToken cancellationToken);

    /// <summary>Makes every delivery of an alert due again, and adds those of channels that take it now.</summary>
    /// <param name="within">The writer's subtree: only to channels of it; null: to all.</param>
    /// <returns>The channels.</returns>
    Task<IReadOnlyList<string>> RedeliverAsync(string alertId, string? within, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <param name="Entry">Order of insertion.</param>
public sealed record StoredAlert(long Entry, Alert Alert);

public sealed record StoredDelivery(
    string Channel, bool Resolves, DeliveryState State, int Attempts, DateTimeOffset FirstAt, DateTimeOffset NextAt, string? LastError, DateTimeOffset? EndedAt);
