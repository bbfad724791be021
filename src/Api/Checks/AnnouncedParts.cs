using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Checks;

/// <summary>Parts of a call's input and output that its check announces, and what its price depends on besides.</summary>
public sealed record AnnouncedParts(long? CachedInput, long? CacheWrite, long? Reasoning, UsageDetails? Details);
