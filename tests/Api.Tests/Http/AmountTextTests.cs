using System.Globalization;
using System.Text;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Api.Tests.Http;

public class AmountTextTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("12.5", "12.5")]
    [InlineData("1e-7", "0.0000001")]
    [InlineData("1.5E+3", "1500")]
    [InlineData("0.0088", "0.0088")]
    [InlineData("9999999999", "9999999999")]
    [InlineData("-0.000000001", "-0.000000001")]
    [InlineData("0.000000000000000000000000000000000000001e39", "1")]
    [InlineData("100000000000000000000e-20", "1")]
    [InlineData("99999999999999999", "99999999999999999")]
    [InlineData("92233720368547.75807", "92233720368547.75807")]
    [InlineData("10000000000000.00001", "10000000000000.00001")]
    public void Read_ANumber_IsExact(string text, string expected)
    {
        Assert.Equal(AmountReading.Ok, AmountText.Read(Encoding.UTF8.GetBytes(text), out var value));
        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    public void Read_WhatIsNoNumberOfJson_SaysSo(string text) =>
        Assert.Equal(AmountReading.NotANumber, AmountText.Read(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("100000000000000000")]
    [InlineData("1e17")]
    [InlineData("1e999999999999999999")]
    [InlineData("-1e300")]
    public void Read_MoreThanSeventeenDigits_IsTooLarge(string text) =>
        Assert.Equal(AmountReading.TooLarge, AmountText.Read(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("1e-30", 1)]
    [InlineData("1e-999999999", 1)]
    [InlineData("0.0000000010000000000000000000000000001", 2)]
    [InlineData("1.2345678901234567e-15", 1)]
    public void Read_DigitsBelowTheLast_StillRoundUp(string text, long nanos)
    {
        AmountText.Read(Encoding.UTF8.GetBytes(text), out var value);
        Assert.True(Resolution.Nano.TryRoundUp(value, out var money));
        Assert.Equal(nanos, money.Nanos);
        Assert.False(Resolution.Nano.TryExact(value, out _));
    }

    [Theory]
    [InlineData("0.0000000005", 0)]
    [InlineData("0.00000000050000000000000000000000000001", 1)]
    [InlineData("0.0000000015", 2)]
    [InlineData("0.0000000025", 2)]
    [InlineData("0.0000000024999999999999999999999999999", 2)]
    public void Read_AroundTheMiddle_RoundsAsIfAllDigitsWereThere(string text, long nanos)
    {
        AmountText.Read(Encoding.UTF8.GetBytes(text), out var value);
        Assert.True(Resolution.Nano.TryRound(value, out var money));
        Assert.Equal(nanos, money.Nanos);
    }

    /// <summary>As dong, with more digits before the point and fewer behind it.</summary>
    [Theory]
    [InlineData("9999999999999.000005", 999_999_999_999_900_000)]
    [InlineData("9999999999999.0000050000000000000000001", 999_999_999_999_900_001)]
    [InlineData("9999999999999.000015", 999_999_999_999_900_002)]
    [InlineData("9999999999999.0000149999999999999999999", 999_999_999_999_900_001)]
    public void Read_AroundTheMiddleOfALargeAmount_RoundsAsIfAllDigitsWereThere(string text, long nanos)
    {
        AmountText.Read(Encoding.UTF8.GetBytes(text), out var value);
        Assert.True(Resolution.Of("VND").TryRound(value, out var money));
        Assert.Equal(nanos, money.Nanos);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(5)]
    [InlineData(2)]
    public void Read_AnyMoney_ComesBackFromItsText(int decimals)
    {
        var (random, resolution) = (Seed.NewRandom(output), Resolution.Of(decimals));
        Span<byte> text = stackalloc byte[MoneyText.MaxLength];
        for (var i = 0; i < 10_000; i++)
        {
            var money = new Money(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63));
            var length = MoneyText.Format(money, resolution, text);
            Assert.Equal(resolution.ToText(money), Encoding.UTF8.GetString(text[..length]));
            Assert.Equal(AmountReading.Ok, AmountText.Read(text[..length], out var value));
            Assert.Equal(resolution.ToUnits(money), value);
        }
    }

    [Theory]
    [InlineData(long.MinValue, "-9223372036.854775808")]
    [InlineData(long.MaxValue, "9223372036.854775807")]
    [InlineData(0, "0")]
    [InlineData(1, "0.000000001")]
    [InlineData(8_800_000, "0.0088")]
    public void Format_TheEndsOfTheRange_IsExact(long nanos, string expected)
    {
        Span<byte> text = stackalloc byte[MoneyText.MaxLength];
        Assert.Equal(expected, Encoding.UTF8.GetString(text[..MoneyText.Format(new Money(nanos), Resolution.Nano, text)]));
    }
}
