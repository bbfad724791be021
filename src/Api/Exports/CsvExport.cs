using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Exports;

/// <summary>Rows of usage as CSV.</summary>
internal sealed class CsvExport(ExportedRows exported, Resolution resolution) : IExportFormat
{
    public string Name => "csv";

    public Task WriteAsync(HttpContext context, UsageRange range, string? costCenter) =>
        CsvSheet.WriteAsync(exported.RowsAsync(range, costCenter, context.RequestAborted), () => Begin(context, costCenter), Add, context.RequestAborted);

    private CsvSheet Begin(HttpContext context, string? costCenter)
    {
        ExportedRows.Name(context, CsvSheet.ContentType, costCenter, "usage", "csv");
        return new CsvSheet(context.Response.BodyWriter, resolution, [.. UsageColumn.All.Select(c => c.Name)]);
    }

    private static void Add(CsvSheet sheet, UsageRow row)
    {
        foreach (var column in UsageColumn.All) Add(sheet, column.Of(row));
        sheet.EndRow();
    }

    private static void Add(CsvSheet sheet, object? value)
    {
        switch (value)
        {
            case Money amount: sheet.Add(amount); break;
            case long number: sheet.Add(number); break;
            case DateOnly date: sheet.Add(date); break;
            case DateTimeOffset time: sheet.Add(time); break;
            default: sheet.Add(value as string); break;
        }
    }
}
