namespace BudgetEngine.Dashboard.Budgets;

/// <summary>A dialog as it was sent, with what is wrong with it.</summary>
/// <param name="Kind">Its word in the address: <c>edit</c>, <c>pause</c>, <c>increase</c>.</param>
/// <param name="Fields">As they were sent, by name.</param>
/// <param name="Faults">By the field's name; an empty name is about the whole.</param>
internal sealed record OpenDialog(string Kind, IReadOnlyDictionary<string, string> Fields, IReadOnlyDictionary<string, string> Faults)
{
    public const string Edit = "edit";
    public const string Pause = "pause";
    public const string Increase = "increase";
}
