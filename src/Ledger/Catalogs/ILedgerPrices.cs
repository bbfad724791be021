using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Ledger.Catalogs;

/// <summary>Writes the price book.</summary>
public interface ILedgerPrices
{
    /// <summary>Stores price versions (a null price is a deletion), all or none; one audit entry each.</summary>
    Task PutPricesAsync(IReadOnlyList<PriceVersion> prices, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the version of exactly this instant back as if it had never been entered; of several the latest entered. The audit keeps it. False when there is none.
    /// </summary>
    Task<bool> TakeBackPriceAsync(string model, DateTimeOffset effectiveFrom, AdminContext admin, CancellationToken cancellationToken);
}
