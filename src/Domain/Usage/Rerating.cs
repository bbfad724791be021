using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Usage;

/// <summary>What a stored row would cost at the prices of a book. Its counts are those that it was rated by.</summary>
public static class Rerating
{
    /// <summary>Whether the engine has priced the row, by the book or by a guess. A given cost is the sender's word and is not rated again.</summary>
    public static bool IsRated(UsageRow row) => row.Kind == RowKind.Usage && (row.PricedAsJson is not null || (row.Flags & RowFlags.Unpriced) != 0);

    /// <summary>Null: the book has no price for the row's model at its time.</summary>
    public static ModelPrice? Find(UsageRow row, PriceBook book, out bool derived)
    {
        derived = false;
        return row.Model is null ? null : book.Find(row.Provider, row.Model, row.Timestamp, out derived);
    }

    /// <summary>The cost of the row at a price; null when it is more than can be booked.</summary>
    public static RatedCost? Rate(Resolution resolution, UsageRow row, ModelPrice price)
    {
        var details = row.DetailsJson is null ? null : UsageDetails.Read(row.DetailsJson);
        var terms = details?.TermsOf(row.Final) ?? new RatingTerms(null, null, default, CountsNoRequest: !row.Final);
        return Rating.Rate(resolution, price.Prices, CountsOf(row, details), terms);
    }

    private static TokenCounts CountsOf(UsageRow row, UsageDetails? details)
    {
        var plain = new TokenCounts(
            row.InputTokens ?? Rating.EstimateTokens(row.InputCharacters ?? 0), row.CachedInputTokens ?? 0, row.CacheWriteTokens ?? 0,
            row.OutputTokens ?? Rating.EstimateTokens(row.OutputCharacters ?? 0), row.ReasoningTokens ?? 0);
        // A row keeps its counts as they were rated; those of an older version may still contradict each other.
        return (details?.AddTo(plain) ?? plain).Reconciled(out _);
    }
}
