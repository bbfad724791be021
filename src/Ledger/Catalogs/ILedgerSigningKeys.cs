namespace BudgetEngine.Ledger.Catalogs;

/// <summary>Changes the keys that reservation ids are signed with.</summary>
public interface ILedgerSigningKeys
{
    /// <summary>
    /// Adds a key. Those before it sign until it does, and verify until <paramref name="oldVerifyUntil"/> at the latest; those that verify no more are deleted.
    /// Throws <see cref="LedgerDataException"/> when too many keys are in force.
    /// </summary>
    /// <param name="secret">Random bytes.</param>
    /// <param name="signsFrom">Late enough that every process has read the key by then: catalogs are read every second.</param>
    /// <returns>The number of the new key.</returns>
    Task<int> RotateSigningKeyAsync(byte[] secret, DateTimeOffset signsFrom, DateTimeOffset oldVerifyUntil, AdminContext admin, CancellationToken cancellationToken);
}
