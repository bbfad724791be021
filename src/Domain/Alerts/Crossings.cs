using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Alerts;

/// <summary>What is remembered of a threshold in one window: how often it was re-armed, and whether it has fired since.</summary>
/// <param name="At">The fraction of the limit.</param>
public readonly record struct ThresholdMark(Period Period, DateOnly Window, decimal At, int Generation, bool Fired);

/// <summary>A threshold whose amount is reached and that has not fired in its generation.</summary>
/// <param name="Level">Null: the limit itself where no threshold stands at 1; it is only remembered, for the circuit breaker's <c>since</c>.</param>
public readonly record struct Crossing(Period Period, DateOnly Window, decimal At, string? Level, int Generation, Money Spent, Money Limit);

/// <summary>
/// Finds crossings by level: what is missing for the spend as it stands, never by watching it change. A threshold at which spend is below its amount after
/// it fired is armed again, with the next generation.
/// </summary>
public static class Crossings
{
    /// <summary>The limit itself.</summary>
    public const decimal AtLimit = 1m;

    /// <summary>Adds what one window of an account is missing.</summary>
    /// <param name="marks">Of this account and window, by threshold.</param>
    public static void Find(
        in WindowFigures figures, IReadOnlyDictionary<decimal, ThresholdMark> marks, ICollection<Crossing> fired, ICollection<ThresholdMark> rearmed)
    {
        var limitSeen = false;
        foreach (var threshold in figures.Limits.Thresholds)
        {
            limitSeen |= threshold.At == AtLimit;
            Find(figures, threshold.At, threshold.Level, marks, fired, rearmed);
        }

        if (!limitSeen) Find(figures, AtLimit, null, marks, fired, rearmed);
    }

    private static void Find(
        in WindowFigures figures, decimal at, string? level, IReadOnlyDictionary<decimal, ThresholdMark> marks, ICollection<Crossing> fired,
        ICollection<ThresholdMark> rearmed)
    {
        var known = marks.TryGetValue(at, out var mark);
        var reached = figures.Spent >= Threshold.AmountOf(at, figures.Limit);
        if (reached && !(known && mark.Fired)) fired.Add(new Crossing(figures.Period, figures.Window, at, level, known ? mark.Generation : 0, figures.Spent, figures.Limit));
        else if (!reached && known && mark.Fired) rearmed.Add(mark);
    }
}
