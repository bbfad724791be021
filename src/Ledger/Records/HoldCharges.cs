using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Records;

/// <summary>What <c>on_expiry: charge</c> comes to in a batch: which charges may be booked, and what records take back of earlier ones.</summary>
internal sealed class HoldCharges(LedgerBatch batch, BatchStart start)
{
    /// <summary>The charges of the batch, as indexes.</summary>
    public IReadOnlyList<int> Charges { get; } = [.. Enumerable.Range(0, batch.Records.Count).Where(i => batch.Records[i].Guard is not null)];

    /// <summary>
    /// True while the reservation is still its sender's: nobody has taken the node over, and a hold that the ledger keeps is still there. Both are locked until the commit. Whoever settles
    /// or releases the reservation elsewhere comes before, and ends it, or after, and finds the charge.
    /// </summary>
    public bool MayCharge(ChargeGuard guard) =>
        !(start.Epochs.TryGetValue(guard.Owner, out var registered) && registered > guard.Epoch && guard.Epoch > 0)
        && (!guard.Stored || (start.Holds.TryGetValue(guard.Key, out var stored) && stored.Attempt == guard.Attempt));

    /// <summary>
    /// Records before which a charge may have been booked, as indexes: all that name one, unless they find the stored hold that a charge would have ended, and no charge of this batch has ended
    /// it.
    /// </summary>
    public List<int> Replacing(RecordResult[] results)
    {
        var replacing = new List<int>();
        var charged = Charges.Count == 0 ? null : Charges.Select(i => batch.Records[i].Row.RequestId).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < results.Length; i++)
        {
            var (entry, recorded) = (batch.Records[i], results[i].Outcome == RecordOutcome.Recorded);
            if (entry.Charged is null || !(recorded || entry.Row.Kind == RowKind.Correction)) continue;
            if (entry.Hold is { } hold && start.Holds.TryGetValue(hold.Key, out var stored) && stored.Attempt == hold.Attempt && charged?.Contains(entry.Charged.Id) != true) continue;
            replacing.Add(i);
        }

        return replacing;
    }

    /// <summary>The ids under which a record may take its charge back.</summary>
    public static string ReturnIdOf(RecordEntry entry) =>
        entry.Row.Kind == RowKind.Correction ? entry.Row.RequestId : entry.Row.Final ? AssumedUsage.ReturnIdOf(entry.Charged!.Id) : AssumedUsage.PartIdOf(entry.Charged!.Id, entry.Row.RequestId);

    /// <summary>The correction that takes a charge back; null: there is nothing to take back.</summary>
    /// <param name="charge">The charge as it is stored.</param>
    /// <param name="net">What it comes to with the corrections so far, in nano-units.</param>
    public static UsageRow? Return(RecordEntry entry, KnownRow charge, long net)
    {
        if (net <= 0) return null;
        var row = entry.Row.Kind == RowKind.Correction
            ? entry.Row with { Cost = new Money(-net) }
            : AssumedUsage.Replaced(charge.RequestId, charge.CostCenter, charge.User, charge.Date, entry.Row, new Money(net));
        return row is null ? null : row with { CostCenter = charge.CostCenter, User = charge.User, BookedDate = charge.Date, Provider = charge.Provider, Model = charge.Model };
    }
}
