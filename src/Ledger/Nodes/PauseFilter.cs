namespace BudgetEngine.Ledger.Nodes;

/// <summary>Which pauses are asked for; null: any. Those that have ended by themselves are never listed.</summary>
/// <param name="Under">At and below this cost center.</param>
/// <param name="Above">And at these: what is above it, whose pauses touch it, too.</param>
/// <param name="Now">What ends before is over.</param>
public sealed record PauseFilter(string? Under, IReadOnlyList<string> Above, string? User, string? Model, DateTimeOffset Now);
