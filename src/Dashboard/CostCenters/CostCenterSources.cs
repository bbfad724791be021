using BudgetEngine.Ledger.Denials;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary>What of the ledger the page of a cost center is made from.</summary>
internal sealed record CostCenterSources(INodeReader Reader, ILedgerCostCenters CostCenters, ILedgerBudgets Budgets, ILedgerAudit Audit, ILedgerDenials Denials);
