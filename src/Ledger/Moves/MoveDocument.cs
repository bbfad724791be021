using System.Text.Json;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Moves;

/// <summary>What the audit has of a move.</summary>
internal sealed record MoveDocument(string Id, string CostCenter, string To, string History, long? Rows = null)
{
    public static string ToJson(MoveJob job, long? rows = null) => JsonSerializer.Serialize(
        new MoveDocument(job.Id, job.Move.From, job.Move.To, job.KeepsHistory ? "keep" : "move", rows), DocumentsJson.Default.MoveDocument);
}
