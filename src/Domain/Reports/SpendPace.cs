using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Reports;

/// <summary>How fast an account spends: the mean of its last ended days, counted from the first on which it spent. What it did weeks ago, or did not do before it began, does not count.</summary>
/// <param name="PerDay">Never negative.</param>
/// <param name="Days">Ended days that it is the mean of; 0: it spent for the first time today, and the pace is what today has come to so far.</param>
public sealed record SpendPace(Money PerDay, int Days)
{
    /// <summary>A whole week evens out weekdays.</summary>
    public const int MaxDays = 7;

    public ForecastConfidence Confidence => ConfidenceOf(Days);

    public static ForecastConfidence ConfidenceOf(int endedDays) => endedDays switch
    {
        <= 0 => ForecastConfidence.None,
        < 3 => ForecastConfidence.Low,
        < MaxDays => ForecastConfidence.Medium,
        _ => ForecastConfidence.High,
    };

    /// <summary>The pace on a date, of an account of which the month's sum tells whether it spent before these days.</summary>
    /// <param name="ended">Spend by ended day, oldest first, the last of them the day before <paramref name="date"/>; days without any are zero.</param>
    /// <param name="month">Spend of the date's month so far, the date included.</param>
    /// <returns>Null: it has not spent at all.</returns>
    public static SpendPace? On(DateOnly date, IReadOnlyList<Money> ended, Money today, Money month)
    {
        var inMonth = (Int128)today.Nanos;
        foreach (var day in ended.Skip(Math.Max(0, ended.Count - (date.Day - 1)))) inMonth += day.Nanos;
        return Of(ended, today, hadBefore: month.Nanos > inMonth);
    }

    /// <param name="ended">Spend by ended day, oldest first, today left out; days without any are zero. The last <see cref="MaxDays"/> count.</param>
    /// <param name="hadBefore">It spent before these days, too: those without any are then days at which it spent nothing, and not days before it began.</param>
    /// <returns>Null: it has not spent at all.</returns>
    public static SpendPace? Of(IReadOnlyList<Money> ended, Money today, bool hadBefore)
    {
        var recent = ended.Skip(Math.Max(0, ended.Count - MaxDays));
        if (!hadBefore) recent = recent.SkipWhile(d => d == Money.Zero);
        var (sum, days) = (Int128.Zero, 0);
        foreach (var day in recent) (sum, days) = (sum + day.Nanos, days + 1);
        if (days > 0) return new SpendPace(Money.Saturated(Int128.Max(0, sum / days)), days);
        return today.IsPositive ? new SpendPace(today, 0) : null;
    }
}
