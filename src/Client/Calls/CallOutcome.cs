using System.Text.Json;

namespace BudgetEngine.Client.Calls;

/// <summary>How a model call ended.</summary>
public sealed record CallOutcome
{
    public static readonly CallOutcome Success = new();

    /// <summary><c>success</c>, <c>error</c>, <c>timeout</c> or <c>cancelled</c>.</summary>
    public string Status { get; init; } = "success";

    public string? ErrorCode { get; init; }

    /// <summary>As the provider counted. Null: not known.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>What the provider reported, as it came; the engine reads all of it: lifetimes of caches, tools, tiers. In place of <see cref="Usage"/>.</summary>
    public JsonElement? Report { get; init; }

    /// <summary>In place of the output's tokens, where their count is not known: the characters that were produced, from which the engine estimates.</summary>
    public long? OutputCharacters { get; init; }
}
