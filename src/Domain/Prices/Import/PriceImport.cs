using System.Collections.Immutable;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>The result of reading a document of prices: every model with what is to be done, in the document's order. Nothing is entered yet.</summary>
/// <param name="Models">Empty when there is a fault.</param>
/// <param name="Fault">What is wrong with the document as a whole; null when it could be read.</param>
public sealed record PriceImport(ImmutableArray<ImportedModel> Models, string? Fault)
{
    /// <summary>The versions to enter.</summary>
    public IEnumerable<PriceVersion> Versions => Models.Select(m => m.Version).OfType<PriceVersion>();

    public static PriceImport Failed(string fault) => new([], fault);

    public IEnumerable<ImportedModel> Of(ImportOutcome outcome) => Models.Where(m => m.Outcome == outcome);
}
