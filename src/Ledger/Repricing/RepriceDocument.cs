using System.Text.Json;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Repricing;

/// <summary>An order as it is stored, and as the audit has it.</summary>
internal sealed record RepriceDocument(
    DateOnly? From, DateOnly? To, DateTimeOffset? Since, DateTimeOffset? Until, string? CostCenter, string[] Models, int Only, bool DryRun, string? Reason)
{
    public static string ToJson(RepriceOrder o) => JsonSerializer.Serialize(
        new RepriceDocument(o.Range.From, o.Range.To, o.Range.Since, o.Range.Until, o.CostCenter, [.. o.Models], (int)o.Only, o.DryRun, o.Reason), DocumentsJson.Default.RepriceDocument);

    public static RepriceOrder Read(string json)
    {
        var d = JsonSerializer.Deserialize(json, DocumentsJson.Default.RepriceDocument)!;
        return new RepriceOrder(new UsageRange(d.From, d.To, d.Since, d.Until), d.CostCenter, d.Models, (RowFlags)d.Only, d.DryRun, d.Reason);
    }

    public static string ToJson(RepriceTally tally) => JsonSerializer.Serialize(tally, DocumentsJson.Default.RepriceTally);

    public static RepriceTally ReadTally(string json) => JsonSerializer.Deserialize(json, DocumentsJson.Default.RepriceTally)!;
}
