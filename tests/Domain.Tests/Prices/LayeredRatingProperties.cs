using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>What holds for every price and every record, with all meters, tiers, units and multipliers.</summary>
public sealed class LayeredRatingProperties(ITestOutputHelper output)
{
    private const int Runs = 20_000;

    [Fact]
    public void Cost_OfAnyRecord_IsThatOfTheSlowComputation()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < Runs; run++)
        {
            var (card, counts, terms) = (AnyUse.Card(random), AnyUse.Counts(random), AnyUse.Terms(random));
            Assert.Empty(card.Faults());
            // In every resolution: the price is the same, only where it is rounded is not.
            var resolution = Resolution.Of(random.Next(Resolution.MinDecimals, Resolution.MaxDecimals + 1));
            Assert.True(resolution.TryRound(SlowRating.Cost(card, counts, terms), out var expected));
            Assert.Equal(expected, Rating.Rate(resolution, card, counts, terms)?.Amount);
        }
    }

    /// <summary>More of a meter never costs less, within a context tier: what a file says of a tier is the provider's business.</summary>
    [Fact]
    public void Cost_OfMoreOfAnyMeter_IsNeverLess()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < Runs; run++)
        {
            var (card, counts, terms) = (AnyUse.Card(random), AnyUse.Counts(random), AnyUse.Terms(random));
            if (counts.LargestCallInput == 0) counts = counts with { LargestCallInput = Math.Max(1, counts.Input) };
            var cost = Rating.Rate(Resolution.Nano, card, counts, terms)!.Value.Amount;
            for (var meter = TokenMeter.Input; meter <= TokenMeter.VideoOutput; meter++)
            {
                var more = More(counts, meter, random.Next(1, 10_000)) with { LargestCallInput = counts.LargestCallInput };
                Assert.True(Rating.Rate(Resolution.Nano, card, more, terms)!.Value.Amount >= cost, meter.ToString());
            }

            var units = terms.Units.IsDefaultOrEmpty ? default : terms with { Units = [.. terms.Units.Select(u => u with { Count = u.Count + 0.1m })] };
            if (!terms.Units.IsDefaultOrEmpty) Assert.True(Rating.Rate(Resolution.Nano, card, counts, units)!.Value.Amount >= cost);
        }
    }

    [Fact]
    public void Cost_OfARecordInParts_DiffersByAtMostANanoUnitEach()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < Runs; run++)
        {
            var (card, whole, terms) = (AnyUse.Card(random), AnyUse.Counts(random), AnyUse.Terms(random) with { Units = default, CountsNoRequest = true });
            var context = Math.Max(1, whole.Input);
            var parts = random.Next(2, 6);
            var sum = Money.Zero;
            var left = whole;
            for (var part = parts; part > 0; part--)
            {
                var taken = part == 1 ? left : Share(left, random);
                sum += Rated(taken);
                left = Minus(left, taken);
            }

            Assert.InRange((sum - Rated(whole)).Nanos, -parts, parts);

            // The whole has the tier of its context; so do its parts, whose own input may be smaller.
            Money Rated(TokenCounts counts)
            {
                var layers = PriceLayers.Of(card, terms.ServiceTier, context, out _);
                var flat = new RateCard(new Rates(Enumerable.Range(0, TokenMeters.Count).Select(m => (Meter: (TokenMeter)m, Rate: layers.RateOf((TokenMeter)m, out _)))
                    .Where(r => r.Rate is not null).Select(r => new TokenRate(r.Meter, r.Rate!.Value)), []), card.Per) { Multipliers = card.Multipliers };
                return Rating.Rate(Resolution.Nano, flat, counts, terms with { ServiceTier = null })!.Value.Amount;
            }
        }
    }

    [Fact]
    public void Estimate_OfAnAnnouncedCall_IsNeverBelowItsCost()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < Runs; run++)
        {
            var (card, counts, terms) = (AnyUse.Card(random), AnyUse.Counts(random), AnyUse.Terms(random));
            var cost = Rating.Rate(Resolution.Nano, card, counts, terms)!.Value.Amount;
            Assert.True(Rating.Estimate(Resolution.Nano, card, counts, terms) >= cost);

            // Whatever of the output is reasoning need not be announced, nor must all of it be used.
            var plain = counts with { Reasoning = 0, AudioOutput = 0, ImageOutput = 0, VideoOutput = 0 };
            var reasoned = plain with { Reasoning = random.NextInt64(plain.Output + 1) };
            Assert.True(Rating.Estimate(Resolution.Nano, card, plain, terms) >= Rating.Rate(Resolution.Nano, card, reasoned, terms)!.Value.Amount);
            var fewer = reasoned with { Output = random.NextInt64(reasoned.Reasoning, reasoned.Output + 1) };
            Assert.True(Rating.Estimate(Resolution.Nano, card, plain, terms) >= Rating.Rate(Resolution.Nano, card, fewer, terms)!.Value.Amount);
        }
    }

    [Fact]
    public void AffordableOutput_OfAnnouncedParts_FitsAndOneMoreDoesNot()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < Runs; run++)
        {
            var (card, counts, terms) = (AnyUse.Card(random), AnyUse.Counts(random), AnyUse.Terms(random));
            var parts = counts.Reasoning + counts.AudioOutput + counts.ImageOutput + counts.VideoOutput;
            var available = new Money(random.NextInt64(2 * Rating.Estimate(Resolution.Nano, card, counts, terms)!.Value.Nanos + 2));
            var affordable = Rating.AffordableOutputTokens(Resolution.Nano, card, counts, terms, available);
            if (affordable > 0) Assert.True(Rating.Estimate(Resolution.Nano, card, counts with { Output = affordable }, terms) <= available);
            if (affordable < TokenCounts.MaxTokens) Assert.False(Rating.Estimate(Resolution.Nano, card, counts with { Output = Math.Max(parts, affordable) + 1 }, terms) <= available);
        }
    }

    private static TokenCounts More(TokenCounts c, TokenMeter meter, long more) => meter switch
    {
        TokenMeter.Input => c with { Input = c.Input + more },
        TokenMeter.CachedInput => c with { Input = c.Input + more, Cached = c.Cached + more },
        TokenMeter.CacheWrite => c with { Input = c.Input + more, CacheWrite = c.CacheWrite + more },
        TokenMeter.CacheWrite1h => c with { Input = c.Input + more, CacheWrite1h = c.CacheWrite1h + more },
        TokenMeter.AudioInput => c with { Input = c.Input + more, AudioInput = c.AudioInput + more },
        TokenMeter.CachedAudioInput => c with { Input = c.Input + more, Cached = c.Cached + more, AudioInput = c.AudioInput + more, CachedAudioInput = c.CachedAudioInput + more },
        TokenMeter.ImageInput => c with { Input = c.Input + more, ImageInput = c.ImageInput + more },
        TokenMeter.VideoInput => c with { Input = c.Input + more, VideoInput = c.VideoInput + more },
        TokenMeter.Output => c with { Output = c.Output + more },
        TokenMeter.Reasoning => c with { Output = c.Output + more, Reasoning = c.Reasoning + more },
        TokenMeter.AudioOutput => c with { Output = c.Output + more, AudioOutput = c.AudioOutput + more },
        TokenMeter.ImageOutput => c with { Output = c.Output + more, ImageOutput = c.ImageOutput + more },
        _ => c with { Output = c.Output + more, VideoOutput = c.VideoOutput + more },
    };

    private static TokenCounts Share(TokenCounts whole, Random random)
    {
        var share = default(TokenCounts);
        for (var meter = TokenMeter.Input; meter <= TokenMeter.VideoOutput; meter++) share = More(share, meter, random.NextInt64(whole[meter] + 1));
        return share;
    }

    private static TokenCounts Minus(TokenCounts whole, TokenCounts part)
    {
        var rest = default(TokenCounts);
        for (var meter = TokenMeter.Input; meter <= TokenMeter.VideoOutput; meter++) rest = More(rest, meter, whole[meter] - part[meter]);
        return rest;
    }
}
