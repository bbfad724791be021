using BudgetEngine.Api.Http;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary>The body of an order as it is being read.</summary>
internal sealed class MoveDraft
{
    private bool _toSent;

    public CostCenterId? To { get; private set; }

    public bool KeepsHistory { get; private set; }

    public bool DryRun { get; private set; }

    public string? Reason { get; private set; }

    public static void Read(ref JsonFields fields, MoveDraft draft)
    {
        while (fields.Next())
        {
            if (fields.Is("to"u8)) draft.To = (draft._toSent = !fields.IsNull()) ? fields.CostCenter() : null;
            else if (fields.Is("history"u8)) draft.ReadHistory(ref fields);
            else if (fields.Is("dry_run"u8)) draft.DryRun = fields.Boolean() ?? false;
            else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
            else fields.Unknown();
        }
    }

    public void Check(FaultList faults)
    {
        if (!_toSent) faults.Add("to", "is required");
    }

    private void ReadHistory(ref JsonFields fields)
    {
        var word = fields.Text(TextRules.MaxName);
        if (word is not null and not MoveWords.Move and not MoveWords.Keep) fields.Fault($"must be {MoveWords.Move} or {MoveWords.Keep}");
        KeepsHistory = word == MoveWords.Keep;
    }
}

/// <summary>The body of an order to archive as it is being read.</summary>
internal sealed class ArchiveDraft
{
    private bool _sent;

    public CostCenterId? CostCenter { get; private set; }

    public string? Reason { get; private set; }

    public static void Read(ref JsonFields fields, ArchiveDraft draft)
    {
        while (fields.Next())
        {
            if (fields.Is("cost_center"u8)) draft.CostCenter = (draft._sent = !fields.IsNull()) ? fields.CostCenter() : null;
            else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
            else fields.Unknown();
        }
    }

    public void Check(FaultList faults)
    {
        if (!_sent) faults.Add("cost_center", "is required");
    }
}
