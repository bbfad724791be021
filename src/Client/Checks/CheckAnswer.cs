using System.Text.Json.Serialization;

namespace BudgetEngine.Client.Checks;

/// <summary>A decision. Amounts are in the engine's currency.</summary>
public sealed record CheckAnswer
{
    /// <summary>The reason of a denial that the client itself made because the engine is away.</summary>
    public const string EngineUnavailable = "engine_unavailable";

    private const string Allow = "allow";

    /// <summary><c>allow</c> or <c>deny</c>.</summary>
    public required string Decision { get; init; }

    /// <summary>Of a denial, such as <c>budget_exceeded</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a denial: a sentence for people who may see the budget, with its amounts.</summary>
    public string? Detail { get; init; }

    /// <summary>To settle, extend or release; null of a denial, a dry run, and an allowance that holds nothing.</summary>
    public string? ReservationId { get; init; }

    public decimal? Estimated { get; init; }

    /// <summary>What is held; less than estimated only where <see cref="CheckRequest.MinAmount"/> was given.</summary>
    public decimal? Granted { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public bool OverLimit { get; init; }

    /// <summary>Allowed without the ledger or without the engine: nothing is held.</summary>
    public bool Degraded { get; init; }

    /// <summary>How many output tokens what is left pays for.</summary>
    public long? AffordableOutputTokens { get; init; }

    /// <summary>Null where waiting does not help.</summary>
    public long? RetryAfterSeconds { get; init; }

    /// <summary>The window that refused.</summary>
    public LimitWindow? BlockedBy { get; init; }

    /// <summary>The window with the least available.</summary>
    public LimitWindow? Tightest { get; init; }

    /// <summary>Nothing is known of the cost center: neither usage nor a budget. It may be misspelt.</summary>
    public bool New { get; init; }

    /// <summary>Of a new cost center: an existing one with a name like it; null: none is near.</summary>
    public string? Nearest { get; init; }

    [JsonIgnore]
    public bool Allowed => Decision == Allow;

    internal static CheckAnswer AllowedWithoutEngine(decimal amount) => new() { Decision = Allow, Degraded = true, Estimated = amount, Granted = 0 };

    internal static CheckAnswer Denied(string reason) => new() { Decision = "deny", Reason = reason };
}
