namespace BudgetEngine.Ledger.Reports;

/// <summary>The audit trail of administrative writes.</summary>
public interface ILedgerAudit
{
    /// <summary>Newest first, before <paramref name="before"/>; null: from the newest.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditFilter filter, long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Notes an administrative act that writes nothing else to the ledger.</summary>
    Task AddAuditAsync(AdminContext admin, string action, string? costCenter, string? before, string? after, CancellationToken cancellationToken);
}

/// <summary>One administrative write. <paramref name="Before"/> and <paramref name="After"/> are JSON; null: not there.</summary>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string Action, string? CostCenter, string? Before, string? After, string? Reason);
