using System.Collections.Immutable;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>One model of an import.</summary>
/// <param name="Model">The document's key.</param>
/// <param name="Outcome">What is done with it.</param>
/// <param name="Version">The version to enter; null where nothing is entered.</param>
/// <param name="Previous">The version that was in force at that instant, if any.</param>
/// <param name="Reason">Why it was skipped; null otherwise.</param>
/// <param name="NotTaken">Fields that bear on the price and have no place in the book.</param>
/// <param name="Rounded">Fields whose price had more decimals than a price can have; rounded up.</param>
public sealed record ImportedModel(
    string Model, ImportOutcome Outcome, PriceVersion? Version, PriceVersion? Previous, string? Reason,
    ImmutableArray<NotTakenField> NotTaken, ImmutableArray<string> Rounded)
{
    /// <summary>False for what cannot be a model: an entry that explains the format, a name that is none.</summary>
    public bool IsModel { get; init; } = true;
}
