using System.Security.Cryptography;
using System.Text;
using BudgetEngine.Domain.Reconciliation;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>The request that would settle a difference: a correction of a row that can bear it, or a record of what is missing. Its id is that of the difference, so that it settles once.</summary>
/// <param name="costCenter">Where what is missing would be recorded; null: nobody knows.</param>
internal sealed class Settlements(string? costCenter, UsageRange range, TenantCalendar calendar)
{
    private const int HashBytes = 16;

    public SettlementResponse? Of(Mismatch mismatch)
    {
        if (mismatch.Kind == MismatchKind.Missing) return Record(mismatch);
        if (mismatch.Correctable is not { } row) return null;
        var reason = mismatch.Kind == MismatchKind.Extra ? "not on the invoice" : $"the invoice has {mismatch.Invoiced}";
        return new SettlementResponse(
            "/v1/usage/corrections", new SettlementBodyResponse(IdOf(mismatch), row.CostCenter) { Corrects = row.RequestId, Amount = mismatch.Amount, Reason = reason });
    }

    private SettlementResponse? Record(Mismatch mismatch)
    {
        if (costCenter is null || !mismatch.Amount.IsPositive) return null;
        var timestamp = (mismatch.Date ?? range.From) is { } date ? calendar.StartOf(date) : range.Since;
        return new SettlementResponse(
            "/v1/usage",
            new SettlementBodyResponse(mismatch.RequestId ?? IdOf(mismatch), costCenter)
            {
                Provider = mismatch.Provider, Model = mismatch.Model, Cost = mismatch.Amount, Timestamp = timestamp,
            });
    }

    private string IdOf(Mismatch m)
    {
        var text = $"{m.Kind}|{range}|{m.RequestId}|{m.Date:O}|{m.Provider}|{m.Model}|{m.Invoiced.Nanos}|{m.Recorded.Nanos}";
        return "reconcile:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));
    }
}
