using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Ledger.Records;

/// <summary>The batch has records of cost centers that were moved since: nothing of it is committed, and it begins anew with the new names.</summary>
internal sealed class RecordsMovedException(CostCenterAliases aliases) : Exception("Records name cost centers that were moved.")
{
    public LedgerBatch Rename(LedgerBatch batch) => batch with
    {
        Records = [.. batch.Records.Select(r => r with { Row = r.Row with { CostCenter = aliases.BookedAt(r.Row.CostCenter) } })],
    };
}
