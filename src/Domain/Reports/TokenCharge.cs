using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Reports;

/// <summary>A part of a cost: what one kind of tokens of it counts and costs.</summary>
/// <param name="Meter">Null: what is billed by request, with nothing that was counted in tokens.</param>
/// <param name="Price">Per million tokens, by the price book; null: not known.</param>
public sealed record TokenCharge(TokenMeter? Meter, long Quantity, Money Cost, decimal? Price)
{
    private const int Million = 1_000_000;

    private static readonly TokenMeter[] _meters = [TokenMeter.Input, TokenMeter.CachedInput, TokenMeter.CacheWrite, TokenMeter.Output, TokenMeter.Reasoning];

    /// <summary>
    /// Splits what usage of one model came to by kind of tokens, in proportion to tokens times rate; without rates, to tokens. The parts come to the whole, to the
    /// nano-unit: the last takes what division leaves.
    /// </summary>
    public static IReadOnlyList<TokenCharge> Split(UsageSum usage, RateCard? card)
    {
        long[] counts =
        [
            Math.Max(0, usage.InputTokens - usage.CachedInputTokens - usage.CacheWriteTokens), usage.CachedInputTokens, usage.CacheWriteTokens,
            Math.Max(0, usage.OutputTokens - usage.ReasoningTokens), usage.ReasoningTokens,
        ];
        var rates = Array.ConvertAll(_meters, m => PerMillion(card, m));
        var weights = counts.Zip(rates, (count, rate) => count * (rate ?? 0)).ToArray();
        if (weights.Sum() == 0) weights = Array.ConvertAll(counts, c => (decimal)c);
        var whole = weights.Sum();
        if (whole == 0) return [new TokenCharge(null, usage.Requests, usage.Spent, null)];
        var charges = new List<TokenCharge>();
        var left = usage.Spent;
        var last = Array.FindLastIndex(weights, w => w > 0);
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0) continue;
            var cost = i == last ? left : new Money((long)decimal.Truncate(weights[i] / whole * usage.Spent.Nanos));
            left -= cost;
            charges.Add(new TokenCharge(_meters[i], counts[i], cost, rates[i]));
        }

        return charges;
    }

    private static decimal? PerMillion(RateCard? card, TokenMeter meter)
    {
        for (TokenMeter? m = meter; card is not null && m is { } of; m = TokenMeters.FallbackOf(of))
        {
            if (card.Base[of] is { } price) return price / card.Per * Million;
        }

        return null;
    }
}
