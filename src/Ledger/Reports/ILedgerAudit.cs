namespace BudgetEngine.Ledger.Reports;

/// <summary>The audit trail of administrative writes.</summary>
public interface ILedgerAudit
{
    /// <summary>Ascending by id, after <paramref name="afterId"/>.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(string? under, DateTimeOffset? since, long? afterId, int limit, CancellationToken cancellationToken);
}

/// <summary>One administrative write. <paramref name="Before"/> and <paramref name="After"/> are JSON; null: not there.</summary>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string Action, string? CostCenter, string? Before, string? After, string? Reason);
