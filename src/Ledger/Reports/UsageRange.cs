namespace BudgetEngine.Ledger.Reports;

/// <summary>
/// A range of usage rows. Each bound is a booked date, in the tenant's zone, or an instant, which is compared with the row's timestamp; null: no bound.
/// <paramref name="From"/> and <paramref name="Since"/> are inclusive, <paramref name="To"/> and <paramref name="Until"/> exclusive.
/// </summary>
public readonly record struct UsageRange(DateOnly? From, DateOnly? To, DateTimeOffset? Since = null, DateTimeOffset? Until = null)
{
    public static readonly UsageRange All;
}
