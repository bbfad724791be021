using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Ledger.Catalogs;

/// <summary>How finely the ledger counts its currency: fixed with its first record, since every stored amount is in that unit.</summary>
public interface ILedgerCurrency
{
    /// <summary>
    /// Fixes the resolution of a ledger without records; agrees with that of any other. A ledger of a version before there was a choice has 9 decimals.
    /// Throws <see cref="LedgerCurrencyException"/> when the ledger, or another process that works on it, counts otherwise.
    /// </summary>
    /// <param name="use">Of this process: one that is only beside others never changes what is fixed.</param>
    /// <param name="process">Under whose lease it works.</param>
    Task FixAsync(Resolution resolution, LedgerUse use, string process, CancellationToken cancellationToken);
}
