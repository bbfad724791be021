using System.Globalization;
using System.Numerics;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Amounts;

public sealed class MoneyTests(ITestOutputHelper output)
{
    private static readonly Money Largest = new(long.MaxValue);
    private static readonly Money Smallest = new(long.MinValue);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.0088", "0.0088")]
    [InlineData("1.000000000", "1")]
    [InlineData("-1.50", "-1.5")]
    [InlineData("0.000000001", "0.000000001")]
    [InlineData("-0.000000001", "-0.000000001")]
    [InlineData("1000000000", "1000000000")]
    [InlineData("100", "100")]
    [InlineData("9223372035.999999999", "9223372035.999999999")]
    public void Amount_WrittenAndRead_IsTheSameWithoutTrailingZeros(string text, string written)
    {
        Assert.True(Resolution.Nano.TryExact(Parse(text), out var money));
        Assert.Equal(written, Resolution.Nano.ToText(money));
        Assert.Equal(Parse(text), Resolution.Nano.ToUnits(money));
    }

    [Fact]
    public void Amount_OfAnyNanos_IsWrittenExactly()
    {
        var random = Seed.NewRandom(output);
        long[] edges = [0, 1, -1, 999_999_999, 1_000_000_000, 1_000_000_001, long.MaxValue, long.MinValue, long.MinValue + 1];
        foreach (var nanos in edges.Concat(Enumerable.Range(0, 10_000).Select(_ => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64))))
        {
            var text = Resolution.Nano.ToText(new Money(nanos));
            Assert.Equal((BigInteger)nanos, BigInteger.Parse(WithNineDecimals(text).Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
            Assert.DoesNotContain("E", text, StringComparison.Ordinal);
            Assert.False(text.Contains('.', StringComparison.Ordinal) && text.EndsWith('0'));
        }
    }

    [Theory]
    [InlineData("0.0000000005", 0)]
    [InlineData("0.0000000015", 2)]
    [InlineData("0.0000000025", 2)]
    [InlineData("0.00000000250000000001", 3)]
    [InlineData("-0.0000000005", 0)]
    [InlineData("-0.0000000015", -2)]
    [InlineData("0.0000000014999999999999999999", 1)]
    public void Amount_RoundedForTheRecord_GoesHalfToEven(string units, long nanos)
    {
        Assert.True(Resolution.Nano.TryRound(Parse(units), out var money));
        Assert.Equal(nanos, money.Nanos);
    }

    [Theory]
    [InlineData("0.000000001", 1)]
    [InlineData("0.0000000010000000000000000001", 2)]
    [InlineData("0.0000000000000000000000000001", 1)]
    [InlineData("0", 0)]
    [InlineData("-0.0000000015", -1)]
    public void Amount_RoundedForACheck_GoesUp(string units, long nanos)
    {
        Assert.True(Resolution.Nano.TryRoundUp(Parse(units), out var money));
        Assert.Equal(nanos, money.Nanos);
    }

    [Theory]
    [InlineData("0.0000000001")]
    [InlineData("1.0000000005")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("9223372037")]
    public void Amount_WithTooManyDecimalsOrTooLarge_IsNotExact(string units) => Assert.False(Resolution.Nano.TryExact(Parse(units), out _));

    [Theory]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("9223372036.854775808")]
    [InlineData("-9223372036.854775809")]
    public void Amount_ThatDoesNotFit_IsNotRounded(string units)
    {
        Assert.False(Resolution.Nano.TryRound(Parse(units), out var rounded));
        Assert.False(Resolution.Nano.TryRoundUp(Parse(units), out _));
        Assert.Equal(Money.Zero, rounded);
    }

    [Fact]
    public void Arithmetic_ThatOverflows_SaturatesAndNeitherThrowsNorWraps()
    {
        Assert.Equal(Largest, Largest + new Money(1));
        Assert.Equal(Smallest, Smallest + new Money(-1));
        Assert.Equal(Smallest, Smallest - new Money(1));
        Assert.Equal(Largest, Largest - new Money(-1));
        Assert.Equal(Largest, -Smallest);
        Assert.Equal(Largest, Money.Zero - Smallest);
    }

    [Fact]
    public void Arithmetic_OfAnyAmounts_IsTheNearestAmount()
    {
        var random = Seed.NewRandom(output);
        long[] edges = [0, 1, -1, long.MaxValue, long.MinValue, long.MinValue + 1, long.MaxValue - 1];
        for (var i = 0; i < 20_000; i++)
        {
            var (a, b) = (Any(), Any());
            Assert.Equal(Money.Saturated((Int128)a + b), new Money(a) + new Money(b));
            Assert.Equal(Money.Saturated((Int128)a - b), new Money(a) - new Money(b));
        }

        long Any() => random.Next(4) == 0 ? edges[random.Next(edges.Length)] : random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
    }

    [Fact]
    public void Arithmetic_AtTheEdge_IsExact()
    {
        Assert.Equal(Largest, new Money(long.MaxValue - 1) + new Money(1));
        Assert.Equal(Smallest, new Money(long.MinValue + 1) - new Money(1));
        Assert.Equal(new Money(-long.MaxValue), -Largest);
        Assert.Equal(new Money(8), Enumerable.Repeat(new Money(1), 8).Aggregate((a, b) => a + b));
    }

    [Fact]
    public void Balance_OfNineLargestInputs_StillFits() => Assert.Equal("9000000000", Resolution.Nano.ToText(Enumerable.Repeat(Money.MaxInput, 9).Aggregate((a, b) => a + b)));

    [Fact]
    public void Amounts_Compared_AreOrderedByValue()
    {
        var (less, more) = (new Money(-1), new Money(2));
        Assert.True(less < more && more > less && less <= more && more >= less);
        Assert.True(less.IsNegative && !less.IsPositive && more.IsPositive && !Money.Zero.IsPositive && !Money.Zero.IsNegative);
        Assert.Equal((less, more), (Money.Min(more, less), Money.Max(less, more)));
        Assert.True(less.CompareTo(more) < 0);
    }

    private static decimal Parse(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string WithNineDecimals(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? text + ".000000000" : text.PadRight(point + 10, '0');
    }
}
