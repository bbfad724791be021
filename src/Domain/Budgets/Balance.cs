using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>The balance of one day or month as the ledger committed it, with the version that orders it.</summary>
public readonly record struct Balance(Money Spent, long Requests, long Version)
{
    public static readonly Balance Zero;
}

/// <summary>The balance of a day, or of the month that begins on the date.</summary>
public readonly record struct DatedBalance(DateOnly Date, Balance Balance);
