using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Dashboard.Bars;

/// <summary>A limited window as pages show it: its figures, and where they are going.</summary>
/// <param name="Hidden">Above the key's subtree: only status and reset may be shown.</param>
/// <param name="Thresholds">Fractions of the limit below it; empty where they are not known.</param>
public sealed record WindowLine(
    string CostCenter, Period Period, Money Limit, Money Spent, Money Held, StatusLook Look, bool Soft, bool Hidden,
    DateTimeOffset Start, DateTimeOffset? End, DateTimeOffset Now, IReadOnlyList<decimal> Thresholds)
{
    public Money Available => Limit - Spent - Held;

    public bool IsSpent => Spent >= Limit;

    public string Percent => Currency.Percent(Spent, Limit);

    /// <summary>How fast its cost center spends lately; null: not known.</summary>
    public SpendPace? Recent { get; init; }

    /// <summary>Of a week or a month at the recent pace; of a day, or where that is not known, at the pace of the window so far. Null while that says nothing.</summary>
    public SpendForecast? Forecast => Hidden ? null : Outlook.Forecast(Period, Spent, Limit, Start, End, Now, Recent);

    /// <summary>Where spend would be now if it came evenly over the window; null for a window without an end.</summary>
    public Money? Pace => End is { } end && end > Start && Now > Start
        ? new Money((long)((Int128)Limit.Nanos * Math.Min((Now - Start).Ticks, (end - Start).Ticks) / (end - Start).Ticks))
        : null;

    /// <summary>Orders windows of one cost center: what needs a person first.</summary>
    public decimal Tightness => Look.Urgency * 1_000_000m + (Limit.IsPositive ? Math.Min(999_999m, (decimal)Spent.Nanos / Limit.Nanos) : 0);
}
