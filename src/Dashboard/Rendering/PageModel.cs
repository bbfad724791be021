namespace BudgetEngine.Dashboard.Rendering;

/// <summary>What a view is made from.</summary>
public abstract record PageModel(Shell Shell);
