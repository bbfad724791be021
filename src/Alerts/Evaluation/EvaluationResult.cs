using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Evaluation;

/// <summary>What became of the evaluations of one transaction.</summary>
/// <param name="Channels">That have something new to tell.</param>
/// <param name="Taken">How many evaluations were taken off the ledger's list; of the sweep.</param>
/// <param name="Unnotified">What was read of changed balances, for nodes that may have missed a notification; of a sweep that keeps them on the list.</param>
/// <param name="Alerts">What was stored.</param>
public sealed record EvaluationResult(IReadOnlyList<string> Channels, int Taken, IReadOnlyList<UnnotifiedBalances> Unnotified, IReadOnlyList<Alert> Alerts)
{
    public static readonly EvaluationResult Nothing = new([], 0, [], []);
}
