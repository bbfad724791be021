namespace BudgetEngine.Client.Calls;

/// <summary>Token counts in the engine's terms.</summary>
/// <param name="Input">Cached and cache-write ones included.</param>
/// <param name="CacheWrite">Those that <paramref name="CacheWriteHour"/> counts left out.</param>
/// <param name="Output">Reasoning included.</param>
/// <param name="CacheWriteHour">Written to a cache that keeps them for an hour.</param>
public readonly record struct TokenUsage(long Input, long Cached, long CacheWrite, long Output, long Reasoning, long CacheWriteHour = 0)
{
    public static TokenUsage operator +(TokenUsage a, TokenUsage b) =>
        new(a.Input + b.Input, a.Cached + b.Cached, a.CacheWrite + b.CacheWrite, a.Output + b.Output, a.Reasoning + b.Reasoning, a.CacheWriteHour + b.CacheWriteHour);
}
