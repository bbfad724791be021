using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Dashboard.Usage;

/// <summary>What cost how much, and which records?</summary>
/// <param name="Filters">As they stand in the address.</param>
/// <param name="Next">The address of the next page; null: this is the last.</param>
public sealed record UsageModel(Shell Shell, IReadOnlyList<UsageRow> Rows, IReadOnlyDictionary<string, string> Filters, IReadOnlyList<string> Faults, string? Next, string? Previous, TimeZoneInfo Zone)
    : PageModel(Shell)
{
    public string this[string filter] => Filters.GetValueOrDefault(filter, "");

    public bool IsFiltered => Filters.Any(f => f.Key is not ("sort" or "page") && f.Value.Length > 0);

    /// <summary>The same list without one filter.</summary>
    public string Without(string filter) => UsagePage.AddressOf(Filters.Where(f => f.Key != filter && f.Key != "page"));

    public string With(string filter, string value) => UsagePage.AddressOf(Filters.Where(f => f.Key != filter && f.Key != "page").Append(new(filter, value)));
}
