namespace BudgetEngine.Ledger.Fence;

/// <summary>The lease of a process: the proof that it can write the ledger, without which it grants nothing.</summary>
public interface ILedgerLeases
{
    /// <summary>Renews the lease row of this process: proof that the ledger can be written. The answer names nodes that were taken over.</summary>
    Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken);

    /// <summary>Ends the lease of a process that grants nothing any more: it has given up all its nodes.</summary>
    Task EndLeaseAsync(string process, CancellationToken cancellationToken);
}
