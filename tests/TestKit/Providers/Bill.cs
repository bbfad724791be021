namespace BudgetEngine.TestKit.Providers;

/// <summary>What a provider bills for one call: what it read and what it produced, whether or not anybody got it.</summary>
public readonly record struct Bill(long InputTokens, long OutputTokens)
{
    /// <summary>Dollars per million tokens; a price book for tests has the same.</summary>
    public const decimal InputPrice = 2;

    public const decimal OutputPrice = 8;

    public decimal Cost => ((InputTokens * InputPrice) + (OutputTokens * OutputPrice)) / 1_000_000;
}
