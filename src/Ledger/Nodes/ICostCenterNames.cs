namespace BudgetEngine.Ledger.Nodes;

/// <summary>Names of the cost centers that exist, as far as <see cref="NearestCostCenter"/> needs them.</summary>
public interface ICostCenterNames
{
    /// <summary>Which of these cost centers exist (have a budget or usage, or are above one that has).</summary>
    Task<IReadOnlySet<string>> ReadExistingAsync(IReadOnlyCollection<string> paths, CancellationToken cancellationToken);

    /// <summary>Paths beside this one, which need not exist and is left out: with the same parent, half of <paramref name="limit"/> before and half after it in order of names.</summary>
    Task<IReadOnlyList<string>> ReadSiblingsAsync(string costCenter, int limit, CancellationToken cancellationToken);
}
