namespace BudgetEngine.Api.Metrics;

/// <summary>How a check came.</summary>
internal enum CheckProtocol
{
    /// <summary><c>/v1/check</c>.</summary>
    Check,

    /// <summary><c>/v1/authorize</c>.</summary>
    Authorize,

    /// <summary>Envoy's external authorization.</summary>
    ExtAuthz,

    /// <summary>Envoy's rate limit service.</summary>
    RateLimit,
}
