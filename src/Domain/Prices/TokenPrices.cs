namespace BudgetEngine.Domain;

/// <summary>Prices of a model's tokens, in units of the currency per <paramref name="Per"/> tokens, up to 15 decimals. A null part costs what its whole costs.</summary>
public sealed record TokenPrices(
    decimal Input, decimal Output, decimal? CachedInput = null, decimal? CacheWrite = null, decimal? Reasoning = null, long Per = 1_000_000);
