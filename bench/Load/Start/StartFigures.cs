using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Start;

/// <summary>How long a caller waits for the first answer.</summary>
/// <param name="ProcessMs">From the start of the process to the first allowed check.</param>
/// <param name="ColdMs">In a warm process, of the first check of a cost center that is not in memory and has <paramref name="Rows"/> rows.</param>
/// <param name="NearlyEmptyMs">The same of cost centers with one row each: what the rows add is the difference.</param>
/// <param name="ManyColdP99Ms">Of cold cost centers with one row each that <see cref="Sizes.ColdCallers"/> callers ask at once, the 99th percentile.</param>
internal sealed record StartFigures(string Store, int Rows, Spread ProcessMs, Spread ColdMs, Spread NearlyEmptyMs, Spread ManyColdP99Ms);
