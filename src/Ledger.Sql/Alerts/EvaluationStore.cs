using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>Runs evaluations of alerts: each call one transaction.</summary>
internal sealed class EvaluationStore(LedgerDatabase database) : ILedgerEvaluations
{
    public Task<T> RunAsync<T>(Func<IEvaluationTransaction, Task<T>> evaluate, CancellationToken cancellationToken) =>
        database.WriteAsync(s => evaluate(new SqlEvaluation(s)), cancellationToken);

    public Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(async s => await DeliveryTable.DueChannelsAsync(s, now, limit, cancellationToken), cancellationToken);
}
