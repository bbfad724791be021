using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Dashboard.Budgets;

/// <summary>What of the ledger the forms about budgets write, and how they read amounts.</summary>
internal sealed record BudgetStores(ILedgerBudgets Budgets, ILedgerPauses Pauses, ILedgerIncreases Increases, ILedgerCostCenters CostCenters, IdSource Ids, Resolution Resolution);
