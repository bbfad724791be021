using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Denials;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary>A denied check as the page of a cost center shows it.</summary>
/// <param name="Refused">What refused it, with the figures of that moment; empty where nothing of the tree did.</param>
public sealed record DenialLine(DateTimeOffset At, string CostCenter, string User, string? RequestId, string? Model, Money Amount, string Reason, string Refused)
{
    /// <param name="visibleDepth">Segments of the key's subtree; of cost centers above it no figure is told.</param>
    internal static DenialLine Of(Denial d, int visibleDepth, Currency currency) =>
        new(d.At, d.CostCenter, d.User, d.RequestId, d.Model, d.Amount, d.Reason, d.RefusedBy is { } refusal ? WordsOf(refusal, visibleDepth, currency) : "");

    private static string WordsOf(DenialRefusal r, int visibleDepth, Currency currency)
    {
        var hidden = CostCenterId.DepthOf(r.CostCenter) < visibleDepth;
        var of = $"{r.CostCenter}{(r.User is { } user && !hidden ? $", user {user}" : "")}";
        if (r.Period is not { } period) return $"pause of {of}";
        var word = Words.Periods.Of(period);
        return hidden ? $"{of} {word}" : $"{of} {word}: {currency.Of(r.Spent)} spent, {currency.Of(r.Held)} held of {currency.Of(r.Limit)}";
    }
}
