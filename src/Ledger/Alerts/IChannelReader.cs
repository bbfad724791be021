using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>Reads channels: where alerts go.</summary>
public interface IChannelReader
{
    Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken);

    Task<Channel?> ReadChannelAsync(string name, CancellationToken cancellationToken);
}
