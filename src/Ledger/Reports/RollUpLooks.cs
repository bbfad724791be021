using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>At whom somebody is to look for missing alerts because of new rows: every account with a limit whose balance they change, and unpriced usage.</summary>
internal sealed class RollUpLooks(PathCache paths)
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
    public IReadOnlyList<Look> Of(IReadOnlySet<string> budgeted, IReadOnlySet<string> limitingChildren, TrackedUsers tracked)
    {
        var looks = new List<Look>();
        foreach (var (node, user, date, cause) in _touched)
        {
            var limited = budgeted.Contains(node);
            if (limited || (CostCenterId.ParentOf(node) is { } parent && limitingChildren.Contains(parent))) looks.Add(Look.Of(LookKind.Balance, node, null, date, cause: cause));
            if (limited && tracked.Has(node, user)) looks.Add(Look.Of(LookKind.Balance, node, user, date, cause: cause));
        }

        looks.AddRange(_unpriced.Select(u => Look.Of(LookKind.Unpriced, u.CostCenter, null, DateOnly.MinValue, u.Model)));
        // Of two causes the one that explains more: the first of one key is stored.
        return [.. looks.OrderByDescending(l => l.Cause)];
    }
}
