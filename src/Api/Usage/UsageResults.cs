using BudgetEngine.Api.Errors;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Usage;

namespace BudgetEngine.Api.Usage;

/// <summary>Turns what became of a record into what its sender is told.</summary>
internal static class UsageResults
{
    public static UsageResult Of(UsageRow row, PostResult result) => result.Outcome switch
    {
        PostOutcome.Recorded => Recorded(row, result),
        PostOutcome.Duplicate => new UsageResult(row.RequestId, UsageResultKind.Duplicate, new Money(result.Cost), (RowFlags)result.Flags),
        PostOutcome.Conflict => Rejected(row, ApiCode.RequestIdConflict, "The request id is known with other content; nothing was changed."),
        PostOutcome.UnknownOriginal => Rejected(row, ApiCode.UnknownRequest, $"There is no usage row '{row.Corrects}'."),
        PostOutcome.CorrectionTooLarge => Rejected(row, "correction_too_large", "The correction would bring the net cost of its row below 0."),
        PostOutcome.NotStorable => Rejected(row, "not_storable", "The ledger cannot store this record."),
        PostOutcome.Overloaded => Rejected(row, ApiCode.Overloaded, "Too many records wait for the ledger; send it again later.", retryable: true),
        PostOutcome.TooManyNew => Rejected(row, ApiCode.QuotaExceeded, "Too many new cost centers in an hour in its tenant or subtree; nothing was recorded. Send it again later with the same id.", retryable: true),
        PostOutcome.NothingHeld => Rejected(row, ApiCode.InvalidKey, UsageRules.KeyEnded),
        PostOutcome.Stopping => Rejected(row, ApiCode.ShuttingDown, "This process is stopping; send it again.", retryable: true),
        _ => Rejected(row, ApiCode.LedgerUnavailable, "The ledger did not answer in time; the outcome is unknown. Send it again with the same id.", retryable: true),
    };

    private static UsageResult Recorded(UsageRow row, PostResult result)
    {
        var told = new UsageResult(row.RequestId, UsageResultKind.Recorded, new Money(result.Cost), (RowFlags)result.Flags);
        return (told.Flags & (RowFlags.NewCostCenter | RowFlags.UnknownCostCenter)) == 0
            ? told
            : told with { Unheard = row.CostCenter, NewFrom = result.NewFrom == 0 ? null : CostCenterId.AtDepth(row.CostCenter, result.NewFrom) };
    }

    private static UsageResult Rejected(UsageRow row, string code, string detail, bool retryable = false) =>
        new(row.RequestId, UsageResultKind.Rejected, Money.Zero, RowFlags.None, code, detail, retryable);
}
