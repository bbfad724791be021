using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>Bedrock's Converse, and the metrics that its other calls end with: the input leaves out what was read from a cache or written to one.</summary>
internal static class ConverseUsage
{
    public static bool Fits(JsonElement usage) => usage.TryGetProperty("inputTokens", out _) || usage.TryGetProperty("outputTokens", out _)
        || usage.TryGetProperty("totalTokens", out _) || usage.TryGetProperty("inputTokenCount", out _) || usage.TryGetProperty("outputTokenCount", out _);

    public static void Read(JsonElement usage, UsageTally tally)
    {
        var input = tally.Count(usage, "inputTokens", "inputTokenCount");
        var output = tally.Count(usage, "outputTokens", "outputTokenCount");
        if (input is null && output is null) input = tally.Count(usage, "totalTokens");
        var read = tally.Count(usage, "cacheReadInputTokens", "cacheReadInputTokenCount");
        var (fiveMinutes, hour) = ByLifetime(usage, tally);
        var write = CacheWrites.Split(tally, tally.Count(usage, "cacheWriteInputTokens", "cacheWriteInputTokenCount"), fiveMinutes, hour);
        var beside = (read ?? 0) + (write.FiveMinutes ?? 0) + (write.Hour ?? 0);
        tally.Counts = tally.Counts with
        {
            Input = input is null && beside == 0 ? null : (input ?? 0) + beside,
            CachedInput = read, CacheWrite = write.FiveMinutes, CacheWrite1h = write.Hour, Output = output,
        };
    }

    private static (long? FiveMinutes, long? Hour) ByLifetime(JsonElement usage, UsageTally tally)
    {
        if (!usage.TryGetProperty("cacheDetails", out var details) || details.ValueKind != JsonValueKind.Array) return (null, null);
        var (fiveMinutes, hour) = ((long?)null, (long?)null);
        foreach (var item in details.EnumerateArray())
        {
            var count = tally.Count(item, "inputTokens");
            if (count is null) continue;
            if (ServiceTiers.TextOf(item, "ttl") == "1h") hour = (hour ?? 0) + count;
            else fiveMinutes = (fiveMinutes ?? 0) + count;
        }

        return (fiveMinutes, hour);
    }
}
