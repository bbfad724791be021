using System.Globalization;

namespace BudgetEngine.Dashboard.Charts;

/// <summary>A scale of amounts from 0, with a few round marks.</summary>
internal sealed record AmountScale(decimal Most, IReadOnlyList<decimal> Ticks)
{
    private const int Marks = 4;

    public static AmountScale Of(decimal highest)
    {
        if (highest <= 0) return new AmountScale(1, [0, 1]);
        var step = 0.000000001m;
        while (step * 10 * Marks <= highest) step *= 10;
        // 1, 2, 2.5, 5, 10: the first with which the marks reach the highest.
        step *= ((decimal[])[1, 2, 2.5m, 5, 10]).First(f => step * f * Marks >= highest);
        var count = (int)decimal.Ceiling(highest / step);
        return new AmountScale(step * count, [.. Enumerable.Range(0, count + 1).Select(i => step * i)]);
    }

    public static string Word(decimal tick) => tick.ToString(tick >= 1 && decimal.Truncate(tick) == tick ? "#,##0" : "0.00#######", CultureInfo.InvariantCulture);
}
