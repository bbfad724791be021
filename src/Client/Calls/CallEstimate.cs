using BudgetEngine.Client.Transport;

namespace BudgetEngine.Client.Calls;

/// <summary>A model call that is about to be made: who it is for and what it may cost at most.</summary>
public sealed record CallEstimate
{
    public required string CostCenter { get; init; }

    public string? User { get; init; }

    public string? Session { get; init; }

    public string? Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>Null: by <see cref="InputCharacters"/>.</summary>
    public long? InputTokens { get; init; }

    public long InputCharacters { get; init; }

    public long? MaxOutputTokens { get; init; }

    /// <summary>Take what is left if it is less than the estimate.</summary>
    public bool TakesLess { get; init; }

    public string? RequestPath { get; init; }

    /// <summary>Whose key it goes under; null: the client's.</summary>
    public EngineCredentials? As { get; init; }
}
