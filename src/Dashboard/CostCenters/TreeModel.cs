using BudgetEngine.Dashboard.Rendering;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary>All cost centers as a tree, or those that a search has found.</summary>
/// <param name="Search">What was looked for; empty: the tree.</param>
/// <param name="Cut">There are more than are shown.</param>
public sealed record TreeModel(Shell Shell, IReadOnlyList<TreeRow> Rows, string Search, int All, bool Cut, IReadOnlyList<string> Open) : PageModel(Shell)
{
    /// <summary>Where the same tree is with this branch the other way.</summary>
    public string AddressWith(TreeRow row)
    {
        var open = row.IsOpen ? Open.Where(p => p != row.Line.Path && !p.StartsWith(row.Line.Path + "/", StringComparison.Ordinal)) : Open.Append(row.Line.Path);
        return "/cost-centers?open=" + string.Join(',', open);
    }
}

/// <summary>One row of the tree.</summary>
/// <param name="Children">How many are directly below it.</param>
public sealed record TreeRow(CostCenterLine Line, int Level, long Children, bool IsOpen);
