using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Prices;

public sealed class TokenCountsTests
{
    private const RowFlags Added = RowFlags.PartsAdded;
    private const RowFlags Cut = RowFlags.Adjusted;

    public static TheoryData<TokenCounts, TokenCounts, RowFlags> Contradicting => new()
    {
        // Cached or written above the input: the input leaves them out.
        { new(10, 11, 0, 0, 0), new(21, 11, 0, 0, 0), Added },
        { new(10, 0, 11, 0, 0), new(21, 0, 11, 0, 0), Added },
        { new(10, 6, 5, 0, 0), new(21, 6, 5, 0, 0), Added },
        { new(10, 4, 3, 0, 0) { CacheWrite1h = 4 }, new(21, 4, 3, 0, 0) { CacheWrite1h = 4 }, Added },

        // Reasoning above the output likewise.
        { new(0, 0, 0, 10, 11), new(0, 0, 0, 21, 11), Added },
        { new(1, 2, 0, 1, 2), new(3, 2, 0, 3, 2), Added },

        // Other parts are cut to what is left of their whole.
        { new(10, 4, 0, 0, 0) { ImageInput = 7 }, new(10, 4, 0, 0, 0) { ImageInput = 6 }, Cut },
        { new(10, 0, 0, 0, 0) { AudioInput = 8, VideoInput = 8 }, new(10, 0, 0, 0, 0) { AudioInput = 8, VideoInput = 2 }, Cut },
        { new(10, 4, 0, 0, 0) { CachedAudioInput = 5, AudioInput = 9 }, new(10, 4, 0, 0, 0) { CachedAudioInput = 4, AudioInput = 9 }, Cut },
        { new(10, 4, 0, 0, 0) { CachedAudioInput = 3 }, new(10, 4, 0, 0, 0), Cut },
        { new(0, 0, 0, 10, 6) { AudioOutput = 5, ImageOutput = 1 }, new(0, 0, 0, 10, 6) { AudioOutput = 4 }, Cut },
        { new(5, 6, 0, 0, 0) { VideoInput = 9 }, new(11, 6, 0, 0, 0) { VideoInput = 5 }, Added | Cut },
    };

    [Theory]
    [MemberData(nameof(Contradicting))]
    public void Counts_ThatContradictThemselves_AreBroughtTogether(TokenCounts sent, TokenCounts counts, RowFlags flags)
    {
        Assert.False(sent.IsValid);
        Assert.Equal(counts, sent.Reconciled(out var found));
        Assert.Equal(flags, found);
        Assert.True(counts.IsValid);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(10, 4, 6, 5, 5)]
    [InlineData(TokenCounts.MaxTokens, TokenCounts.MaxTokens, 0, TokenCounts.MaxTokens, TokenCounts.MaxTokens)]
    public void Counts_WithinTheirWholes_StayAsTheyAre(long input, long cached, long cacheWrite, long output, long reasoning)
    {
        var counts = new TokenCounts(input, cached, cacheWrite, output, reasoning);
        Assert.True(counts.IsValid);
        Assert.Equal(counts, counts.Reconciled(out var flags));
        Assert.Equal(RowFlags.None, flags);
    }

    [Fact]
    public void Counts_OfAnySmallNumbers_AreRateableOnceBroughtTogether()
    {
        for (var code = 0; code < 1 << 20; code++)
        {
            var counts = new TokenCounts(At(0), At(1), At(2), At(3), At(4))
            {
                CacheWrite1h = At(5), AudioInput = At(6), CachedAudioInput = At(7), ImageInput = At(8), AudioOutput = At(9),
            };
            var together = counts.Reconciled(out var flags);
            Assert.True(together.IsValid);
            Assert.Equal(counts.IsValid, flags == RowFlags.None);
            var (input, output) = (0L, 0L);
            for (var meter = TokenMeter.Input; meter <= TokenMeter.VideoOutput; meter++)
            {
                Assert.True(together[meter] >= 0);
                if (meter < TokenMeter.Output) input += together[meter];
                else output += together[meter];
            }

            Assert.Equal((together.Input, together.Output), (input, output));
            long At(int place) => (code >> (2 * place)) & 3;
        }
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, 0, long.MinValue)]
    [InlineData(long.MaxValue, long.MaxValue, long.MaxValue)]
    public void Counts_OutOfRange_AreNotRateable(long input, long cached, long output) => Assert.False(new TokenCounts(input, cached, 0, output, 0).IsValid);
}
