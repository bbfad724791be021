using System.Buffers;
using System.Text.Json;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Reconciliation;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>Reads an invoice as JSON lines: an object for each line.</summary>
internal static class JsonInvoice
{
    public static void Read(byte[] utf8, InvoiceLines lines, FaultList faults)
    {
        var rest = utf8.AsMemory();
        for (var number = 0; !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            if (lines.IsFull)
            {
                faults.Add("body", $"must have at most {InvoiceLines.MaxLines} lines");
                return;
            }

            ReadLine(number++, new ReadOnlySequence<byte>(line), lines);
        }
    }

    private static void ReadLine(int number, ReadOnlySequence<byte> json, InvoiceLines lines)
    {
        var own = new FaultList();
        var draft = new LineDraft(lines);
        try
        {
            if (JsonFields.TryOpen(json, lines.Resolution, own, out var fields))
            {
                LineDraft.Read(ref fields, draft);
                fields.End();
                draft.Check(own);
            }
        }
        catch (JsonException)
        {
            // Safe: the line is named, and nothing of it is used.
            own.Add("line", "is not JSON");
        }

        foreach (var fault in own.Values) lines.Fault(number, fault.Field, fault.Message);
        if (!own.Any) lines.Add(number, draft.ToLine());
    }

    /// <summary>One line as it is being read.</summary>
    internal sealed class LineDraft(InvoiceLines lines)
    {
        private string? _requestId;
        private DateOrTime _date;
        private string? _provider;
        private string? _model;
        private decimal? _cost;
        private bool _costSent;

        public static void Read(ref JsonFields fields, LineDraft draft)
        {
            while (fields.Next())
            {
                if (fields.Is("request_id"u8)) draft._requestId = fields.RequestId();
                else if (fields.Is("date"u8)) draft._date = fields.DateOrTime();
                else if (fields.Is("provider"u8)) draft._provider = fields.Text(TextRules.MaxName, printable: true);
                else if (fields.Is("model"u8)) draft._model = fields.Text(PriceBook.MaxNameLength, printable: true);
                else if (fields.Is("cost"u8)) draft.ReadCost(ref fields);
                else
                {
                    draft.Ignore(fields.Name);
                    fields.Skip();
                }
            }
        }

        public void Check(FaultList faults)
        {
            if (!_costSent) faults.Add("cost", "is required");
        }

        public InvoiceLine ToLine() => new(_requestId, lines.DateOf(_date), _provider, _model, InvoiceCost.Rounded(_cost ?? 0));

        private void ReadCost(ref JsonFields fields)
        {
            _costSent = !fields.IsNull();
            if (_costSent) _cost = fields.Decimal(-lines.MaxCost, lines.MaxCost);
        }

        private void Ignore(string name) => lines.Ignore(name);
    }
}
