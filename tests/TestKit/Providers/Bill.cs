namespace BudgetEngine.TestKit.Providers;

/// <summary>What a provider bills for one call: what it read and what it produced, whether or not anybody got it.</summary>
/// <param name="HourTokens">Written to a cache of one hour, beside the input.</param>
public readonly record struct Bill(long InputTokens, long OutputTokens, long HourTokens = 0)
{
    /// <summary>Dollars per million tokens; a price book for tests has the same.</summary>
    public const decimal InputPrice = 2;

    public const decimal OutputPrice = 8;

    public const decimal HourPrice = 4;

    public decimal Cost => ((InputTokens * InputPrice) + (OutputTokens * OutputPrice) + (HourTokens * HourPrice)) / 1_000_000;
}
