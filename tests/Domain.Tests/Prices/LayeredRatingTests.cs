using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>The sentences of docs/rating.md, section 2, with sums worked out by hand.</summary>
public sealed class LayeredRatingTests
{
    private static readonly RateCard Opus = new(new Rates(
        [
            new(TokenMeter.Input, 5), new(TokenMeter.Output, 25), new(TokenMeter.CachedInput, 0.5m), new(TokenMeter.CacheWrite, 6.25m), new(TokenMeter.CacheWrite1h, 10),
        ],
        [new("web_search", 0.01m)]));

    private static readonly RateCard Gemini = new RateCard(1.25m, 10, 0.125m) with
    {
        ContextTiers = [new(200_000, new Rates([new(TokenMeter.Input, 2.5m), new(TokenMeter.Output, 15)], []))],
        ServiceTiers =
        [
            new("batch", new Rates([new(TokenMeter.Input, 0.625m), new(TokenMeter.Output, 5)], []), []),
            new("priority", new Rates([new(TokenMeter.Input, 2.25m)], []), [new(200_000, new Rates([new(TokenMeter.Input, 4.5m)], []))]),
        ],
        Multipliers = [new("eu", 1.1m)],
    };

    private static readonly RateCard Realtime = new(new Rates(
        [
            new(TokenMeter.Input, 4), new(TokenMeter.CachedInput, 0.4m), new(TokenMeter.Output, 16), new(TokenMeter.AudioInput, 32), new(TokenMeter.AudioOutput, 64),
        ],
        []));

    private static readonly RateCard ByUnit = new(new Rates([], [new("second", 0.0001m), new("image", 0.04m), new("request", 0.005m), new("web_search", 0.01m), new("web_search_high", 0.05m)]));

    public static TheoryData<RateCard, TokenCounts, RatingTerms, string, RowFlags> Costs => new()
    {
        // 1-hour writes beside 5-minute ones: 1,000 x 5 + 400 x 6.25 + 600 x 10.
        { Opus, new(2_000, 0, 400, 0, 0) { CacheWrite1h = 600 }, default, "0.0135", RowFlags.None },

        // Without a rate of their own they cost what short ones do, and say so; without that, what input does.
        { new RateCard(3, 15, 0.3m, 3.75m), new(1_000, 0, 0, 0, 0) { CacheWrite1h = 1_000 }, default, "0.00375", RowFlags.CacheWrite1hUnpriced },
        { new RateCard(3, 15), new(1_000, 0, 0, 0, 0) { CacheWrite1h = 1_000 }, default, "0.003", RowFlags.CacheWrite1hUnpriced },

        // Searches are no tokens.
        { Opus, new(0, 0, 0, 0, 0), Units(("web_search", 2)), "0.02", RowFlags.None },
        { Opus, new(0, 0, 0, 0, 0), Units(("web_search_low", 3)), "0.03", RowFlags.None },
        { ByUnit, new(0, 0, 0, 0, 0), Units(("web_search_high", 1)) with { CountsNoRequest = true }, "0.05", RowFlags.None },
        { ByUnit, new(0, 0, 0, 0, 0), Units(("output_image", 2)) with { CountsNoRequest = true }, "0.08", RowFlags.None },
        { Opus, new(1_000, 0, 0, 0, 0), Units(("page", 7)), "0.005", RowFlags.UnitUnpriced },

        // A request counts itself, once; a given number replaces that; a heartbeat is none.
        { ByUnit, new(0, 0, 0, 0, 0), default, "0.005", RowFlags.None },
        { ByUnit, new(0, 0, 0, 0, 0), Units(("request", 3)), "0.015", RowFlags.None },
        { ByUnit, new(0, 0, 0, 0, 0), Units(("request", 0)), "0", RowFlags.None },
        { ByUnit, new(0, 0, 0, 0, 0), Units(("second", 27.4m)) with { CountsNoRequest = true }, "0.00274", RowFlags.None },

        // A token meter that has no rate after its fall-backs is not billed, and says so.
        { ByUnit, new(10, 0, 0, 0, 0), new(null, null, default, true), "0", RowFlags.UnitUnpriced },

        // Audio: 100 plain x 4, 50 cached text x 0.4, 20 cached audio at the cached rate, 80 audio x 32, 10 out x 16, 30 audio out x 64.
        { Realtime, new(250, 70, 0, 40, 0) { AudioInput = 100, CachedAudioInput = 20, AudioOutput = 30 }, default, "0.005068", RowFlags.None },

        // Exactly the bound is still the base; above it all of the record has the tier's price, the output included. Cached has no rate in the tier.
        { Gemini, new(200_000, 0, 0, 1_000, 0), default, "0.26", RowFlags.None },
        { Gemini, new(200_001, 0, 0, 1_000, 0), default, "0.5150025", RowFlags.None },
        { Gemini, new(300_000, 100_000, 0, 0, 0), default, "0.5125", RowFlags.None },

        // Of several calls the largest chooses.
        { Gemini, new(300_000, 0, 0, 0, 0) { LargestCallInput = 180_000 }, default, "0.375", RowFlags.None },

        // Service tiers, in any case; the words for the base; one that the price does not have.
        { Gemini, new(1_000, 0, 0, 1_000, 0), Tier("batch"), "0.005625", RowFlags.None },
        { Gemini, new(1_000, 0, 0, 1_000, 0), Tier("BATCH"), "0.005625", RowFlags.None },
        { Gemini, new(1_000, 0, 0, 1_000, 0), Tier("default"), "0.01125", RowFlags.None },
        { Gemini, new(1_000, 0, 0, 1_000, 0), Tier("Standard"), "0.01125", RowFlags.None },
        { Gemini, new(1_000, 0, 0, 1_000, 0), Tier("auto"), "0.01125", RowFlags.None },
        { Gemini, new(1_000, 0, 0, 1_000, 0), Tier("scale"), "0.01125", RowFlags.TierUnpriced },

        // Batch has no context tier of its own: the base's comes first, and it says so. Priority has one, without an output: that is the base tier's.
        { Gemini, new(300_000, 0, 0, 1_000, 0), Tier("batch"), "0.765", RowFlags.TierUnpriced },
        { Gemini, new(300_000, 0, 0, 1_000, 0), Tier("priority"), "1.365", RowFlags.None },
        { Gemini, new(1_000, 0, 0, 1_000, 0), Tier("priority"), "0.01225", RowFlags.None },

        // Multipliers are of tokens and of regions that the price names.
        { Gemini, new(1_000, 0, 0, 1_000, 0), new(null, "eu", default), "0.012375", RowFlags.None },
        { Gemini, new(1_000, 0, 0, 1_000, 0), new(null, "moon", default), "0.01125", RowFlags.None },
        { Opus with { Multipliers = [new("us", 2)] }, new(1_000, 0, 0, 0, 0), Units(("web_search", 1)) with { Region = "us" }, "0.02", RowFlags.None },

        // 0 is a price and no fall-back.
        { new RateCard(5, 25, 0, 0), new(1_000, 500, 500, 0, 0), default, "0", RowFlags.None },
    };

    [Theory]
    [MemberData(nameof(Costs))]
    public void Cost_OfARecord_IsThatOfItsLayers(RateCard card, TokenCounts counts, RatingTerms terms, string cost, RowFlags flags)
    {
        Assert.Empty(card.Faults());
        var rated = Rating.Rate(Resolution.Nano, card, counts, terms)!.Value;
        Assert.Equal((cost, flags), (Resolution.Nano.ToText(rated.Amount), rated.Flags));
    }

    [Fact]
    public void Layers_OfARecord_AreNamed()
    {
        var layers = Rating.Rate(Resolution.Nano, Gemini, new TokenCounts(300_000, 0, 0, 0, 0), Tier("PRIORITY"))!.Value.Layers;
        Assert.Equal(("priority", (long?)200_000), (layers.ServiceTier, layers.AboveInputTokens));
        layers = Rating.Rate(Resolution.Nano, Gemini, new TokenCounts(1, 0, 0, 0, 0), Tier("flex"))!.Value.Layers;
        Assert.Equal((null, null), (layers.ServiceTier, layers.AboveInputTokens));
    }

    [Fact]
    public void PricedAs_OfTheSameLayers_IsOneText()
    {
        var price = new ModelPrice(Gemini, new PriceVersion("gemini", Book.Noon, Gemini, null, [], Book.Noon.AddMinutes(1)));
        var plain = Rating.Rate(Resolution.Nano, Gemini, new TokenCounts(1, 0, 0, 0, 0), default)!.Value.Layers;
        var large = Rating.Rate(Resolution.Nano, Gemini, new TokenCounts(300_000, 0, 0, 0, 0), Tier("priority"))!.Value.Layers;
        Assert.Equal("""{"model":"gemini","effective_from":"2026-11-21T12:00:00+00:00","entered_at":"2026-11-21T12:01:00+00:00","service_tier":null,"above_input_tokens":null}""", price.PricedAs(plain));
        Assert.Equal("""{"model":"gemini","effective_from":"2026-11-21T12:00:00+00:00","entered_at":"2026-11-21T12:01:00+00:00","service_tier":"priority","above_input_tokens":200000}""", price.PricedAs(large));
        Assert.Same(price.PricedAs(plain), price.PricedAs(plain));
        Assert.Same(price.PricedAs(large), price.PricedAs(large));
    }

    [Fact]
    public void Cost_OfPlainTokens_AllocatesNothing()
    {
        Assert.Equal(0, Allocated.Each(Run));

        static void Run()
        {
            for (var i = 0; i < 1_000; i++)
            {
                Rating.Rate(Resolution.Nano, Gemini, new TokenCounts(300_000 + i, 10, 0, 7, 3), default);
                Rating.Estimate(Resolution.Nano, Gemini, new TokenCounts(1_000 + i, 0, 0, 7, 0), default);
                Rating.AffordableOutputTokens(Resolution.Nano, Gemini, new TokenCounts(1_000 + i, 0, 0, 7, 0), default, new(1_000_000_000));
            }
        }
    }

    private static RatingTerms Units(params (string Unit, decimal Count)[] units) => new(null, null, [.. units.Select(u => new UnitCount(u.Unit, u.Count))]);

    private static RatingTerms Tier(string tier) => new(tier, null, default);
}
