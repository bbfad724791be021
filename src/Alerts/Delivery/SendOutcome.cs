namespace BudgetEngine.Alerts.Delivery;

/// <summary>What became of a message.</summary>
public enum SendResult
{
    Unknown = 0,
    Sent,

    /// <summary>Not now: the network, a time-out, 408, 425, 429, 5xx, a secret that cannot be read just now. To be tried again.</summary>
    Failed,

    /// <summary>Never as it is: another 4xx, a redirect, an address or a reference that is not allowed. Trying again would not help.</summary>
    Refused,

    /// <summary>The endpoint is gone (410): the channel is switched off.</summary>
    Gone,
}

/// <param name="Error">For people; without any secret.</param>
/// <param name="RetryAfter">What the other side asked for; null: nothing.</param>
public readonly record struct SendOutcome(SendResult Result, string? Error, TimeSpan? RetryAfter)
{
    public static readonly SendOutcome Sent = new(SendResult.Sent, null, null);
}
