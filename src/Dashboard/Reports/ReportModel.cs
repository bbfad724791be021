using BudgetEngine.Api.Reports;
using BudgetEngine.Dashboard.Rendering;

namespace BudgetEngine.Dashboard.Reports;

/// <summary>What does finance get?</summary>
/// <param name="Table">Null where the filters are not valid.</param>
/// <param name="Filters">As they stand in the address.</param>
/// <param name="Query">The same for the API: its own dates, in which the end is exclusive.</param>
public sealed record ReportModel(Shell Shell, ReportLink Report, ReportTable? Table, IReadOnlyDictionary<string, string> Filters, string Query, IReadOnlyList<string> Faults) : PageModel(Shell)
{
    public const string Period = "period";

    public string this[string filter] => Filters.GetValueOrDefault(filter, "");

    /// <summary>Another report about the same.</summary>
    public string AddressOf(ReportLink other)
    {
        var kept = string.Join('&', Filters.Where(f => f.Value.Length > 0 && (other.HasRange || f.Key == "cost_center")).Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"));
        return $"/reports/{other.Name}{(kept.Length > 0 ? "?" + kept : "")}";
    }

    /// <summary>This report from the API, in a form to take away.</summary>
    public string ApiAddress(string format) => $"/v1/reports/{Report.Name}?format={format}{Query}";
}
