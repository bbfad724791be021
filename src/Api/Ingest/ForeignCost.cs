using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Ingest;

/// <summary>A cost that a foreign record gives.</summary>
internal static class ForeignCost
{
    /// <summary>Too little to be booked is booked as nothing and says so: refusing it would lose the record's counts with it.</summary>
    public static UsageInput Give(UsageInput input, Resolution resolution, decimal cost) =>
        cost > 0 && resolution.TryRound(cost, out var rounded) && rounded == Money.Zero ? input with { Cost = 0, Flags = input.Flags | RowFlags.Rounded } : input with { Cost = cost };
}
