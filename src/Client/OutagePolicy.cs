namespace BudgetEngine.Client;

/// <summary>What a check answers while the engine cannot be reached.</summary>
public enum OutagePolicy
{
    /// <summary>Deny: no spend without a decision.</summary>
    Closed,

    /// <summary>Allow without a reservation. What was spent is recorded once the engine is back.</summary>
    Open,

    /// <summary>Allow until the estimates allowed by this process reach <see cref="BudgetClientOptions.OutageLimit"/>, then deny.</summary>
    OpenUpTo,
}
