using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Dashboard.Tests.Wording;

public class CurrencyTests
{
    private static readonly Currency Usd = new("USD", Resolution.Nano);

    [Theory]
    [InlineData("0", "0.00")]
    [InlineData("0.05", "0.05")]
    [InlineData("0.5", "0.50")]
    [InlineData("0.0088", "0.0088")]
    [InlineData("0.000012", "0.000012")]
    [InlineData("0.000000001", "0.000000001")]
    [InlineData("0.0664", "0.066")]
    [InlineData("1234567.89", "1,234,567.89")]
    [InlineData("-3.71", "\u22123.71")]
    [InlineData("-0.002", "\u22120.002")]
    public void Amount_InATable_HasTwoDecimalsOrTwoDigits(string amount, string shown) => Assert.Equal(shown, Usd.Plain(Of(amount)));

    [Theory]
    [InlineData("6000", "$6,000")]
    [InlineData("0.05", "$0.05")]
    [InlineData("12.5", "$12.50")]
    [InlineData("8610.4", "$8,610")]
    public void Limit_InASentence_HasNoDecimalsWhereItIsWholeOrLarge(string amount, string shown) => Assert.Equal(shown, Usd.Round(Of(amount)));

    [Fact]
    public void Symbol_OfNegativeAmount_FollowsTheMinus()
    {
        Assert.Equal("\u2212$3.71", Usd.Of(Of("-3.71")));
        Assert.Equal("CHF\u00a02.00", new Currency("CHF", Resolution.Nano).Of(Of("2")));
    }

    [Theory]
    [InlineData("99.6", "100", "99%")]
    [InlineData("100", "100", "100%")]
    [InlineData("130", "100", "130%")]
    [InlineData("0", "0", "0%")]
    [InlineData("1", "0", "over")]
    public void Percent_BelowTheWhole_IsNever100(string part, string whole, string shown) => Assert.Equal(shown, Currency.Percent(Of(part), Of(whole)));

    [Fact]
    public void Record_InATable_HasEveryDecimal() => Assert.Equal("31.060000001", Usd.Exact(Of("31.060000001")));

    [Theory]
    [InlineData(400_000_000_000_000, "₫4,000,000,000", "4,000,000,000", "4,000,000,000")]
    [InlineData(1_234_567, "₫12", "12", "12.34567")]
    [InlineData(123_456, "₫1.23", "1.23", "1.23456")]
    [InlineData(1, "₫0.00001", "0.00001", "0.00001")]
    [InlineData(0, "₫0", "0", "0")]
    public void Dong_HaveNoDecimals_WhereTheyAreTenOrMore(long nanos, string sentence, string table, string exact)
    {
        var dong = new Currency("VND", Resolution.Of("VND"));
        Assert.Equal((sentence, table, exact), (dong.Of(new Money(nanos)), dong.Plain(new Money(nanos)), dong.Exact(new Money(nanos))));
    }

    private static Money Of(string units)
    {
        Assert.True(Resolution.Nano.TryExact(decimal.Parse(units, System.Globalization.CultureInfo.InvariantCulture), out var money));
        return money;
    }
}
