using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Records;

/// <summary>Names one stored balance. The order is that in which every transaction touches balances, so that no two wait for each other in a circle.</summary>
/// <param name="User">Empty: the cost center's own.</param>
/// <param name="Period">Day or month only: wider windows are sums of these.</param>
internal readonly record struct BalanceKey(string CostCenter, string User, Period Period, DateOnly Window) : IComparable<BalanceKey>
{
    public static BalanceKey Day(string costCenter, string user, DateOnly date) => new(costCenter, user, Period.Daily, date);

    public static BalanceKey Month(string costCenter, string user, DateOnly date) =>
        new(costCenter, user, Period.Monthly, Domain.Windows.Window.Containing(Period.Monthly, date));

    public int CompareTo(BalanceKey other)
    {
        var order = string.CompareOrdinal(CostCenter, other.CostCenter);
        if (order == 0) order = string.CompareOrdinal(User, other.User);
        if (order == 0) order = Period.CompareTo(other.Period);
        return order != 0 ? order : Window.CompareTo(other.Window);
    }

    // The generated hash goes through four comparers; this is the key of the busiest table of a batch.
    public override int GetHashCode() => HashCode.Combine(CostCenter, User, (int)Period, Window.DayNumber);
}

/// <summary>What a batch adds to one balance.</summary>
internal record struct BalanceSum(long Spent, long Requests);
