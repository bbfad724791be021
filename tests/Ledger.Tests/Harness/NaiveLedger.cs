using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Ledger.Tests.Harness;

/// <summary>The ledger as simply as it can be said: a list of rows, and sums over all of them at every question.</summary>
internal sealed class NaiveLedger
{
    private readonly List<UsageRow> _rows = [];

    public IReadOnlyList<UsageRow> Rows => _rows;

    /// <summary>Usage first, then corrections, one record after the other.</summary>
    public RecordOutcome[] Commit(IReadOnlyList<UsageRow> batch)
    {
        var outcomes = new RecordOutcome[batch.Count];
        foreach (var kind in new[] { RowKind.Usage, RowKind.Correction })
        {
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch[i].Kind == kind) outcomes[i] = Commit(batch[i]);
            }
        }

        return outcomes;
    }

    public (long Spent, long Requests) Sum(string node, string? user, Func<DateOnly, bool> dates)
    {
        var rows = _rows.Where(r => CostCenterId.IsWithin(r.CostCenter, node) && (user is null || r.User == user) && dates(r.BookedDate)).ToList();
        return (rows.Sum(r => r.Cost.Nanos), rows.Sum(r => r.Requests));
    }

    private RecordOutcome Commit(UsageRow row)
    {
        // The id is another cost center's: this one has it once more for itself.
        if (row.Kind == RowKind.Usage && Find(row.Tenant, row.RequestId) is { } other && other.CostCenter != row.CostCenter) row = row with { RequestId = $"{row.RequestId} of {row.CostCenter}" };
        if (Find(row.Tenant, row.RequestId) is { } known) return known.ContentHash == row.ContentHash ? RecordOutcome.Duplicate : RecordOutcome.Conflict;
        if (row.Kind == RowKind.Correction)
        {
            if (Find(row.Tenant, row.Corrects!) is not { Kind: RowKind.Usage } original) return RecordOutcome.UnknownOriginal;
            var net = original.Cost.Nanos + _rows.Where(r => r.Tenant == row.Tenant && r.Corrects == row.Corrects).Sum(r => r.Cost.Nanos);
            if (net + row.Cost.Nanos < 0) return RecordOutcome.CorrectionTooLarge;
            row = row with { CostCenter = original.CostCenter, User = original.User, BookedDate = original.BookedDate };
        }

        _rows.Add(row);
        return RecordOutcome.Recorded;
    }

    private UsageRow? Find(string tenant, string id) => _rows.Find(r => r.Tenant == tenant && r.RequestId == id);
}
