namespace BudgetEngine.Ledger.Nodes;

/// <summary>Looks at the open holds that the ledger keeps.</summary>
public interface ILedgerHolds
{
    /// <summary>The cost centers that own holds whose deadlines are still to come, those of the next deadlines first.</summary>
    Task<IReadOnlyList<string>> ReadOwnersAsync(DateTimeOffset now, int most, CancellationToken cancellationToken);
}
