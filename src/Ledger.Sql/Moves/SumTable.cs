using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Reports;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>A table of sums by cost center that goes to new names in steps.</summary>
/// <param name="Keys">What tells its rows apart, beside the cost center.</param>
/// <param name="Dimension">Of <c>usage_days</c> the rows of this dimension only: its primary key begins with it.</param>
internal sealed record SumTable(string Name, string[] Keys, string[] Numbers, int? Dimension = null)
{
    public static readonly SumTable Balances = new("balances", ["user_name", "period", "window_date"], ["spent", "requests"]);

    public static readonly SumTable Models =
        new("model_spend", ["booked_date", "model"], ["spent", "requests", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens"]);

    public static readonly SumTable Shares = new("share_spend", ["booked_date", "kind", "name"], ["spent"]);

    public static readonly SumTable Days = new("usage_days", ["dimension", "booked_date", "name"], UsageDays.Numbers);

    /// <summary>Everything that follows usage, in parts whose rows of one subtree are a range of an index each.</summary>
    public static readonly IReadOnlyList<SumTable> RollUps =
    [
        Models, Shares, .. Enum.GetValues<UsageDimension>().SelectMany(d => new[] { (int)d, -(int)d }).Distinct().Select(code => Days with { Dimension = code }),
    ];

    public bool HasHistograms => Name == "usage_days";

    /// <summary>Names that found no room are in the rest, another dimension.</summary>
    public bool HasRest => Dimension > 0;

    /// <summary>A condition.</summary>
    public string Which => Dimension is { } code ? $"dimension = {code}" : "true";

    public string[] Columns => ["cost_center", .. Keys, .. Numbers, .. HasHistograms ? (string[])["histogram"] : []];

    public string Key => string.Join(", ", (string[])["cost_center", .. Keys]);

    public string SameKeys(string a, string b) => string.Join(" and ", Keys.Select(k => $"{a}.{k} = {b}.{k}"));
}
