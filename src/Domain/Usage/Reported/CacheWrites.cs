using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>What was written to a cache, by lifetime. The two do not overlap; null: nothing is said of it.</summary>
internal readonly record struct CacheWrites(long? FiveMinutes, long? Hour)
{
    /// <summary>The object that splits what was written.</summary>
    private static readonly string[] Splits = ["cache_creation", "cache_creation_token_details", "cache_creation_tokens_details"];

    /// <summary>Reads the sum, under the first names in the usage and the second ones in its details, and the split of it in either.</summary>
    public static CacheWrites Of(UsageTally tally, JsonElement usage, JsonElement details, string[] inUsage, string[] inDetails)
    {
        var sum = UsageTally.Max(tally.Count(usage, inUsage), tally.Count(details, inDetails));
        var split = Parts.First(usage, Splits);
        if (split.ValueKind != JsonValueKind.Object) split = Parts.First(details, Splits);
        return Split(tally, sum, tally.Count(split, "ephemeral_5m_input_tokens"), tally.Count(split, "ephemeral_1h_input_tokens"));
    }

    /// <summary>The sum is right, the hour as large as it allows, the rest is for five minutes.</summary>
    public static CacheWrites Split(UsageTally tally, long? sum, long? fiveMinutes, long? hour)
    {
        var parts = (fiveMinutes ?? 0) + (hour ?? 0);
        if (sum is not { } all) return new CacheWrites(fiveMinutes, hour);
        if (parts > all) tally.Flags |= RowFlags.Adjusted;
        var long1h = Math.Min(hour ?? 0, all);
        return new CacheWrites(all - long1h, hour is null ? null : long1h);
    }
}
