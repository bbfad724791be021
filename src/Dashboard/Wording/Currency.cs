using System.Globalization;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Dashboard.Wording;

/// <summary>How amounts of the installation's currency are shown to people. Display only: nothing is computed from what is shown.</summary>
/// <param name="Code">ISO 4217.</param>
public sealed record Currency(string Code, Resolution Resolution)
{
    private const char Minus = '\u2212';

    public string Symbol => Code switch { "USD" => "$", "EUR" => "€", "GBP" => "£", "JPY" => "¥", "VND" => "₫", _ => Code + "\u00a0" };

    /// <summary>It has no minor units: ten and more of it have no decimals.</summary>
    public bool IsWhole => Currencies.MinorUnitsOf(Code) == 0;

    /// <summary>In units of the currency.</summary>
    public decimal Units(Money amount) => Resolution.ToUnits(amount);

    /// <summary>With the symbol: of headlines and sentences.</summary>
    public string Of(Money amount) => WithSymbol(amount, Plain);

    /// <summary>A limit or forecast: no decimals where it is whole, or 100 and more.</summary>
    public string Round(Money amount) => WithSymbol(amount, PlainRound);

    /// <summary>Without the symbol: of tables, whose head names the currency. Two decimals; below 1 at least two significant digits, and never 0.00 for something above 0.</summary>
    public string Plain(Money amount)
    {
        var value = Math.Abs(Units(amount));
        var sign = amount.IsNegative ? Minus.ToString() : "";
        if (value == 0) return IsWhole ? "0" : "0.00";
        if (value >= 10 && IsWhole) return Whole(Units(amount));
        if (value >= 1) return sign + value.ToString("#,##0.00", CultureInfo.InvariantCulture);
        var leading = 0;
        for (var rest = value * 10; rest < 1; rest *= 10) leading++;
        return sign + decimal.Round(value, Math.Clamp(leading + 2, 2, Resolution.Decimals)).ToString("0.00#######", CultureInfo.InvariantCulture);
    }

    /// <summary>A limit: whole ones have no decimals.</summary>
    public string PlainLimit(Money amount) =>
        amount.Nanos % Resolution.PerUnit == 0 ? Whole(Units(amount)) : Plain(amount);

    /// <summary>Every decimal that it has: of records and holds.</summary>
    public string Exact(Money amount)
    {
        var text = Math.Abs(Units(amount)).ToString(IsWhole ? "#,##0.#########" : "#,##0.00#######", CultureInfo.InvariantCulture);
        return amount.IsNegative ? Minus + text : text;
    }

    /// <summary>Rounded down, so that 100% stands only at or above the whole.</summary>
    public static string Percent(Money part, Money whole) =>
        whole.Nanos <= 0 ? (part.IsPositive ? "over" : "0%") : string.Create(CultureInfo.InvariantCulture, $"{(Int128)part.Nanos * 100 / whole.Nanos}%");

    private string PlainRound(Money amount)
    {
        var value = Math.Abs(Units(amount));
        return value >= 100 ? Whole(Units(amount)) : PlainLimit(amount);
    }

    private static string Whole(decimal value) =>
        (value < 0 ? Minus.ToString() : "") + Math.Abs(value).ToString("#,##0", CultureInfo.InvariantCulture);

    private string WithSymbol(Money amount, Func<Money, string> plain)
    {
        var text = plain(amount);
        return text[0] == Minus ? Minus + Symbol + text[1..] : Symbol + text;
    }
}
