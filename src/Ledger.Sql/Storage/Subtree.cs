namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>A condition "at or below this cost center", as ranges of an index: the slash is directly followed by the zero.</summary>
internal static class Subtree
{
    /// <summary>True for every row when <paramref name="under"/> is null.</summary>
    public static string Where(string column, string? under) =>
        under is null ? "true" : $"({column} = @under or ({column} > @below and {column} < @beside))";

    public static IEnumerable<(string Name, object? Value)> Parameters(string? under) =>
        under is null ? [] : [("under", under), ("below", under + "/"), ("beside", under + "0")];
}
