using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>Reads channels: where alerts go.</summary>
public interface IChannelReader
{
    Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken);

    Task<Channel?> ReadChannelAsync(string name, CancellationToken cancellationToken);
}
