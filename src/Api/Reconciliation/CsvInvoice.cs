using System.Globalization;
using System.Text;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Reconciliation;
using BudgetEngine.Domain.Usage;
using CsvHelper;
using CsvHelper.Configuration;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>Reads an invoice as CSV (RFC 4180): a line of names, in any order, then a line for each of the invoice's.</summary>
internal static class CsvInvoice
{
    private static readonly string[] Known = ["request_id", "date", "provider", "model", "cost"];

    public static void Read(byte[] utf8, InvoiceLines lines, FaultList faults)
    {
        using var text = new StreamReader(new MemoryStream(utf8), new UTF8Encoding(false, throwOnInvalidBytes: false));
        var isBroken = false;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, BadDataFound = _ => isBroken = true };
        using var csv = new CsvParser(text, configuration);
        if (!csv.Read() || csv.Record is not { } names)
        {
            faults.Add("body", "must have a line of column names");
            return;
        }

        if (Columns(names, lines, faults) is not { } columns) return;
        for (var number = 0; csv.Read(); number++)
        {
            if (lines.IsFull)
            {
                faults.Add("body", $"must have at most {InvoiceLines.MaxLines} lines");
                return;
            }

            if (isBroken) lines.Fault(number, "line", "has a quote that does not end, or is not at the end of its cell");
            else if (csv.Record!.Length != names.Length) lines.Fault(number, "line", $"has {csv.Record.Length} cells, and the first line has {names.Length}");
            else ReadLine(number, csv.Record, columns, lines);
            isBroken = false;
        }
    }

    /// <summary>Where each known column is, -1: nowhere; null after a fault, without which no line can be read.</summary>
    private static int[]? Columns(string[] names, InvoiceLines lines, FaultList faults)
    {
        var own = new FaultList();
        var lower = Array.ConvertAll(names, n => n.ToLowerInvariant());
        foreach (var name in names)
        {
            var count = lower.Count(n => n == name.ToLowerInvariant());
            if (!Known.Contains(name.ToLowerInvariant())) lines.Ignore(name.Length <= TextRules.MaxName ? name : name[..TextRules.MaxName]);
            else if (count > 1) own.Add(name, "must not occur twice");
        }

        if (!lower.Contains("cost")) own.Add("cost", "is required as a column");
        if (!lower.Contains("model") && !lower.Contains("request_id")) own.Add("model", "is required as a column, or request_id");
        foreach (var fault in own.Values) faults.Add(fault.Field, fault.Message);
        return own.Any ? null : Array.ConvertAll(Known, k => Array.IndexOf(lower, k));
    }

    private static void ReadLine(int number, string[] cells, int[] columns, InvoiceLines lines)
    {
        string? Cell(string name) => columns[Array.IndexOf(Known, name)] is >= 0 and var at && cells[at].Length > 0 ? cells[at] : null;
        var before = lines.Lines.Count;
        var isSound = true;

        string? Name(string field, int most)
        {
            if (Cell(field) is not { } cell) return null;
            if (TextRules.FaultOf(cell, most) is not { } fault) return cell;
            return Refuse(field, fault);
        }

        string? Refuse(string field, string fault)
        {
            lines.Fault(number, field, fault);
            isSound = false;
            return null;
        }

        var bound = default(DateOrTime);
        if (Cell("date") is { } date && !DateOrTime.TryParse(date, out bound)) Refuse("date", DateOrTime.Fault);
        var cost = 0m;
        if (Cell("cost") is not { } amount) Refuse("cost", "is required");
        else if (AmountText.Read(Encoding.UTF8.GetBytes(amount), out cost) != AmountReading.Ok || Math.Abs(cost) > lines.MaxCost) Refuse("cost", lines.CostFault);
        var (id, provider, model) = (Name("request_id", TextRules.MaxLongRequestId), Name("provider", TextRules.MaxName), Name("model", PriceBook.MaxNameLength));
        if (isSound) lines.Add(number, new InvoiceLine(id is null ? null : LongRequestId.Stored(id), lines.DateOf(bound), provider, model, InvoiceCost.Rounded(cost)));
    }
}
