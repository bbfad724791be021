namespace BudgetEngine.Client.Calls;

/// <summary>Token counts in the engine's terms.</summary>
/// <param name="Input">Cached and cache-write ones included.</param>
/// <param name="Output">Reasoning included.</param>
public readonly record struct TokenUsage(long Input, long Cached, long CacheWrite, long Output, long Reasoning)
{
    public static TokenUsage operator +(TokenUsage a, TokenUsage b) =>
        new(a.Input + b.Input, a.Cached + b.Cached, a.CacheWrite + b.CacheWrite, a.Output + b.Output, a.Reasoning + b.Reasoning);
}
