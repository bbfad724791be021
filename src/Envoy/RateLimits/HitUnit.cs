namespace BudgetEngine.Envoy.RateLimits;

/// <summary>What the hits of a descriptor are.</summary>
internal enum HitUnit
{
    /// <summary>Each holds the profile's default amount.</summary>
    Requests,

    /// <summary>Millionths of the currency's unit.</summary>
    Micros,

    /// <summary>Rated at the model's price.</summary>
    InputTokens,

    /// <summary>Rated at the model's price.</summary>
    OutputTokens,
}
