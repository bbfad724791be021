using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// Spent and held of one account (a cost center, a user or a child in it), by date. Spend is a cache of the ledger's balances: only a newer version
/// replaces one. Small sorted arrays: an account has a handful of days and months, and a million accounts must fit in memory.
/// </summary>
public sealed class WindowBalances
{
    /// <summary>Days that stay in memory before the newest one: a week, and a day for zones and late tells.</summary>
    public const int DaysKept = 9;

    private DatedBalance[] _days = [];
    private DatedBalance[] _months = [];
    private (DateOnly Date, Money Amount, int Holds)[] _held = [];

    // Of all months, which may pass 64 bits: exact, so that it comes down again as it went up.
    private Int128 _spentTotal;

    /// <summary>There was usage once.</summary>
    public bool Any => _months.Length > 0;

    /// <summary>All that is held, whatever the date.</summary>
    public Money HeldTotal { get; private set; }

    /// <summary>Takes the balance of a day if it is newer than what is known.</summary>
    public void SetDay(DateOnly date, Balance balance)
    {
        if (_days.Length > 0 && date.DayNumber < _days[^1].Date.DayNumber - DaysKept) return;
        Set(ref _days, date, balance);
        var stale = 0;
        while (_days[stale].Date.DayNumber < _days[^1].Date.DayNumber - DaysKept) stale++;
        if (stale > 0) _days = _days[stale..];
    }

    /// <summary>Takes the balance of the month that begins on <paramref name="month"/> if it is newer than what is known.</summary>
    public void SetMonth(DateOnly month, Balance balance) => _spentTotal += Set(ref _months, month, balance);

    public Balance Day(DateOnly date) => Find(_days, date);

    public Balance Month(DateOnly month) => Find(_months, month);

    /// <summary>Spend of the last days before a date, oldest first; days without any, or that are not kept, are zero.</summary>
    public Money[] DaysBefore(DateOnly date, int count)
    {
        var days = new Money[count];
        for (var i = 0; i < count; i++) days[i] = Find(_days, date.AddDays(i - count)).Spent;
        return days;
    }

    public Money Spent(Period period, DateOnly window) => period switch
    {
        Period.Daily => Find(_days, window).Spent,
        Period.Weekly => SpentInWeek(window),
        Period.Monthly => Find(_months, window).Spent,
        _ => Money.Saturated(_spentTotal),
    };

    public Money Held(Period period, DateOnly window)
    {
        if (period == Period.Total) return HeldTotal;
        var sum = Money.Zero;
        foreach (var (date, amount, _) in _held)
        {
            if (Window.Containing(period, date) == window) sum += amount;
        }

        return sum;
    }

    /// <summary>How many holds make up what is held in the window.</summary>
    public int Holds(Period period, DateOnly window)
    {
        var count = 0;
        foreach (var (date, _, holds) in _held)
        {
            if (period == Period.Total || Window.Containing(period, date) == window) count += holds;
        }

        return count;
    }

    /// <summary>Changes what one hold holds for a date.</summary>
    /// <param name="from">What it has held here; 0: it is new here.</param>
    /// <param name="to">0: it holds nothing any more.</param>
    public void ChangeHeld(DateOnly date, Money from, Money to)
    {
        var amount = to - from;
        if (amount == Money.Zero) return;
        var holds = from == Money.Zero ? 1 : to == Money.Zero ? -1 : 0;
        HeldTotal += amount;
        for (var i = 0; i < _held.Length; i++)
        {
            if (_held[i].Date != date) continue;
            _held[i].Amount += amount;
            _held[i].Holds += holds;
            if (_held[i].Amount == Money.Zero) _held = [.. _held[..i], .. _held[(i + 1)..]];
            return;
        }

        _held = [.. _held, (date, amount, holds)];
    }

    /// <summary>Null while sound; else which promise is broken. Held amounts can only become negative by a bug.</summary>
    public string? Fault()
    {
        foreach (var (date, amount, _) in _held)
        {
            if (amount.IsNegative) return $"held of {date:yyyy-MM-dd} is negative";
        }

        return HeldTotal.IsNegative ? "held is negative" : null;
    }

    private Money SpentInWeek(DateOnly monday)
    {
        Int128 sum = 0;
        foreach (var day in _days)
        {
            if (day.Date.DayNumber - monday.DayNumber is >= 0 and < 7) sum += day.Balance.Spent.Nanos;
        }

        return Money.Saturated(sum);
    }

    private static Balance Find(DatedBalance[] entries, DateOnly date)
    {
        for (var i = entries.Length - 1; i >= 0; i--)
        {
            if (entries[i].Date == date) return entries[i].Balance;
        }

        return Balance.Zero;
    }

    /// <returns>By how much spend has changed, in nano-units.</returns>
    private static Int128 Set(ref DatedBalance[] entries, DateOnly date, Balance balance)
    {
        var at = 0;
        while (at < entries.Length && entries[at].Date < date) at++;
        if (at < entries.Length && entries[at].Date == date)
        {
            var old = entries[at].Balance;
            if (balance.Version <= old.Version) return 0;
            entries[at] = new DatedBalance(date, balance);
            return (Int128)balance.Spent.Nanos - old.Spent.Nanos;
        }

        entries = [.. entries[..at], new DatedBalance(date, balance), .. entries[at..]];
        return balance.Spent.Nanos;
    }
}
