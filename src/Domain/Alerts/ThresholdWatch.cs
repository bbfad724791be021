using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Alerts;

/// <summary>
/// Notices in memory, without reading anything, that an account may have passed a threshold, up or down, since it was last asked. What is missing then is
/// found in the ledger: asking once too often does no harm, and what this memory misses the sweep finds.
/// </summary>
public sealed class ThresholdWatch
{
    private readonly Band[] _bands = new Band[Window.Periods.Length];

    /// <summary>True when a window that holds the date has another number of reached thresholds than when last asked. A new window begins with none.</summary>
    public bool Moved(LimitedAccount account, LimitSet limits, DateOnly date, DateTimeOffset now)
    {
        var moved = false;
        for (var i = 0; i < _bands.Length; i++)
        {
            if (account.Figures(limits, Window.Periods[i], date, now) is not { } figures) continue;
            ref var band = ref _bands[i];
            if (band.Holds(figures)) continue;
            var reached = band.Window == figures.Window && band.Known ? band.Reached : 0;
            band = Band.Of(figures);
            moved |= band.Reached != reached;
        }

        return moved;
    }

    /// <summary>As long as window, limit and thresholds are these, and spend is in here, nothing has moved.</summary>
    private readonly record struct Band(DateOnly Window, Money Limit, LimitSet? Limits, Money From, Money Below, int Reached)
    {
        public bool Known => Limits is not null;

        public bool Holds(in WindowFigures figures) =>
            Window == figures.Window && Limit == figures.Limit && ReferenceEquals(Limits, figures.Limits) && figures.Spent >= From && figures.Spent < Below;

        public static Band Of(in WindowFigures figures)
        {
            var (from, below, reached) = (new Money(long.MinValue), new Money(long.MaxValue), 0);
            foreach (var threshold in figures.Limits.Thresholds) Add(threshold.AmountOf(figures.Limit), figures.Spent, ref from, ref below, ref reached);
            Add(Threshold.AmountOf(Crossings.AtLimit, figures.Limit), figures.Spent, ref from, ref below, ref reached);
            return new Band(figures.Window, figures.Limit, figures.Limits, from, below, reached);
        }

        private static void Add(Money amount, Money spent, ref Money from, ref Money below, ref int reached)
        {
            if (spent >= amount)
            {
                reached++;
                from = Money.Max(from, amount);
            }
            else
            {
                below = Money.Min(below, amount);
            }
        }
    }
}
