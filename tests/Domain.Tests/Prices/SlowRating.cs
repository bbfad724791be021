using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>The cost of a record as docs/rating.md says it, in decimal and word for word: slow, and exact for ordinary prices and counts.</summary>
internal static class SlowRating
{
    public static decimal Cost(RateCard card, TokenCounts c, RatingTerms terms)
    {
        var context = c.LargestCallInput > 0 ? c.LargestCallInput : c.Input;
        var tier = card.ServiceTiers.FirstOrDefault(t => t.Name == terms.ServiceTier);
        Rates?[] layers = [TierOf(tier?.ContextTiers), TierOf(card.ContextTiers), tier?.Rates, card.Base];

        decimal? Token(TokenMeter meter) => layers.Select(l => l?[meter]).FirstOrDefault(p => p is not null);
        decimal? Unit(string unit) => layers.Select(l => l?[unit]).FirstOrDefault(p => p is not null);
        Rates? TierOf(IEnumerable<ContextTier>? tiers) => tiers?.Where(t => context > t.AboveInputTokens).MaxBy(t => t.AboveInputTokens)?.Rates;

        var input = Token(TokenMeter.Input);
        var cached = Token(TokenMeter.CachedInput) ?? input;
        var write = Token(TokenMeter.CacheWrite) ?? input;
        var output = Token(TokenMeter.Output);
        var plainInput = c.Input - c.Cached - c.CacheWrite - c.CacheWrite1h - c.AudioInput + c.CachedAudioInput - c.ImageInput - c.VideoInput;
        var tokens = plainInput * (input ?? 0) + (c.Cached - c.CachedAudioInput) * (cached ?? 0) + c.CacheWrite * (write ?? 0)
            + c.CacheWrite1h * (Token(TokenMeter.CacheWrite1h) ?? write ?? 0) + (c.AudioInput - c.CachedAudioInput) * (Token(TokenMeter.AudioInput) ?? input ?? 0)
            + c.CachedAudioInput * (Token(TokenMeter.CachedAudioInput) ?? cached ?? 0) + c.ImageInput * (Token(TokenMeter.ImageInput) ?? input ?? 0)
            + c.VideoInput * (Token(TokenMeter.VideoInput) ?? input ?? 0) + (c.Output - c.Reasoning - c.AudioOutput - c.ImageOutput - c.VideoOutput) * (output ?? 0)
            + c.Reasoning * (Token(TokenMeter.Reasoning) ?? output ?? 0) + c.AudioOutput * (Token(TokenMeter.AudioOutput) ?? output ?? 0)
            + c.ImageOutput * (Token(TokenMeter.ImageOutput) ?? output ?? 0) + c.VideoOutput * (Token(TokenMeter.VideoOutput) ?? output ?? 0);
        var multiplier = card.Multipliers.Any(m => m.Region == terms.Region) ? card.Multipliers.First(m => m.Region == terms.Region).Factor : 1;
        var units = (terms.Units.IsDefault ? [] : terms.Units.ToArray()).ToDictionary(u => u.Unit, u => u.Count);
        if (!terms.CountsNoRequest) units.TryAdd("request", 1);
        return tokens / card.Per * multiplier + units.Sum(u => u.Value * (Unit(u.Key) ?? Unit(Whole(u.Key)) ?? 0));
    }

    private static string Whole(string unit) => unit.StartsWith("web_search_", StringComparison.Ordinal) ? "web_search"
        : unit.StartsWith("output_", StringComparison.Ordinal) ? unit["output_".Length..] : unit;
}
