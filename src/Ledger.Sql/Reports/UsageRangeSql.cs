using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>A range of rows of <c>usage u</c> as a condition.</summary>
internal static class UsageRangeSql
{
    /// <param name="date">The booked date, as an expression.</param>
    public static string Where(in UsageRange range, string date = "u.booked_date")
    {
        var conditions = new List<string>();
        if (range.From is not null) conditions.Add($"{date} >= @from_date");
        if (range.To is not null) conditions.Add($"{date} < @to_date");
        if (range.Since is not null) conditions.Add("u.timestamp >= @since");
        if (range.Until is not null) conditions.Add("u.timestamp < @until");
        return conditions.Count == 0 ? "true" : string.Join(" and ", conditions);
    }

    public static IEnumerable<(string Name, object? Value)> Parameters(UsageRange range)
    {
        if (range.From is { } from) yield return ("from_date", from);
        if (range.To is { } to) yield return ("to_date", to);
        if (range.Since is { } since) yield return ("since", since);
        if (range.Until is { } until) yield return ("until", until);
    }
}
