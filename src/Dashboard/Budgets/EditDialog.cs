using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Dashboard.Budgets;

/// <summary>The dialog that edits a budget.</summary>
/// <param name="Fields">Texts of the fields, by name.</param>
/// <param name="Faults">By the field's name.</param>
/// <param name="Version">Of the budget that the fields stand on; 0: none is set.</param>
public sealed record EditDialog(IReadOnlyDictionary<string, string> Fields, IReadOnlyDictionary<string, string> Faults, long Version, IReadOnlyList<PreviewLine> Preview, string? AlsoDecides, string LastChange)
{
    public string this[string field] => Fields.GetValueOrDefault(field, "");
}

/// <summary>What becomes of one limit with the next check.</summary>
/// <param name="Was">Null: not limited.</param>
/// <param name="Becomes">Null: not limited any more.</param>
/// <param name="Denial">That checks would be denied at once, in a sentence; null: they would not.</param>
public sealed record PreviewLine(Period Period, Money? Was, WindowLine? Becomes, string Sentence, string? Denial);

/// <summary>The dialog that pauses a subtree.</summary>
public sealed record PauseDialog(IReadOnlyDictionary<string, string> Fields, IReadOnlyDictionary<string, string> Faults, IReadOnlyList<(string Value, string Word)> Ends, int Open)
{
    public string this[string field] => Fields.GetValueOrDefault(field, "");
}

/// <summary>The dialog that raises a limit for a while.</summary>
public sealed record IncreaseDialog(
    IReadOnlyDictionary<string, string> Fields, IReadOnlyDictionary<string, string> Faults, IReadOnlyList<(string Value, string Word)> Windows, IReadOnlyList<(string Value, string Word)> Ends,
    PreviewLine? Preview, string? AlsoDecides)
{
    public string this[string field] => Fields.GetValueOrDefault(field, "");
}
