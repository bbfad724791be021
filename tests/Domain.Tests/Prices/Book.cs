using System.Collections.Immutable;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>Short ways to write versions of prices.</summary>
internal static class Book
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static PriceVersion Entry(string model, decimal input, int day = -30, long entry = 0, string[]? aliases = null) =>
        new(model, Noon.AddDays(day), new RateCard(input, input * 4), 8_192, [.. aliases ?? []], Noon.AddDays(day), entry);

    public static PriceVersion Deletion(string model, int day, long entry = 0) =>
        new(model, Noon.AddDays(day), null, null, ImmutableArray<string>.Empty, Noon.AddDays(day), entry);

    public static PriceBook Of(params PriceVersion[] versions) => new(versions);

    /// <summary>The input price that a look-up finds, which tells the versions of a test apart.</summary>
    public static decimal? InputOf(this PriceBook book, string? provider, string model, DateTimeOffset? at = null) =>
        book.Find(provider, model, at ?? Noon)?.Prices.Input;
}
