namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>
/// Sums that end where 64 bits end, in SQL that both databases take. A sum that is an error instead would stop whoever reads or adds it, and everything behind it,
/// for as long as its rows are there.
/// </summary>
internal static class SaturatingSql
{
    public const string Most = "9223372036854775807";

    /// <summary>Written so, since the number itself is none to the parser: it reads the sign apart.</summary>
    public const string Least = "(-9223372036854775807 - 1)";

    /// <summary>Of two 64-bit values. No branch is computed that could overflow: nested, as the order within one condition is nobody's promise.</summary>
    public static string Add(string a, string b) =>
        $"case when {b} >= 0 then case when {a} > {Most} - {b} then {Most} else {a} + {b} end "
        + $"else case when {a} < {Least} - {b} then {Least} else {a} + {b} end end";
}
