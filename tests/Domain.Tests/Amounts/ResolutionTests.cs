using System.Globalization;
using System.Numerics;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Amounts;

public sealed class ResolutionTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("USD", 9)]
    [InlineData("EUR", 9)]
    [InlineData("BHD", 9)]
    [InlineData("VND", 5)]
    [InlineData("IDR", 5)]
    [InlineData("KRW", 5)]
    [InlineData("JPY", 5)]
    [InlineData("XXX", 9)]
    public void Resolution_OfACurrency_FollowsItsUnit(string currency, int decimals) => Assert.Equal(decimals, Resolution.Of(currency).Decimals);

    [Fact]
    public void Resolution_OutsideOfItsRange_IsNone()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Resolution.Of(Resolution.MinDecimals - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Resolution.Of(Resolution.MaxDecimals + 1));
    }

    [Fact]
    public void Dong_OfALargeBudget_Fit()
    {
        var dong = Resolution.Of("VND");

        Assert.Equal((10_000_000_000_000m, 0.00001m, 10_000L), (dong.MaxInput, dong.Smallest, dong.UnitOfAccount));
        Assert.True(dong.TryExact(4_000_000_000m, out var budget));
        Assert.True(budget < Money.MaxInput);
        Assert.Equal("4000000000", dong.ToText(budget));
        Assert.Equal("92233720368547.75807", dong.ToText(Money.MaxValue));
        Assert.False(dong.TryExact(0.000001m, out _));
        Assert.False(dong.TryRound(92_233_720_368_548m, out _));
        Assert.True(dong.TryRoundUp(0.000001m, out var least));
        Assert.Equal(new Money(1), least);
    }

    [Fact]
    public void Amount_OfAnyResolution_IsTheSameAfterItsText()
    {
        var random = Seed.NewRandom(output);
        foreach (var resolution in Enumerable.Range(Resolution.MinDecimals, Resolution.MaxDecimals - Resolution.MinDecimals + 1).Select(Resolution.Of))
        {
            for (var i = 0; i < 2_000; i++)
            {
                var money = new Money(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
                var units = decimal.Parse(resolution.ToText(money), CultureInfo.InvariantCulture);
                Assert.Equal(units, resolution.ToUnits(money));
                if (Math.Abs(units) <= resolution.MaxInput) Assert.Equal((true, money), (resolution.TryExact(units, out var again), again));
                Assert.Equal((BigInteger)money.Nanos, (BigInteger)(units * resolution.PerUnit));
            }
        }
    }
}
