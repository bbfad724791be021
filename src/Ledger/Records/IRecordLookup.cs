using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Records;

/// <summary>Finds one usage record again by its id.</summary>
public interface IRecordLookup
{
    /// <summary>The stored row; null when there is none.</summary>
    Task<UsageRow?> ReadRecordAsync(string tenant, string requestId, CancellationToken cancellationToken);
}
