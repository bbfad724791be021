using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>Alerts with their deliveries: each call one transaction.</summary>
internal sealed class AlertStore(LedgerDatabase database) : ILedgerAlerts
{
    public Task<IReadOnlyList<StoredAlert>> ReadAlertsAsync(string? under, DateTimeOffset? since, long? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredAlert>>(async s => await AlertTable.ListAsync(s, under, since, before, limit, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<StoredAlert>> ReadOwnAlertsAsync(string costCenter, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredAlert>>(async s => await AlertTable.ListOwnAsync(s, costCenter, limit, cancellationToken), cancellationToken);

    public Task<StoredAlert?> ReadAlertAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(s => AlertTable.FindAsync(s, id, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<StoredDelivery>> ReadDeliveriesAsync(string alertId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredDelivery>>(async s => await DeliveryTable.ListAsync(s, alertId, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<string>> RedeliverAsync(string alertId, string? within, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<string>>(
            async s =>
            {
                if (await AlertTable.FindAsync(s, alertId, cancellationToken) is not { } stored) return [];
                var delivered = (await DeliveryTable.ListAsync(s, alertId, cancellationToken)).Select(d => d.Channel).ToHashSet(StringComparer.Ordinal);
                var known = await ChannelTable.ListAsync(s, cancellationToken);
                var channels = known.Where(c => c.Disabled is null && c.IsWithin(within) && (delivered.Contains(c.Name) || c.Takes(stored.Alert))).ToList();
                if (channels.Count > 0) await DeliveryTable.AgainAsync(s, stored.Alert, channels, now, cancellationToken);
                return [.. channels.Select(c => c.Name)];
            },
            cancellationToken);
}
