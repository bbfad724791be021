using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Usage;

/// <summary>
/// Turns tokens into cost. Computed exactly, in integers, and rounded once: half to even for what is recorded, up for what is asked for.
/// Counts and prices outside their limits, and amounts above <see cref="Money.MaxInput"/>, give no result instead of an exception.
/// </summary>
public static class Rating
{
    public const int CharactersPerToken = 4;

    /// <summary>The largest number of characters whose tokens are within <see cref="TokenCounts.MaxTokens"/>.</summary>
    public const long MaxCharacters = TokenCounts.MaxTokens * CharactersPerToken;

    /// <summary>The cost of a request, rounded half to even. A part without a price costs what its whole costs.</summary>
    public static Money? Cost(TokenPrices prices, in TokenCounts tokens)
    {
        if (!tokens.IsValid || prices.Per is < 1 or > TokenPrices.MaxPer) return null;
        if (!ExactRate.TryGet(prices.Input, out var input) || !ExactRate.TryGet(prices.Output, out var output)) return null;
        if (!TryGetPart(prices.CachedInput, input, out var cached) || !TryGetPart(prices.CacheWrite, input, out var cacheWrite)
            || !TryGetPart(prices.Reasoning, output, out var reasoning)) return null;
        var sum = (tokens.Input - tokens.Cached - tokens.CacheWrite) * input + tokens.Cached * cached + tokens.CacheWrite * cacheWrite
            + (tokens.Output - tokens.Reasoning) * output + tokens.Reasoning * reasoning;
        var divisor = ExactRate.DivisorOf(prices.Per);
        var (nanos, rest) = Int128.DivRem(sum, divisor);
        var twice = rest * 2;
        if (twice > divisor || (twice == divisor && Int128.IsOddInteger(nanos))) nanos++;
        return Bounded(nanos);
    }

    /// <summary>The amount of a check, rounded up, at the prices of plain input and output: what will be cached or reasoned is not known yet.</summary>
    public static Money? Estimate(TokenPrices prices, long inputTokens, long outputTokens)
    {
        if (!IsCount(inputTokens) || !IsCount(outputTokens) || prices.Per is < 1 or > TokenPrices.MaxPer) return null;
        if (!ExactRate.TryGet(prices.Input, out var input) || !ExactRate.TryGet(prices.Output, out var output)) return null;
        var (nanos, rest) = Int128.DivRem(inputTokens * input + outputTokens * output, ExactRate.DivisorOf(prices.Per));
        return Bounded(rest > 0 ? nanos + 1 : nanos);
    }

    /// <summary>
    /// The largest number of output tokens whose <see cref="Estimate"/> fits into what is available, at most <see cref="TokenCounts.MaxTokens"/>;
    /// 0 when not even the input fits.
    /// </summary>
    public static long AffordableOutputTokens(TokenPrices prices, long inputTokens, Money available)
    {
        if (!IsCount(inputTokens) || available.IsNegative || prices.Per is < 1 or > TokenPrices.MaxPer) return 0;
        if (!ExactRate.TryGet(prices.Input, out var input) || !ExactRate.TryGet(prices.Output, out var output)) return 0;

        // ceil(x) <= a exactly when x <= a, a being whole: the estimate's rounding needs no trial.
        var left = Money.Min(available, Money.MaxInput).Nanos * ExactRate.DivisorOf(prices.Per) - inputTokens * input;
        if (left < 0) return 0;
        if (output == 0) return TokenCounts.MaxTokens;
        return (long)Int128.Min(left / output, TokenCounts.MaxTokens);
    }

    /// <summary>Tokens of a text, four characters each, rounded up.</summary>
    public static long EstimateTokens(long characters) => characters / CharactersPerToken + (characters % CharactersPerToken > 0 ? 1 : 0);

    private static bool IsCount(long tokens) => tokens is >= 0 and <= TokenCounts.MaxTokens;

    private static bool TryGetPart(decimal? price, Int128 whole, out Int128 rate)
    {
        rate = whole;
        return price is not { } own || ExactRate.TryGet(own, out rate);
    }

    private static Money? Bounded(Int128 nanos) => nanos <= Money.MaxInput.Nanos ? new Money((long)nanos) : null;
}
