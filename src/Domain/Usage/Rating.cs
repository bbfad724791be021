using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Usage;

/// <summary>
/// Turns what was used into cost. Computed exactly, in integers, and rounded once: half to even for what is recorded, up for what is asked for.
/// Counts and prices outside their limits, and amounts above <see cref="Money.MaxInput"/>, give no result instead of an exception.
/// </summary>
public static class Rating
{
    public const int CharactersPerToken = 4;

    /// <summary>The largest number of characters whose tokens are within <see cref="TokenCounts.MaxTokens"/>.</summary>
    public const long MaxCharacters = TokenCounts.MaxTokens * CharactersPerToken;

    /// <summary>The cost of a request that counts nothing but tokens, in the base tier.</summary>
    public static Money? Cost(Resolution resolution, RateCard card, in TokenCounts tokens) => Rate(resolution, card, tokens, default)?.Amount;

    /// <summary>The cost of a record, rounded half to even.</summary>
    public static RatedCost? Rate(Resolution resolution, RateCard card, in TokenCounts tokens, in RatingTerms terms)
    {
        Span<Int128> rates = stackalloc Int128[TokenMeters.Count];
        return MeteredCost.TryOf(resolution, card, tokens, terms, rates, out var cost) && cost.Total(tokens, up: false) is { } amount
            ? new RatedCost(amount, cost.Flags, cost.Layers)
            : null;
    }

    /// <summary>
    /// The amount of a check, rounded up: what a call that uses what it announced can cost at most. Output is at the dearer of output and reasoning, unless a part
    /// of it is announced; then that part is at the dearer of its own rate and the output's, and the rest is output.
    /// </summary>
    /// <param name="resolution">Of the amount.</param>
    /// <param name="card">The price.</param>
    /// <param name="announced">The output is the most that there can be.</param>
    /// <param name="terms">As in the record.</param>
    public static Money? Estimate(Resolution resolution, RateCard card, in TokenCounts announced, in RatingTerms terms)
    {
        Span<Int128> rates = stackalloc Int128[TokenMeters.Count];
        if (!MeteredCost.TryOf(resolution, card, announced, terms, rates, out var cost)) return null;
        RaiseOutput(cost, announced);
        return cost.Total(announced, up: true);
    }

    /// <summary>
    /// The largest number of output tokens whose <see cref="Estimate"/> fits into what is available, at most <see cref="TokenCounts.MaxTokens"/>;
    /// 0 when not even the rest fits. What of the output is announced in parts is part of the number.
    /// </summary>
    public static long AffordableOutputTokens(Resolution resolution, RateCard card, in TokenCounts announced, in RatingTerms terms, Money available)
    {
        if (available.IsNegative) return 0;
        var parts = announced.Reasoning + announced.AudioOutput + announced.ImageOutput + announced.VideoOutput;

        // One token of plain output, so that its rate is known; it is not part of what the others cost.
        var probe = announced with { Output = parts + 1 };
        Span<Int128> rates = stackalloc Int128[TokenMeters.Count];
        if (!MeteredCost.TryOf(resolution, card, probe, terms, rates, out var cost)) return 0;
        RaiseOutput(cost, probe);
        var plain = cost.Affordable(TokenMeter.Output, announced with { Output = parts }, available);
        return plain < 0 ? 0 : Math.Min(parts + plain, TokenCounts.MaxTokens);
    }

    /// <summary>Tokens of a text, four characters each, rounded up.</summary>
    public static long EstimateTokens(long characters) => characters / CharactersPerToken + (characters % CharactersPerToken > 0 ? 1 : 0);

    private static void RaiseOutput(in MeteredCost cost, in TokenCounts announced)
    {
        if (announced is { Reasoning: 0, AudioOutput: 0, ImageOutput: 0, VideoOutput: 0 })
        {
            if (announced.Output > 0) cost.Raise(TokenMeter.Output, cost.RateOf(TokenMeter.Reasoning));
            return;
        }

        var output = cost.RateOf(TokenMeter.Output);
        cost.Raise(TokenMeter.Reasoning, output);
        cost.Raise(TokenMeter.AudioOutput, output);
        cost.Raise(TokenMeter.ImageOutput, output);
        cost.Raise(TokenMeter.VideoOutput, output);
    }
}
