namespace BudgetEngine.Dashboard.Rendering;

/// <summary>What is said after something was done. The address names it by a word, so that no address can put words of its own on a page.</summary>
internal static class Toasts
{
    public const string Budget = "budget";
    public const string Paused = "paused";
    public const string Resumed = "resumed";
    public const string Increased = "increased";
    public const string Undone = "undone";
    public const string Price = "price";
    public const string PriceRemoved = "price-removed";
    public const string Channel = "channel";
    public const string ChannelRemoved = "channel-removed";
    public const string Schedule = "summary";
    public const string ScheduleRemoved = "summary-removed";
    public const string SettingUndone = "as-before";

    public static string? Of(string? done) => done switch
    {
        Budget => "Budget saved. In force from the next check.",
        Paused => "Paused. Checks below are denied.",
        Resumed => "Resumed. Checks are decided by budgets again.",
        Increased => "Limit raised. In force from the next check.",
        Undone => "The budget is as it was before.",
        Price => "Price saved. In force for checks and records from now on.",
        PriceRemoved => "It has no price from now on.",
        Channel => "Channel saved. In use from the next alert.",
        ChannelRemoved => "Channel deleted.",
        Schedule => "Summary saved.",
        ScheduleRemoved => "Summary deleted. Nothing more is sent.",
        SettingUndone => "It is as it was before.",
        _ => null,
    };
}
