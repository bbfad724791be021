namespace BudgetEngine.Ledger.Alerts;

/// <summary>A cost center or one user of it.</summary>
/// <param name="User">Empty: the cost center itself.</param>
public readonly record struct AccountKey(string CostCenter, string User) : IComparable<AccountKey>
{
    public int CompareTo(AccountKey other) =>
        string.CompareOrdinal(CostCenter, other.CostCenter) is not 0 and var order ? order : string.CompareOrdinal(User, other.User);
}
