using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>Evaluations, deliveries and channels over the same connection.</summary>
internal sealed partial class StoreLink
{
    public Task<int> RollUpAsync(int limit) => CallAsync(writes: true, () => store.RollUpAsync(limit, CancellationToken.None));

    public Task<T> RunAsync<T>(Func<IEvaluationTransaction, Task<T>> evaluate, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.RunAsync(evaluate, CancellationToken.None));

    public Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ReadDueChannelsAsync(now, limit, CancellationToken.None));

    public Task<DueDeliveries> ReadDueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ReadDueAsync(channel, now, limit, CancellationToken.None));

    public Task WriteAttemptsAsync(string channel, IReadOnlyList<DeliveryUpdate> updates, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => Done(store.WriteAttemptsAsync(channel, updates, CancellationToken.None)));

    public Task HurryAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => Done(store.HurryAsync(channel, now, CancellationToken.None)));

    public Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken) => CallAsync(writes: false, () => store.ReadChannelsAsync(CancellationToken.None));

    public Task<Channel?> ReadChannelAsync(string name, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ReadChannelAsync(name, CancellationToken.None));

    public Task<ChannelWrite> PutChannelAsync(Channel channel, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.PutChannelAsync(channel, claim, admin, CancellationToken.None));

    public Task<StoredState?> ReadStateAsync(string grain, CancellationToken cancellationToken) => CallAsync(writes: false, () => store.ReadStateAsync(grain, CancellationToken.None));

    public Task<long?> WriteStateAsync(string grain, string state, long etag, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.WriteStateAsync(grain, state, etag, CancellationToken.None));

    public Task<bool> ClearStateAsync(string grain, long etag, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.ClearStateAsync(grain, etag, CancellationToken.None));
}
