using System.ComponentModel;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.Reports;

/// <summary>A cost center with what it and all below it came to.</summary>
public sealed record CostCenterFiguresResponse : FiguresResponse
{
    public CostCenterFiguresResponse(CostCenterUsage center, Money whole)
        : base(center.Spent, center.Requests, center.Usage, whole)
    {
        CostCenter = center.CostCenter;
        Mark = BudgetStanding.MarkOf(center.Spent, whole);
    }

    public string CostCenter { get; }

    [Description("high above 30 % of all, normal above 10 %, else low")]
    public string Mark { get; }
}
