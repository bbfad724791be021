namespace BudgetEngine.Ledger.Alerts;

/// <summary>Where alerts are evaluated: in transactions over the ledger's own balances, so that each is raised once whoever evaluates and however often.</summary>
public interface ILedgerEvaluations
{
    /// <summary>Runs an evaluation as one transaction. What it decides is its own business: a store only offers the statements.</summary>
    /// <param name="evaluate">May run again from its beginning where the database asks for it.</param>
    Task<T> RunAsync<T>(Func<IEvaluationTransaction, Task<T>> evaluate, CancellationToken cancellationToken);

    /// <summary>Channels with deliveries that are due.</summary>
    Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);
}
