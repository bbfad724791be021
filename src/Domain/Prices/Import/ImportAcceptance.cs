namespace BudgetEngine.Domain.Prices.Import;

/// <summary>What of a document is taken though it is set apart.</summary>
/// <param name="Plausible">Up to where a price is no outlier.</param>
public readonly record struct ImportAcceptance(PlausiblePrices Plausible, bool Outliers = false, bool Free = false);
