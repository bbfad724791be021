using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Usage;

/// <summary>A cost with the flags of how it came about and the layers that it was rated by.</summary>
public readonly record struct RatedCost(Money Amount, RowFlags Flags, PriceLayers Layers);
