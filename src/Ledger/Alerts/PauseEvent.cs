namespace BudgetEngine.Ledger.Alerts;

/// <summary>What a pause was, in the words of the API.</summary>
/// <param name="Expires">The pause ends by itself: at <paramref name="Until"/>, unless it is replaced; null: it has, and was taken away after that.</param>
public sealed record PauseEvent(string? User, string? Model, DateTimeOffset? Until, string? Reason, string By, DateTimeOffset At, bool Expires = false);
