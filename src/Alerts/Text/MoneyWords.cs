using System.Collections.Frozen;
using System.Globalization;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Alerts.Text;

/// <summary>Amounts as people read them. For display only: programs get exact numbers.</summary>
/// <param name="currency">ISO 4217 code.</param>
internal sealed class MoneyWords(string currency, Resolution resolution)
{
    private static readonly FrozenDictionary<string, string> Symbols = new Dictionary<string, string>
    {
        ["USD"] = "$", ["EUR"] = "€", ["GBP"] = "£", ["JPY"] = "¥", ["INR"] = "₹", ["KRW"] = "₩", ["VND"] = "₫",
    }.ToFrozenDictionary();

    private readonly int _minor = Currencies.MinorUnitsOf(currency);
    private readonly string _prefix = Symbols.GetValueOrDefault(currency) ?? currency + " ";

    public string Currency => currency;

    /// <summary>The exact number, for programs.</summary>
    public decimal? Units(Money? money) => money is { } amount ? resolution.ToUnits(amount) : null;

    /// <summary>In minor units; below ten of them with two significant digits, so that a small amount is never shown as zero.</summary>
    public string Format(Money money)
    {
        var units = Math.Abs(resolution.ToUnits(money));
        var digits = _minor;
        if (units > 0)
        {
            var tenMinorUnits = 10m;
            for (var i = 0; i < _minor; i++) tenMinorUnits /= 10;
            for (var smallest = tenMinorUnits; units < smallest && digits < resolution.Decimals; smallest /= 10) digits++;
        }

        var rounded = decimal.Round(units, digits, MidpointRounding.AwayFromZero);
        var text = rounded.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return (money.IsNegative && rounded != 0 ? "-" : "") + _prefix + WithoutNeedlessZeros(text);
    }

    /// <summary><c>$400.12 of $500.00</c>. Two amounts that differ never look the same: then they are shown exactly.</summary>
    public string FormatOf(Money part, Money whole)
    {
        var (left, right) = (Format(part), Format(whole));
        if (left == right && part != whole) left = (part.IsNegative ? "-" : "") + _prefix + resolution.ToText(part).TrimStart('-');
        return $"{left} of {right}";
    }

    /// <summary><c>$400.12 of $500.00 (80%)</c>.</summary>
    public string FormatOfWithPercent(Money part, Money whole) => FormatOf(part, whole) + (Percent(part, whole) is { } percent ? $" ({percent})" : "");

    /// <summary>Rounded down to tenths, so that what is below 100 % never reads as 100 %; null where there is no whole.</summary>
    public static string? Percent(Money part, Money whole)
    {
        if (whole.Nanos <= 0) return null;
        return Percent((decimal)part.Nanos / whole.Nanos);
    }

    public static string Percent(decimal fraction) => (decimal.Floor(fraction * 1000) / 10).ToString("#,0.#", CultureInfo.InvariantCulture) + "%";

    private string WithoutNeedlessZeros(string text)
    {
        var point = text.IndexOf('.');
        if (point < 0) return text;
        var end = text.Length;
        while (end - point - 1 > _minor && text[end - 1] == '0') end--;
        return end == point + 1 ? text[..point] : text[..end];
    }
}
