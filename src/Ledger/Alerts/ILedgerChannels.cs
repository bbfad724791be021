using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>Writes channels.</summary>
public interface ILedgerChannels : IChannelReader
{
    /// <summary>Stores a channel as it is now, in use again.</summary>
    /// <param name="claim">The writer's subtree, outside of which no channel is replaced, and how many there may be.</param>
    Task<ChannelWrite> PutChannelAsync(Channel channel, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>The same with as many channels as there are by default.</summary>
    Task<ChannelWrite> PutChannelAsync(Channel channel, string? within, AdminContext admin, CancellationToken cancellationToken) =>
        PutChannelAsync(channel, new ShareClaim(within, Channel.DefaultShares), admin, cancellationToken);

    /// <summary>Its pending deliveries are dropped. False when there was none within the writer's subtree.</summary>
    Task<bool> DeleteChannelAsync(string name, string? within, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Inserts an alert made by hand with its delivery to one channel. False when there is none such in use.</summary>
    Task<bool> InsertTestAsync(Alert alert, string channel, CancellationToken cancellationToken);
}

/// <summary>What became of the write of a channel.</summary>
public enum ChannelWrite
{
    Unknown = 0,
    Created,
    Replaced,

    /// <summary>The name is that of a channel outside of the writer's subtree.</summary>
    Taken,

    /// <summary>There are as many already as there may be, or as the writer may have.</summary>
    TooMany,
}
