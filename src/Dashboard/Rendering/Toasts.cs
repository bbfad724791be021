namespace BudgetEngine.Dashboard.Rendering;

/// <summary>What is said after something was done. The address names it by a word, so that no address can put words of its own on a page.</summary>
internal static class Toasts
{
    public const string Budget = "budget";
    public const string Paused = "paused";
    public const string Resumed = "resumed";
    public const string Increased = "increased";
    public const string Undone = "undone";

    public static string? Of(string? done) => done switch
    {
        Budget => "Budget saved. In force from the next check.",
        Paused => "Paused. Checks below are denied.",
        Resumed => "Resumed. Checks are decided by budgets again.",
        Increased => "Limit raised. In force from the next check.",
        Undone => "The budget is as it was before.",
        _ => null,
    };
}
