using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Exports;

/// <summary>A form in which usage of a range is exported: a stream in constant memory.</summary>
internal interface IExportFormat
{
    /// <summary>The word of <c>format</c>.</summary>
    string Name { get; }

    Task WriteAsync(HttpContext context, ReportRange range);
}
