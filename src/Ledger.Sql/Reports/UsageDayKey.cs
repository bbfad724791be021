using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>Names a row of <c>usage_days</c>. <see cref="IsRest"/>: it stands for names that found no room.</summary>
internal readonly record struct UsageDayKey(UsageDimension Dimension, string CostCenter, DateOnly Date, string Name, bool IsRest = false) : IComparable<UsageDayKey>
{
    /// <summary>The stored dimension: that of a rest is below zero.</summary>
    public long Code => IsRest ? -(long)Dimension : (long)Dimension;

    public int CompareTo(UsageDayKey other)
    {
        var order = Code.CompareTo(other.Code);
        if (order == 0) order = string.CompareOrdinal(CostCenter, other.CostCenter);
        if (order == 0) order = Date.CompareTo(other.Date);
        return order != 0 ? order : string.CompareOrdinal(Name, other.Name);
    }

    public static UsageDayKey Of(long code, string costCenter, DateOnly date, string name) =>
        new((UsageDimension)Math.Abs(code), costCenter, date, name, code < 0);

    public UsageDayKey Rest() => this with { Name = "", IsRest = true };
}
