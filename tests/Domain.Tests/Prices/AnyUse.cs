using System.Collections.Immutable;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>Random prices with every kind of layer, and random records, of sizes at which decimal loses nothing.</summary>
internal static class AnyUse
{
    private static readonly string[] Units = ["request", "web_search", "web_search_low", "image", "output_image", "second", "own_unit"];
    private static readonly string[] Tiers = ["batch", "flex", "priority"];

    public static RateCard Card(Random random) => new(Rates(random, dense: true), random.Next(2) == 0 ? 1_000 : 1_000_000)
    {
        ContextTiers = ContextTiers(random),
        ServiceTiers = [.. Tiers.Where(_ => random.Next(2) == 0).Select(t => new ServiceTier(t, Rates(random, dense: false), ContextTiers(random)))],
        Multipliers = random.Next(2) == 0 ? [] : [new RegionMultiplier("eu", random.Next(1, 30) / 10m)],
    };

    public static TokenCounts Counts(Random random)
    {
        var cachedAudio = random.Next(1_000);
        var counts = new TokenCounts(0, cachedAudio + Count(), Count(), 0, Count())
        {
            CacheWrite1h = Count(), AudioInput = cachedAudio + Count(), CachedAudioInput = cachedAudio, ImageInput = Count(), VideoInput = Count(), AudioOutput = Count(),
            ImageOutput = Count(), VideoOutput = Count(),
        };
        return counts with
        {
            Input = counts.Cached + counts.CacheWrite + counts.CacheWrite1h + counts.AudioInput - cachedAudio + counts.ImageInput + counts.VideoInput + random.Next(300_000),
            Output = counts.Reasoning + counts.AudioOutput + counts.ImageOutput + counts.VideoOutput + random.Next(100_000),
        };

        long Count() => random.Next(3) == 0 ? random.Next(50_000) : 0;
    }

    public static RatingTerms Terms(Random random) => new(
        random.Next(3) == 0 ? Tiers[random.Next(Tiers.Length)] : null, random.Next(3) == 0 ? "eu" : null,
        random.Next(2) == 0 ? default : [.. Units.Where(_ => random.Next(3) == 0).Select(u => new UnitCount(u, random.Next(1_000) / 10m))], random.Next(2) == 0);

    private static Rates Rates(Random random, bool dense) => new(
        Enumerable.Range(0, TokenMeters.Count).Where(m => dense && m is 0 or 8 || random.Next(3) == 0).Select(m => new TokenRate((TokenMeter)m, Price(random))),
        Units.Where(_ => random.Next(4) == 0).Select(u => new UnitRate(u, Price(random) / 1_000)));

    private static ValueList<ContextTier> ContextTiers(Random random) =>
        [.. new long[] { 32_000, 128_000, 200_000 }.Where(_ => random.Next(3) == 0).Select(b => new ContextTier(b, Rates(random, dense: false)))];

    private static decimal Price(Random random) => new(random.Next(100_000), 0, 0, false, (byte)random.Next(2, 8));
}
