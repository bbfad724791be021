using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>An ask with what goes with it along the path.</summary>
/// <param name="AnswerWithin">Time for the whole path.</param>
internal sealed record PathAsk(Ask Ask, bool DryRun, bool Explain, int VisibleDepth, TimeSpan AnswerWithin)
{
    /// <summary>The owner's instant, which every node uses.</summary>
    public Moment AskedAt { get; init; }
}
