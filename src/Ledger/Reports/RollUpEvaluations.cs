using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Reports;

/// <summary>What is to be evaluated because of new rows: every account with a limit whose balance they change, and unpriced usage.</summary>
internal sealed class RollUpEvaluations(PathCache paths)
{
    private readonly HashSet<(string Node, string User, DateOnly Date, AlertCause Cause)> _touched = [];
    private readonly HashSet<(string CostCenter, string Model)> _unpriced = [];

    public void Add(string costCenter, string user, DateOnly date, bool correction, bool unpriced, string model)
    {
        foreach (var node in paths.NodesOf(costCenter)) _touched.Add((node, user, date, correction ? AlertCause.Correction : AlertCause.Usage));
        if (unpriced) _unpriced.Add((costCenter, model));
    }

    public string[] Nodes() => [.. _touched.Select(t => t.Node).Distinct(StringComparer.Ordinal)];

    /// <summary>Accounts with a limit: a budget on the cost center, on its parent (for its children), or on users of it.</summary>
    /// <param name="budgeted">Which of <see cref="Nodes"/> have a budget, of their own or of a user.</param>
    /// <param name="limitingChildren">Which of <see cref="Nodes"/> and their parents have a budget for each child.</param>
    /// <param name="tracked">Whose balances are kept at <see cref="Nodes"/>.</param>
    public IReadOnlyList<AlertEvaluation> Of(IReadOnlySet<string> budgeted, IReadOnlySet<string> limitingChildren, TrackedUsers tracked)
    {
        var evaluations = new List<AlertEvaluation>();
        foreach (var (node, user, date, cause) in _touched)
        {
            var limited = budgeted.Contains(node);
            if (limited || (CostCenterId.ParentOf(node) is { } parent && limitingChildren.Contains(parent))) evaluations.Add(new AlertEvaluation.BalanceChanged(node, null, date) { Cause = cause });
            if (limited && tracked.Has(node, user)) evaluations.Add(new AlertEvaluation.BalanceChanged(node, user, date) { Cause = cause });
        }

        evaluations.AddRange(_unpriced.Select(u => new AlertEvaluation.Unpriced(u.CostCenter, u.Model)));
        // Of two causes the one that explains more: the first of one key is stored.
        return [.. evaluations.OrderByDescending(e => e.Cause)];
    }
}
