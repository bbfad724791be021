using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Ledger.Catalogs;

/// <summary>Writes the price book.</summary>
public interface ILedgerPrices
{
    /// <summary>Stores price versions (a null price is a deletion), all or none; one audit entry each.</summary>
    Task PutPricesAsync(IReadOnlyList<PriceVersion> prices, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Stores what an import comes to, all or none, with one audit entry: the versions, and of each model of its file whether it was taken. Other models keep what was known of them.</summary>
    /// <param name="untaken">Models that the import could not take. At most <see cref="UntakenModel.MaxKept"/> of all imports are kept, the latest ones.</param>
    /// <param name="taken">Models that have what the file says, now or before.</param>
    Task PutImportAsync(
        IReadOnlyList<PriceVersion> prices, IReadOnlyList<UntakenModel> untaken, IReadOnlyList<string> taken, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the version of exactly this instant back as if it had never been entered; of several the latest entered. The audit keeps it. False when there is none.
    /// </summary>
    Task<bool> TakeBackPriceAsync(string model, DateTimeOffset effectiveFrom, AdminContext admin, CancellationToken cancellationToken);
}
