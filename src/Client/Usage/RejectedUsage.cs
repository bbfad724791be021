namespace BudgetEngine.Client.Usage;

/// <summary>A record that the engine refused for good.</summary>
/// <param name="Code">Why, such as <c>timestamp_too_old</c>.</param>
public sealed record RejectedUsage(UsageRecord Record, string Code, string Detail);
