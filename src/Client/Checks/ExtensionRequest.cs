namespace BudgetEngine.Client.Checks;

/// <summary>More time, or a larger total amount, for a reservation.</summary>
internal sealed record ExtensionRequest(int? TtlSeconds, decimal? Amount);
