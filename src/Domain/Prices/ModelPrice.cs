namespace BudgetEngine.Domain.Prices;

/// <summary>A version that has a price. Made once per book, so that a look-up allocates nothing.</summary>
public sealed record ModelPrice(TokenPrices Prices, PriceVersion Version)
{
    /// <summary>The name under which the price was entered, which may differ from the one that was looked up.</summary>
    public string Model => Version.Model;

    public long? MaxOutputTokens => Version.MaxOutputTokens;
}
