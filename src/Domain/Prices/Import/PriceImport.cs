using System.Collections.Immutable;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>The result of reading a document of prices: every model with what is to be done, in the document's order. Nothing is entered yet.</summary>
/// <param name="Models">Empty when there is a fault.</param>
/// <param name="Fault">What is wrong with the document as a whole; null when it could be read.</param>
public sealed record PriceImport(ImmutableArray<ImportedModel> Models, string? Fault)
{
    /// <summary>The versions to enter.</summary>
    public IEnumerable<PriceVersion> Versions => Models.Select(m => m.Version).OfType<PriceVersion>();

    private static string? ReasonOf(ImportedModel model) => model.Outcome switch
    {
        ImportOutcome.Outlier => "an import set it apart: its price is above what is plausible (accept=outliers takes it)",
        ImportOutcome.Free => "an import set it apart: every price is 0 (accept=free takes it)",
        ImportOutcome.Skipped => $"an import could not take it: it {model.Reason}",
        _ => null,
    };

    public static PriceImport Failed(string fault) => new([], fault);

    /// <summary>Models of the document that are not in the book now, with what a check or a record of them is told. The entry that explains the format is none.</summary>
    public IEnumerable<UntakenModel> Untaken => Models.Where(m => m.IsModel).Select(m => (m.Model, Reason: ReasonOf(m))).Where(m => m.Reason is not null).Select(m => new UntakenModel(m.Model, m.Reason!));

    /// <summary>Models that have what the document says.</summary>
    public IEnumerable<string> Taken => Models.Where(m => m.Outcome is ImportOutcome.Added or ImportOutcome.Changed or ImportOutcome.Unchanged).Select(m => m.Model);

    public IEnumerable<ImportedModel> Of(ImportOutcome outcome) => Models.Where(m => m.Outcome == outcome);
}
