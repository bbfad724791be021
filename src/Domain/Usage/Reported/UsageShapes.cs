using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>Chooses the shape of a usage object by the names that it has, and reads it.</summary>
internal static class UsageShapes
{
    public static ReportedUsage Read(in FoundUsage found)
    {
        var usage = found.Usage;
        var tally = new UsageTally();
        if (IsDuration(usage)) tally.Unit("second", usage, "seconds", isWhole: true);
        else if (BilledUnits.Fits(usage)) BilledUnits.Read(usage, tally);
        else if (GeminiUsage.Fits(usage)) GeminiUsage.Read(usage, tally);
        else if (ConverseUsage.Fits(usage)) ConverseUsage.Read(usage, tally);
        else if (AnthropicUsage.Fits(usage)) AnthropicUsage.Read(usage, tally);
        else OpenAiUsage.Read(usage, tally, found.Images);
        AddMissingInput(tally);
        ToolUse.Read(usage, tally);
        var tier = ServiceTiers.IsBase(found.ServiceTier) && found.Batch ? "batch" : found.ServiceTier;
        return tally.ToUsage(tier, ServiceTiers.TextOf(usage, "inference_geo"), ReportedCost.Of(usage));
    }

    /// <summary>A transcription that is billed by its length: whatever tokens stand beside it are not.</summary>
    private static bool IsDuration(JsonElement usage) =>
        usage.TryGetProperty("seconds", out _) && (ServiceTiers.TextOf(usage, "type") == "duration" || !(usage.TryGetProperty("input_tokens", out _) || usage.TryGetProperty("total_tokens", out _)));

    /// <summary>More read from or written to a cache than there was input: the input is what was neither.</summary>
    private static void AddMissingInput(UsageTally tally)
    {
        var counts = tally.Counts;
        var cached = (counts.CachedInput ?? 0) + (counts.CacheWrite ?? 0) + (counts.CacheWrite1h ?? 0);
        if (cached <= (counts.Input ?? 0)) return;
        tally.Counts = counts with { Input = (counts.Input ?? 0) + cached };
        tally.Flags |= RowFlags.PartsAdded;
    }
}
