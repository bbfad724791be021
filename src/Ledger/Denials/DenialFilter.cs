namespace BudgetEngine.Ledger.Denials;

/// <summary>Which denials are asked for; null: any.</summary>
/// <param name="Under">At and below this cost center.</param>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
public sealed record DenialFilter(string? Under, string? User, string? Session, string? Model, string? Reason, string? RequestId, DateTimeOffset? From, DateTimeOffset? To);
