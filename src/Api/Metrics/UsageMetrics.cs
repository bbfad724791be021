using System.Diagnostics.Metrics;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Metrics;

/// <summary>Counts usage records by what became of them, why they were rejected, and why they were flagged.</summary>
public sealed class UsageMetrics
{
    private readonly SpendMetrics _spend;
    private readonly Counter<long> _records;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _flags;

    public UsageMetrics(BudgetMeter meter, SpendMetrics spend)
    {
        _spend = spend;
        _records = meter.Meter.CreateCounter<long>(
            "budget.usage.records", null, "Usage records and corrections by result; unpriced ones are recorded too, at a substitute for the price that the model lacks.");
        _rejected = meter.Meter.CreateCounter<long>("budget.usage.rejected", null, "Rejected usage records by the code that their sender was told.");
        _flags = meter.Meter.CreateCounter<long>("budget.usage.flags", null, "Recorded rows by flag: causes of overrun (after_expiry, no_reservation, ...) and what was adjusted.");
    }

    /// <summary>Counts one answer.</summary>
    /// <param name="row">Null: it was rejected before there was a row.</param>
    public void Count(UsageResult result, UsageRow? row)
    {
        switch (result.Kind)
        {
            case UsageResultKind.Recorded:
                _records.Add(1, Result((result.Flags & RowFlags.Unpriced) != 0 ? "unpriced" : "recorded"));
                if (result.Flags != RowFlags.None) CountFlags(result.Flags);
                if (row is { Kind: RowKind.Usage }) _spend.Add(row.CostCenter, row.Provider, row.Model, result.Cost);
                break;
            case UsageResultKind.Duplicate:
                _records.Add(1, Result("duplicate"));
                break;
            default:
                _records.Add(1, Result("rejected"));
                _rejected.Add(1, new KeyValuePair<string, object?>("code", result.Code));
                break;
        }
    }

    private void CountFlags(RowFlags flags)
    {
        foreach (var word in Words.Of(flags)) _flags.Add(1, new KeyValuePair<string, object?>("flag", word));
    }

    private static KeyValuePair<string, object?> Result(string word) => new("result", word);
}
