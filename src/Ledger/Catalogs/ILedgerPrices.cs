using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Ledger.Catalogs;

/// <summary>Writes the price book.</summary>
public interface ILedgerPrices
{
    /// <summary>Stores price versions (a null price is a deletion), all or none; one audit entry each.</summary>
    Task PutPricesAsync(IReadOnlyList<PriceVersion> prices, AdminContext admin, CancellationToken cancellationToken);
}
