using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>
/// Alerts, their deliveries and the channels. Everything about a crossing is decided in one transaction over the ledger's own balances, so it is told once
/// whoever finds it and however often.
/// </summary>
public interface ILedgerAlerts
{
    /// <summary>Looks at these cost centers and users, and inserts the alerts that are missing, with one delivery per channel that takes them.</summary>
    Task<LookResult> LookAsync(IReadOnlyList<Look> looks, AlertContext context, CancellationToken cancellationToken);

    /// <summary>Takes at most <paramref name="limit"/> looks that are due off the ledger's list and does the same with them.</summary>
    /// <param name="told">Of earlier sweeps, kept on the list until their nodes were told: they have been.</param>
    Task<LookResult> SweepAsync(IReadOnlyList<Look> told, int limit, AlertContext context, CancellationToken cancellationToken);

    /// <summary>Channels with deliveries that are due.</summary>
    Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Deliveries of a channel that are due, the oldest first, and when the next one is.</summary>
    Task<DueDeliveries> ReadDueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Writes what became of attempts. A delivery that has ended meanwhile stays as it is.</summary>
    Task WriteAttemptsAsync(string channel, IReadOnlyList<DeliveryUpdate> updates, CancellationToken cancellationToken);

    /// <summary>A channel that was out of reach is back: what failed meanwhile is due now.</summary>
    Task HurryAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Switches a channel off: its pending deliveries are dropped, and <c>channel.dead</c> goes to the others.</summary>
    /// <returns>Channels that have something new to tell.</returns>
    Task<IReadOnlyList<string>> DisableChannelAsync(string channel, string reason, AlertContext context, CancellationToken cancellationToken);

    /// <summary>Tells the other channels that one has been failing.</summary>
    /// <returns>Channels that have something new to tell.</returns>
    Task<IReadOnlyList<string>> TellDeadAsync(string channel, string reason, AlertContext context, CancellationToken cancellationToken);

    Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken);

    Task<Channel?> ReadChannelAsync(string name, CancellationToken cancellationToken);

    /// <summary>Stores a channel as it is now, in use again.</summary>
    /// <param name="within">The writer's subtree, outside of which no channel is replaced; null: the whole installation.</param>
    Task<ChannelWrite> PutChannelAsync(Channel channel, string? within, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Its pending deliveries are dropped. False when there was none within the writer's subtree.</summary>
    Task<bool> DeleteChannelAsync(string name, string? within, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Inserts an alert made by hand with its delivery to one channel. False when there is none such in use.</summary>
    Task<bool> InsertTestAsync(Alert alert, string channel, CancellationToken cancellationToken);

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

    /// <summary>Since when the limited windows of these cost centers that are spent have been so: of each period the newest such window.</summary>
    Task<IReadOnlyList<SpentSince>> ReadSpentSinceAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken);

    /// <summary>What one cost center spent in the month of a date, for advice.</summary>
    Task<SpendFacts> ReadSpendFactsAsync(string costCenter, DateOnly date, CancellationToken cancellationToken);

    /// <summary>Deletes alerts with their deliveries, and marks, of before an instant: one small step.</summary>
    /// <returns>How many rows were deleted; 0 when done.</returns>
    Task<int> ForgetAlertsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>A grain's own state that is not money; null: none.</summary>
    Task<StoredState?> ReadStateAsync(string grain, CancellationToken cancellationToken);

    /// <summary>Writes it if its etag is still this one (0: there is none yet).</summary>
    /// <returns>The new etag; null when another came first.</returns>
    Task<long?> WriteStateAsync(string grain, string state, long etag, CancellationToken cancellationToken);

    /// <summary>False when another came first.</summary>
    Task<bool> ClearStateAsync(string grain, long etag, CancellationToken cancellationToken);
}

/// <summary>What became of the write of a channel.</summary>
public enum ChannelWrite
{
    Unknown = 0,
    Created,
    Replaced,

    /// <summary>The name is that of a channel outside of the writer's subtree.</summary>
    Taken,

    /// <summary>There are <see cref="Channel.MaxChannels"/> already.</summary>
    TooMany,
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

/// <param name="Entry">Order of insertion.</param>
public sealed record StoredAlert(long Entry, Alert Alert);

public sealed record StoredDelivery(
    string Channel, bool Resolves, DeliveryState State, int Attempts, DateTimeOffset FirstAt, DateTimeOffset NextAt, string? LastError, DateTimeOffset? EndedAt);

/// <summary>A window whose limit is spent.</summary>
public sealed record SpentSince(string CostCenter, string? User, Period Period, DateOnly Window, DateTimeOffset Since);

public sealed record StoredState(string State, long Etag);
