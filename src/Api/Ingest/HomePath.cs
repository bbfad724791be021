using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Ingest;

/// <summary>Where a foreign record goes that names no path of ours: below the cost center of the key that brought it.</summary>
internal static class HomePath
{
    /// <param name="otherwise">The cost center of keys for the whole installation.</param>
    /// <param name="name">Null: the home itself.</param>
    public static string Of(Subtree subtree, string otherwise, string? name)
    {
        var home = subtree.CostCenter ?? otherwise;
        if (name is null) return home;
        // A home that is as deep as paths go has no room below.
        return CostCenterId.TryParse($"{home}/{SegmentName.Of(name)}", out var id, out _) ? id.Path : home;
    }
}
