using System.Globalization;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Alerts.Tests.Text;

/// <summary>Amounts as people read them: never zero for what is not, never "used up" for what is not.</summary>
public sealed class MoneyWordsTests
{
    [Theory]
    [InlineData("USD", "400.12", "$400.12")]
    [InlineData("USD", "500", "$500.00")]
    [InlineData("USD", "1234567.891", "$1,234,567.89")]
    [InlineData("USD", "0", "$0.00")]
    [InlineData("USD", "0.10", "$0.10")]
    [InlineData("USD", "0.0999", "$0.10")]
    [InlineData("USD", "0.05", "$0.05")]
    [InlineData("USD", "0.015", "$0.015")]
    [InlineData("USD", "0.0088", "$0.0088")]
    [InlineData("USD", "0.00881234", "$0.0088")]
    [InlineData("USD", "0.000000001", "$0.000000001")]
    [InlineData("USD", "-0.0088", "-$0.0088")]
    [InlineData("USD", "-12.5", "-$12.50")]
    [InlineData("USD", "0.125", "$0.13")]
    [InlineData("EUR", "12.5", "€12.50")]
    [InlineData("CHF", "12.5", "CHF 12.50")]
    [InlineData("XYZ", "12.5", "XYZ 12.50")]
    [InlineData("JPY", "1234.4", "¥1,234")]
    [InlineData("JPY", "0.5", "¥0.5")]
    [InlineData("JPY", "7", "¥7")]
    [InlineData("VND", "25000", "₫25,000")]
    [InlineData("KWD", "1.2345", "KWD 1.235")]
    [InlineData("BHD", "0.0021", "BHD 0.0021")]
    [InlineData("CLF", "1.23456", "CLF 1.2346")]
    [InlineData("ISK", "100.6", "ISK 101")]
    public void Format_ByCurrency_HasItsSignAndItsDigits(string currency, string units, string text) =>
        Assert.Equal(text, new MoneyWords(currency, Resolution.Nano).Format(TestAlerts.Units(decimal.Parse(units, CultureInfo.InvariantCulture))));

    [Fact]
    public void Dong_AsTheyAreCounted_AreWholeAndExact()
    {
        var words = new MoneyWords("VND", Resolution.Of("VND"));
        Assert.Equal("₫4,000,000,000", words.Format(new Money(400_000_000_000_000)));
        Assert.Equal("₫0.00001", words.Format(new Money(1)));
        Assert.Equal("₫92,233,720,368,548", words.Format(Money.MaxValue));
        Assert.Equal("₫3999999999.99999 of ₫4,000,000,000", words.FormatOf(new Money(399_999_999_999_999), new Money(400_000_000_000_000)));
        Assert.Equal(4_000_000_000m, words.Units(new Money(400_000_000_000_000)));
    }

    [Fact]
    public void Format_OfAnyAmount_IsZeroOnlyForZero()
    {
        var random = new Random(5);
        foreach (var currency in new[] { "USD", "JPY", "KWD", "CLF" })
        {
            var words = new MoneyWords(currency, Resolution.Nano);
            for (var i = 0; i < 20_000; i++)
            {
                var nanos = random.NextInt64(1, 1L << random.Next(1, 63));
                var text = words.Format(new Money(nanos));
                Assert.Matches("[1-9]", text);
                var shown = decimal.Parse(new string([.. text.Where(c => char.IsAsciiDigit(c) || c == '.')]), CultureInfo.InvariantCulture);
                // Two significant digits at least.
                Assert.InRange(shown / Resolution.Nano.ToUnits(new Money(nanos)), 0.94m, 1.06m);
            }
        }

        Assert.Equal("-$9,223,372,036.85", new MoneyWords("USD", Resolution.Nano).Format(new Money(long.MinValue)));
    }

    [Theory]
    [InlineData("499.996", "500", "$499.996 of $500.00", "99.9%")]
    [InlineData("500", "500", "$500.00 of $500.00", "100%")]
    [InlineData("500.000000001", "500", "$500.000000001 of $500.00", "100%")]
    [InlineData("400.12", "500", "$400.12 of $500.00", "80%")]
    [InlineData("0.3333", "1", "$0.33 of $1.00", "33.3%")]
    [InlineData("0", "5", "$0.00 of $5.00", "0%")]
    [InlineData("60000", "5", "$60,000.00 of $5.00", "1,200,000%")]
    public void FormatOf_APartOfAWhole_NeverLooksFullBeforeItIs(string part, string whole, string text, string percent)
    {
        var (a, b) = (TestAlerts.Units(decimal.Parse(part, CultureInfo.InvariantCulture)), TestAlerts.Units(decimal.Parse(whole, CultureInfo.InvariantCulture)));
        Assert.Equal((text, percent), (new MoneyWords("USD", Resolution.Nano).FormatOf(a, b), MoneyWords.Percent(a, b)));
    }

    [Fact]
    public void Percent_OfNothing_IsNotToldAtAll() => Assert.Null(MoneyWords.Percent(new Money(1), Money.Zero));
}
