using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>Channels: each call one transaction.</summary>
internal sealed class ChannelStore(LedgerDatabase database) : ILedgerChannels
{
    public Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Channel>>(async s => await ChannelTable.ListAsync(s, cancellationToken), cancellationToken);

    public Task<Channel?> ReadChannelAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(s => ChannelTable.FindAsync(s, name, cancellationToken), cancellationToken);

    public Task<ChannelWrite> PutChannelAsync(Channel channel, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(s => ChannelTable.PutAsync(s, channel, claim, admin, cancellationToken), cancellationToken);

    public Task<bool> DeleteChannelAsync(string name, string? within, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(s => ChannelTable.DeleteAsync(s, name, within, admin, cancellationToken), cancellationToken);

    public Task<bool> InsertTestAsync(Alert alert, string channel, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                // In turn with the writes of channels: nothing is left to be told to one that is gone.
                await AdminWrites.BeginAsync(s, cancellationToken);
                if (await ChannelTable.FindAsync(s, channel, cancellationToken) is not { Disabled: null } found || (found.Under ?? "") != alert.CostCenter) return false;
                await AlertTable.InsertAsync(s, [alert], cancellationToken);
                await DeliveryTable.InsertAsync(s, [(alert.Id, channel, false)], alert.At, cancellationToken);
                return true;
            },
            cancellationToken);
}
