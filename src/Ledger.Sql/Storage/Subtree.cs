namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>A condition "at or below this cost center", as one range of an index: the slash is directly followed by the zero, and what begins alike but is no child comes before the slash.</summary>
internal static class Subtree
{
    /// <summary>True for every row when <paramref name="under"/> is null.</summary>
    public static string Where(string column, string? under) =>
        under is null ? "true" : $"({column} >= @under and {column} < @beside and ({column} = @under or {column} > @below))";

    public static IEnumerable<(string Name, object? Value)> Parameters(string? under) =>
        under is null ? [] : [("under", under), ("below", under + "/"), ("beside", under + "0")];
}
