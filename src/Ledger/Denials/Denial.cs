using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Ledger.Denials;

/// <summary>A denied check, as it is kept for whoever asks why.</summary>
/// <param name="Id">Makes writing it again harmless.</param>
/// <param name="RequestId">As it is stored with usage: a long one is its start and a hash.</param>
/// <param name="Amount">What was asked for.</param>
/// <param name="Reason">The word of the API.</param>
/// <param name="RefusedBy">The window or the pause that refused; null for other reasons.</param>
/// <param name="RetryAfterSeconds">Null: waiting does not help.</param>
/// <param name="Sampled">It stands for others, which were only counted.</param>
public sealed record Denial(
    Guid Id, DateTimeOffset At, string CostCenter, string User, string? Session, string? Model, string? RequestId, Money Amount, string Reason, DenialRefusal? RefusedBy,
    long? RetryAfterSeconds, bool Sampled)
{
    /// <summary>What the caller was told, in a sentence, as far as its key saw; null: a process of an earlier version does not say.</summary>
    public string? Detail { get; init; }
}
