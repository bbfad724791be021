using System.Collections.Immutable;

namespace BudgetEngine.Domain.Usage;

/// <summary>What a cost depends on besides tokens. The default is a request of the base tier with nothing else counted.</summary>
/// <param name="ServiceTier">The tier that was served; null: the base.</param>
/// <param name="Region">Chooses the multiplier; null: 1.</param>
/// <param name="Units">Default: none.</param>
/// <param name="CountsNoRequest">Part of a request that is counted elsewhere: a stream's heartbeat.</param>
public readonly record struct RatingTerms(string? ServiceTier, string? Region, ImmutableArray<UnitCount> Units, bool CountsNoRequest = false);
