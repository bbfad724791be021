namespace BudgetEngine.Api.Metrics;

/// <summary>How a check came.</summary>
internal enum CheckProtocol
{
    /// <summary><c>/v1/check</c>.</summary>
    Check,

    /// <summary><c>/v1/authorize</c>.</summary>
    Authorize,
}
