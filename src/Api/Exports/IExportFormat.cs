using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Exports;

/// <summary>A form in which usage of a range is exported: a stream in constant memory.</summary>
internal interface IExportFormat
{
    /// <summary>The word of <c>format</c>.</summary>
    string Name { get; }

    /// <param name="costCenter">At and below it; null: everywhere.</param>
    Task WriteAsync(HttpContext context, UsageRange range, string? costCenter);
}
