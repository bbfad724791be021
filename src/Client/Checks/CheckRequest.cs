using System.Text.Json.Serialization;
using BudgetEngine.Client.Transport;

namespace BudgetEngine.Client.Checks;

/// <summary>The question before a call. Needs <see cref="Amount"/>, or <see cref="Model"/> with input tokens or characters.</summary>
public sealed record CheckRequest
{
    public required string CostCenter { get; init; }

    public string? Model { get; init; }

    public long? InputTokens { get; init; }

    /// <summary>In place of tokens; the engine counts 4 per token, rounded up.</summary>
    public long? InputCharacters { get; init; }

    /// <summary>What the answer may be at most; null: what the budget assumes.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>In the engine's currency, at most 9 decimals. Beats counts.</summary>
    public decimal? Amount { get; init; }

    /// <summary>If less than the estimate is left but this much is, that is granted.</summary>
    public decimal? MinAmount { get; init; }

    public string? User { get; init; }

    public string? Session { get; init; }

    /// <summary>1 to 200 printable characters. The client makes one where none is given, so that a repeat finds the same reservation.</summary>
    public string? RequestId { get; init; }

    /// <summary>How long the amount is held, 1 to 86,400; null: 600.</summary>
    public int? TtlSeconds { get; init; }

    /// <summary>Ask without holding anything.</summary>
    public bool? DryRun { get; init; }

    /// <summary>Whose key it goes under; null: the client's.</summary>
    [JsonIgnore]
    public EngineCredentials? As { get; init; }
}
