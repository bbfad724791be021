using System.Collections.Frozen;

namespace BudgetEngine.Domain.Amounts;

/// <summary>What is known of currencies (ISO 4217). A table of our own: this program runs without culture data.</summary>
public static class Currencies
{
    private const string WithoutMinorUnits = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";

    /// <summary>They have minor units by the standard, which nobody uses: a thousand and more of them are a dollar.</summary>
    private const string OnlyNominally = "COP IDR IRR KHR LAK LBP MGA MMK MNT SYP TZS UZS";

    /// <summary>Other than two.</summary>
    private static readonly FrozenDictionary<string, int> Minor = Table((WithoutMinorUnits, 0), ("BHD IQD JOD KWD LYD OMR TND", 3), ("CLF UYW", 4));

    private static readonly FrozenSet<string> SmallMoney = $"{WithoutMinorUnits} {OnlyNominally}".Split(' ').ToFrozenSet();

    /// <summary>Decimals of its minor unit: 2 for cents, 0 where there is none.</summary>
    public static int MinorUnitsOf(string code) => Minor.GetValueOrDefault(code, 2);

    /// <summary>One unit of it buys next to nothing, so that amounts have many digits before the point and need few behind it.</summary>
    public static bool IsSmallMoney(string code) => SmallMoney.Contains(code);

    private static FrozenDictionary<string, int> Table(params (string Codes, int Units)[] rows) =>
        rows.SelectMany(row => row.Codes.Split(' ').Select(code => (code, row.Units))).ToFrozenDictionary(r => r.code, r => r.Units);
}
