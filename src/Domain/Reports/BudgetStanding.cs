using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Reports;

/// <summary>How a budget stands against what was spent, in the words that finance knows; beside the levels of its thresholds, which are its own.</summary>
public static class BudgetStanding
{
    public const string Ok = "OK";
    public const string Warning = "WARNING";
    public const string OverBudget = "OVER BUDGET";

    /// <summary>Above 100 % over budget, above 80 % a warning.</summary>
    public static string Of(Money spent, Money limit) =>
        spent > limit ? OverBudget
        : (Int128)spent.Nanos * 5 > (Int128)limit.Nanos * 4 ? Warning
        : Ok;

    /// <summary>What a part of all spend is called: above 30 % high, above 10 % normal, else low.</summary>
    public static string MarkOf(Money part, Money whole) =>
        (Int128)part.Nanos * 10 > (Int128)whole.Nanos * 3 ? "high"
        : (Int128)part.Nanos * 10 > whole.Nanos ? "normal"
        : "low";
}
