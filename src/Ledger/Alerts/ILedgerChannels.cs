using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>Writes channels.</summary>
public interface ILedgerChannels : IChannelReader
{
    /// <summary>Stores a channel as it is now, in use again.</summary>
    /// <param name="within">The writer's subtree, outside of which no channel is replaced; null: the whole installation.</param>
    Task<ChannelWrite> PutChannelAsync(Channel channel, string? within, AdminContext admin, CancellationToken cancellationToken);

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

    /// <summary>There are <see cref="Channel.MaxChannels"/> already.</summary>
    TooMany,
}
