using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Reports;

/// <summary>
/// What a month should come to: what its ended days have cost, today's share, and for each day that is left the mean of the last seven ended days times a growth
/// factor. A whole week evens out weekdays, and at the start of a month it reaches back into the one before, where the plain pace (spent / elapsed x length) knows
/// little. Errors of both on a real trace: docs/reports.md.
/// </summary>
/// <param name="Expected">The whole month.</param>
/// <param name="Low">With <paramref name="High"/>: where the month should end in four of five cases, if days go on to differ as they did.</param>
/// <param name="PlainPace">The naive forecast, for comparison; null while no day of the month has ended.</param>
/// <param name="PerDay">The mean of the days that it is made from.</param>
/// <param name="Days">How many ended days it is made from.</param>
public sealed record MonthForecast(Money Expected, Money Low, Money High, Money? PlainPace, Money PerDay, int Days)
{
    /// <summary>Ended days that the pace is taken from.</summary>
    public const int PaceDays = SpendPace.MaxDays;

    /// <summary>By how many days it knows; of a whole week that varies so much that the band is wider than a quarter on each side, only medium.</summary>
    public ForecastConfidence Confidence => SpendPace.ConfidenceOf(Days) is var known && known == ForecastConfidence.High && (Int128)(High - Expected).Nanos * 4 > Expected.Nanos
        ? ForecastConfidence.Medium
        : known;

    /// <summary>In thousandths: four of five values of a normal distribution lie within so many standard deviations.</summary>
    private const int FourOfFive = 1_282;

    /// <param name="days">Spend by ended day, oldest first, today left out; days without any spend are zero. At least those of the month.</param>
    /// <param name="dayOfMonth">Today, from 1.</param>
    /// <param name="growth">Factor on what is left, above 0.</param>
    /// <returns>Null without an ended day.</returns>
    public static MonthForecast? Of(IReadOnlyList<Money> days, Money today, int dayOfMonth, int daysInMonth, decimal growth)
    {
        var pace = days.Skip(Math.Max(0, days.Count - PaceDays)).Select(d => d.Nanos).ToList();
        if (pace.Count == 0) return null;
        var ended = days.Skip(Math.Max(0, days.Count - (dayOfMonth - 1))).Aggregate(Money.Zero, (sum, d) => sum + d);
        var mean = pace.Aggregate(Int128.Zero, (sum, n) => sum + n) / pace.Count;
        var left = daysInMonth - dayOfMonth;
        var perDay = Scaled(Int128.Max(mean, 0), growth);
        var expected = ended + Money.Max(today, Clamped(mean)) + Clamped((Int128)perDay.Nanos * left);
        var spread = Clamped(Root(Variance(pace, mean) * (left + 1)) * FourOfFive / 1_000);
        var least = ended + today;
        var naive = dayOfMonth > 1 ? Clamped((Int128)ended.Nanos * daysInMonth / (dayOfMonth - 1)) : (Money?)null;
        return new MonthForecast(expected, Money.Max(least, expected - spread), expected + spread, naive, Clamped(mean), pace.Count);
    }

    private static Int128 Variance(List<long> values, Int128 mean) =>
        values.Count < 2 ? 0 : values.Aggregate(Int128.Zero, (sum, v) => sum + (v - mean) * (v - mean)) / (values.Count - 1);

    /// <summary>The whole square root.</summary>
    private static Int128 Root(Int128 value)
    {
        if (value <= 0) return 0;
        var root = (Int128)1 << (int)(Int128.Log2(value) / 2 + 1);
        while (true)
        {
            var next = (root + value / root) / 2;
            if (next >= root) return root;
            root = next;
        }
    }

    private static Money Scaled(Int128 nanos, decimal factor)
    {
        const int millionths = 1_000_000;
        return Clamped(nanos * (long)(factor * millionths) / millionths);
    }

    /// <summary>Within what an amount holds with room to be added to.</summary>
    private static Money Clamped(Int128 nanos) => new((long)Int128.Clamp(nanos, -(long.MaxValue / 16), long.MaxValue / 16));
}
