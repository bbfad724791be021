using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Exports;

/// <summary>Rows of usage as CSV.</summary>
internal sealed class CsvExport(ExportedRows exported) : IExportFormat
{
    public string Name => "csv";

    public async Task WriteAsync(HttpContext context, ReportRange range)
    {
        CsvSheet? sheet = null;
        try
        {
            // The first portion is read before the answer begins: an outage is then a problem and not a broken stream.
            await foreach (var rows in exported.RowsAsync(range, context.RequestAborted))
            {
                sheet ??= Begin(context, range);
                foreach (var row in rows)
                {
                    foreach (var column in UsageColumn.All) Add(sheet, column.Of(row));
                    sheet.EndRow();
                }

                await sheet.FlushAsync(context.RequestAborted);
            }

            sheet ??= Begin(context, range);
            await sheet.FlushAsync(context.RequestAborted);
        }
        finally
        {
            sheet?.Dispose();
        }
    }

    private static CsvSheet Begin(HttpContext context, ReportRange range)
    {
        ExportedRows.Name(context, CsvSheet.ContentType, range, "usage", "csv");
        return new CsvSheet(context.Response.BodyWriter, [.. UsageColumn.All.Select(c => c.Name)]);
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
