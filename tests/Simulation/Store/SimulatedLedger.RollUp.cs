using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Simulation.Store;

/// <summary>The roll-ups: they follow the rows by a cursor and put accounts whose balances have changed on the sweep's list.</summary>
internal sealed partial class SimulatedLedger
{
    public async Task<int> RollUpAsync(int limit, CancellationToken cancellationToken)
    {
        var transaction = new StoreTransaction { MayLose = true };
        try
        {
            await database.StepAsync();
            if (!database.Locks.TryLock(transaction, RollUpLock.Instance)) return 0;
            await database.StepAsync();
            List<KeyValuePair<RowPosition, UsageRow>> rows;
            lock (database.Gate) rows = Next(limit);
            if (rows.Count == 0) return 0;
            await database.StepAsync();
            IReadOnlyList<AlertEvaluation> evaluations;
            lock (database.Gate) evaluations = EvaluationsOf(rows.Select(r => r.Value));
            foreach (var key in evaluations.Select(EvaluationKey.Of).Distinct().Order()) await database.LockAsync(transaction, new EvaluationLock(key), exclusive: true);
            await database.StepAsync();
            lock (database.Gate)
            {
                foreach (var (_, row) in rows) Alerting.Spend.Add(_paths.NodesOf(row.CostCenter), row);
                foreach (var evaluation in evaluations.DistinctBy(EvaluationKey.Of)) Alerting.Put(evaluation);
                Alerting.Cursor = rows[^1].Key;
            }

            return rows.Count;
        }
        finally
        {
            database.Locks.Release(transaction);
        }
    }

    private List<KeyValuePair<RowPosition, UsageRow>> Next(int limit)
    {
        var (cursor, settled) = (Alerting.Cursor, Alerting.Settled);
        return [.. Alerting.Rows.SkipWhile(r => r.Key.CompareTo(cursor) <= 0).TakeWhile(r => r.Key.Transaction < settled).Take(limit)];
    }

    private IReadOnlyList<AlertEvaluation> EvaluationsOf(IEnumerable<UsageRow> rows)
    {
        var found = new RollUpEvaluations(_paths);
        foreach (var row in rows)
        {
            found.Add(row.CostCenter, row.User, row.BookedDate, row.Kind == RowKind.Correction, row.Flags.HasFlag(RowFlags.Unpriced), row.Model ?? "");
        }

        return found.Of(
            database.Budgets.Keys.Select(b => b.CostCenter).ToHashSet(StringComparer.Ordinal),
            database.Budgets.Where(b => b.Value.Budget.PerChild is not null).Select(b => b.Key.CostCenter).ToHashSet(StringComparer.Ordinal),
            new TrackedUsers([.. database.Tracked]));
    }
}
