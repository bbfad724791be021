using System.Globalization;
using System.Net;
using System.Text;
using BudgetEngine.Api.Exports;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Reports;

/// <summary>Answers a report as JSON, CSV or a page that prints.</summary>
internal static class ReportOutput
{
    public const string Json = "json";
    public const string Csv = "csv";
    public const string Html = "html";

    /// <summary>The style of the printed page; a page of its own, which nothing else is loaded for.</summary>
    private const string Style =
        "body{font:13px/1.45 system-ui,sans-serif;margin:2rem;color:#16181d}h1{font-size:20px;margin:0}p{margin:.4rem 0 1rem}table{border-collapse:collapse;width:100%}" +
        "th,td{padding:.25rem .5rem;border-bottom:1px solid #d9dce3;text-align:left;vertical-align:top}.n{text-align:right;font-variant-numeric:tabular-nums}thead{display:table-header-group}" +
        "tfoot td,tfoot th{font-weight:600;border-top:2px solid #16181d}tr{break-inside:avoid}small{color:#5a6070}@page{size:A4 landscape;margin:14mm}@media print{body{margin:0;font-size:9pt}}";

    public static async Task AnswerAsync<T>(HttpContext context, Resolution resolution, string format, T report, Func<T, ReportTable> tableOf)
    {
        if (format == Json) await context.AnswerAsync(report);
        else if (format == Csv) await AnswerCsvAsync(context, resolution, tableOf(report));
        else await AnswerHtmlAsync(context, resolution, tableOf(report));
    }

    /// <summary>A cell for people.</summary>
    public static string Shown(object? cell, ColumnKind kind, Resolution resolution) => cell switch
    {
        null => "",
        decimal fraction when kind == ColumnKind.Fraction => (fraction * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %",
        decimal number => number.ToString("#,##0.##", CultureInfo.InvariantCulture),
        long number => number.ToString("#,##0", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
        Money amount => resolution.ToText(amount),
        _ => cell.ToString()!,
    };

    public static bool IsNumeric(ColumnKind kind) => kind is ColumnKind.Amount or ColumnKind.SmallAmount or ColumnKind.Number or ColumnKind.Fraction;

    private static async Task AnswerCsvAsync(HttpContext context, Resolution resolution, ReportTable table)
    {
        context.Response.ContentType = CsvSheet.ContentType;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{FileNameOf(table.Title)}.csv\"";
        using var sheet = new CsvSheet(context.Response.BodyWriter, resolution, [.. table.Columns.Select(c => c.Name)]);
        foreach (var row in table.Rows)
        {
            foreach (var cell in row) Add(sheet, cell);
            sheet.EndRow();
        }

        await sheet.FlushAsync(context.RequestAborted);
    }

    private static void Add(CsvSheet sheet, object? cell)
    {
        switch (cell)
        {
            case Money amount: sheet.Add(amount); break;
            case long number: sheet.Add(number); break;
            case decimal number: sheet.Add(number); break;
            case DateOnly date: sheet.Add(date); break;
            case DateTimeOffset time: sheet.Add(time); break;
            default: sheet.Add(cell as string); break;
        }
    }

    private static async Task AnswerHtmlAsync(HttpContext context, Resolution resolution, ReportTable table)
    {
        var page = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
        page.Append(Encoded(table.Title)).Append(" · BudgetEngine</title><style>").Append(Style).Append("</style></head><body><h1>").Append(Encoded(table.Title)).Append("</h1><p>")
            .Append(Encoded(table.Sentence)).Append("</p><table><thead><tr>");
        foreach (var column in table.Columns) AppendCell(page, "th", column.Kind, column.Kind == ColumnKind.Amount ? $"{column.Heading} ({table.Currency})" : column.Heading);
        page.Append("</tr></thead><tbody>");
        foreach (var row in table.Rows) AppendRow(page, resolution, table, row);
        page.Append("</tbody>");
        if (table.Total is { } total)
        {
            page.Append("<tfoot>");
            AppendRow(page, resolution, table, total);
            page.Append("</tfoot>");
        }

        page.Append("</table>");
        if (table.Note is { } note) page.Append("<p><small>").Append(Encoded(note)).Append("</small></p>");
        page.Append("</body></html>");
        context.Response.ContentType = "text/html; charset=utf-8";
        // What is in it came from callers: nothing of it may run or load.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
        await context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }

    private static void AppendRow(StringBuilder page, Resolution resolution, ReportTable table, object?[] row)
    {
        page.Append("<tr>");
        for (var i = 0; i < row.Length; i++) AppendCell(page, "td", table.Columns[i].Kind, Shown(row[i], table.Columns[i].Kind, resolution));
        page.Append("</tr>\n");
    }

    private static void AppendCell(StringBuilder page, string tag, ColumnKind kind, string text) =>
        page.Append('<').Append(tag).Append(IsNumeric(kind) ? " class=\"n\">" : ">").Append(Encoded(text)).Append("</").Append(tag).Append('>');

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);

    private static string FileNameOf(string title) => title.ToLowerInvariant().Replace(' ', '-');
}
