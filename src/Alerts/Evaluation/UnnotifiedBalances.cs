using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Alerts.Evaluation;

/// <param name="Evaluation">As it stays on the list.</param>
/// <param name="Nodes">The cost center, and its parent where that limits children.</param>
public sealed record UnnotifiedBalances(AlertEvaluation Evaluation, IReadOnlyList<string> Nodes, DateBalances Balances);
