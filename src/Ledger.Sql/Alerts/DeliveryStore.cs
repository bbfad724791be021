using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>What a notifier reads and writes: each call one transaction.</summary>
internal sealed class DeliveryStore(LedgerDatabase database) : ILedgerDeliveries
{
    public Task<DueDeliveries> ReadDueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(s => DeliveryTable.DueAsync(s, channel, now, limit, cancellationToken), cancellationToken);

    public Task WriteAttemptsAsync(string channel, IReadOnlyList<DeliveryUpdate> updates, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await DeliveryTable.WriteAsync(s, channel, updates, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task HurryAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            s => s.ExecuteAsync(
                "update deliveries set next_at = @now where channel = @channel and state = 0 and next_at > @now and attempts > 0", cancellationToken, ("now", now),
                ("channel", channel)),
            cancellationToken);
}
