using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>Budgets in whole nano-units, as short as tests want them.</summary>
public static class Budgets
{
    public static LimitSet Limits(long? daily = null, long? weekly = null, long? monthly = null, long? total = null, bool soft = false) => new(
        new Limits(Of(daily), Of(weekly), Of(monthly), Of(total)), Threshold.Defaults, soft ? Enforcement.Soft : Enforcement.Hard);

    public static Budget Daily(long amount, bool soft = false, bool durable = false) => Budget.Empty with { Own = Limits(amount, soft: soft), DurableHolds = durable };

    public static Budget Of(LimitSet own, LimitSet? perUser = null, LimitSet? perChild = null, bool durable = false) =>
        new(own, durable, InheritedSettings.None, perUser, perChild);

    private static Money? Of(long? amount) => amount is { } nanos ? new Money(nanos) : null;
}
