using System.Collections.Immutable;

namespace BudgetEngine.Domain.Prices;

/// <summary>One version of a model's price. The version in force at an instant is the one with the latest <see cref="EffectiveFrom"/> not after it;
/// of several with the same one, the latest entered.</summary>
/// <param name="Prices">Null: from here on the model has no price (a deletion).</param>
/// <param name="MaxOutputTokens">What the model can answer at most; null: not known.</param>
/// <param name="Entry">Order of entry, given by the ledger; 0 before it is stored.</param>
public sealed record PriceVersion(
    string Model, DateTimeOffset EffectiveFrom, RateCard? Prices, long? MaxOutputTokens, ImmutableArray<string> Aliases, DateTimeOffset EnteredAt, long Entry = 0)
{
    /// <summary>From a price file, so that nobody has looked at it: it is the dearest of the book only within <see cref="PlausiblePrices"/>.</summary>
    public bool Imported { get; init; }
}
