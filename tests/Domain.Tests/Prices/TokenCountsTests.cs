using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Tests.Prices;

public sealed class TokenCountsTests
{
    public static TheoryData<TokenCounts, string[]> Faulty => new()
    {
        { new(-1, 0, 0, 0, 0), ["input_tokens must not be negative"] },
        { new(0, 0, 0, -1, 0), ["output_tokens must not be negative"] },
        { new(10, 11, 0, 0, 0), ["cached_input_tokens must not be larger than input_tokens, which includes it"] },
        { new(10, 0, 11, 0, 0), ["cache_write_tokens must not be larger than input_tokens, which includes it"] },
        { new(10, 6, 5, 0, 0), ["cached_input_tokens must not, together with cache_write_tokens, be larger than input_tokens"] },
        { new(0, 0, 0, 10, 11), ["reasoning_tokens must not be larger than output_tokens, which includes it"] },
        { new(TokenCounts.MaxTokens + 1, 0, 0, 0, 0), ["input_tokens must be at most 1000000000000"] },
        {
            new(long.MinValue, -1, long.MaxValue, long.MaxValue, -2),
            [
                "input_tokens must not be negative", "cached_input_tokens must not be negative", "cache_write_tokens must be at most 1000000000000",
                "output_tokens must be at most 1000000000000", "reasoning_tokens must not be negative",
                "cache_write_tokens must not be larger than input_tokens, which includes it",
            ]
        },
        { new(long.MaxValue, long.MaxValue, long.MaxValue, 0, 0),
            [
                "input_tokens must be at most 1000000000000", "cached_input_tokens must be at most 1000000000000",
                "cache_write_tokens must be at most 1000000000000",
                "cached_input_tokens must not, together with cache_write_tokens, be larger than input_tokens",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Counts_WithFaults_NameEveryOne(TokenCounts counts, string[] faults)
    {
        Assert.False(counts.IsValid);
        Assert.Equal(faults, counts.Faults().Select(f => $"{f.Field} {f.Message}"));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(10, 4, 6, 5, 5)]
    [InlineData(TokenCounts.MaxTokens, TokenCounts.MaxTokens, 0, TokenCounts.MaxTokens, TokenCounts.MaxTokens)]
    public void Counts_WithinTheirWholes_HaveNoFault(long input, long cached, long cacheWrite, long output, long reasoning)
    {
        var counts = new TokenCounts(input, cached, cacheWrite, output, reasoning);
        Assert.True(counts.IsValid);
        Assert.Empty(counts.Faults());
    }

    [Fact]
    public void Counts_OfAnySmallNumbers_AreFaultyExactlyWhenAFaultIsNamed()
    {
        for (var code = 0; code < 5 * 5 * 5 * 5 * 5; code++)
        {
            var counts = new TokenCounts(At(code), At(code / 5), At(code / 25), At(code / 125), At(code / 625));
            Assert.Equal(counts.IsValid, counts.Faults().Count == 0);
        }

        static long At(int code) => code % 5 - 1;
    }
}
