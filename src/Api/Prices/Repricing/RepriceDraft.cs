using BudgetEngine.Api.Http;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Repricing;

namespace BudgetEngine.Api.Prices.Repricing;

/// <summary>The body of an order as it is being read.</summary>
internal sealed class RepriceDraft
{
    public const int MaxModels = 100;

    /// <summary>Flags that say how a price was found, or that it was not.</summary>
    public const RowFlags OfPrices =
        RowFlags.Unpriced | RowFlags.CostWasZero | RowFlags.ModelMatched | RowFlags.TierUnpriced | RowFlags.UnitUnpriced | RowFlags.CacheWrite1hUnpriced;

    private readonly List<string> _models = [];
    private DateOrTime _from;
    private DateOrTime _to;
    private bool _fromSent;
    private RowFlags _only;
    private bool _dryRun;

    public CostCenterId? CostCenter { get; private set; }

    public string? Reason { get; private set; }

    public static void Read(ref JsonFields fields, RepriceDraft draft)
    {
        while (fields.Next())
        {
            if (fields.Is("from"u8)) draft.ReadFrom(ref fields);
            else if (fields.Is("to"u8)) draft._to = fields.DateOrTime();
            else if (fields.Is("cost_center"u8)) draft.CostCenter = fields.IsNull() ? null : fields.CostCenter();
            else if (fields.Is("models"u8)) draft.ReadModels(ref fields);
            else if (fields.Is("only"u8)) draft.ReadOnly(ref fields);
            else if (fields.Is("dry_run"u8)) draft._dryRun = fields.Boolean() ?? false;
            else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
            else fields.Unknown();
        }
    }

    public void Check(FaultList faults)
    {
        if (!_fromSent) faults.Add("from", "is required");
        if (_from.IsEmptyUntil(_to)) faults.Add("to", "must be after from; it is exclusive");
    }

    /// <summary>Only after a check without faults.</summary>
    public RepriceOrder ToOrder(string? costCenter, string? reason) =>
        new(new UsageRange(_from.Date, _to.Date, _from.Time, _to.Time), costCenter, [.. _models.Distinct(StringComparer.Ordinal)], _only, _dryRun, reason);

    private void ReadFrom(ref JsonFields fields)
    {
        _fromSent = !fields.IsNull();
        if (_fromSent) _from = fields.DateOrTime();
    }

    private void ReadModels(ref JsonFields fields)
    {
        if (!fields.EnterArray()) return;
        var count = 0;
        while (fields.NextItem())
        {
            if (fields.ItemText(PriceBook.MaxNameLength, printable: true) is { } model && ++count <= MaxModels) _models.Add(model);
        }

        if (count > MaxModels) fields.Fault($"must be at most {MaxModels}");
    }

    private void ReadOnly(ref JsonFields fields)
    {
        if (!fields.EnterArray()) return;
        var isKnown = true;
        while (fields.NextItem())
        {
            if (fields.ItemText(TextRules.MaxName) is not { } word) continue;
            var flag = Words.Flags.Parse(word) ?? RowFlags.None;
            isKnown &= (flag & OfPrices) != 0;
            _only |= flag & OfPrices;
        }

        if (!isKnown) fields.Fault($"must have only {string.Join(", ", Words.Of(OfPrices))}");
    }
}
