using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Exports;

/// <summary>Rows of usage as CSV.</summary>
internal sealed class CsvExport(ExportedRows exported, Resolution resolution) : IExportFormat
{
    public string Name => "csv";

    public async Task WriteAsync(HttpContext context, UsageRange range, string? costCenter)
    {
        CsvSheet? sheet = null;
        try
        {
            // The first portion is read before the answer begins: an outage is then a problem and not a broken stream.
            await foreach (var rows in exported.RowsAsync(range, costCenter, context.RequestAborted))
            {
                sheet ??= Begin(context, costCenter);
                foreach (var row in rows)
                {
                    foreach (var column in UsageColumn.All) Add(sheet, column.Of(row));
                    sheet.EndRow();
                }

                await sheet.FlushAsync(context.RequestAborted);
            }

            sheet ??= Begin(context, costCenter);
            await sheet.FlushAsync(context.RequestAborted);
        }
        finally
        {
            sheet?.Dispose();
        }
    }

    private CsvSheet Begin(HttpContext context, string? costCenter)
    {
        ExportedRows.Name(context, CsvSheet.ContentType, costCenter, "usage", "csv");
        return new CsvSheet(context.Response.BodyWriter, resolution, [.. UsageColumn.All.Select(c => c.Name)]);
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
