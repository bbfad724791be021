using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Usage.Reported;

namespace BudgetEngine.Api.Usage;

/// <summary>Puts what a provider reported into a record, in place of the record's own counts.</summary>
internal static class ReportedCounts
{
    /// <param name="takeCost">The cost that the provider names is the record's, unless it gives one of its own.</param>
    public static UsageInput Apply(UsageInput input, ReportedUsage usage, bool takeCost = false)
    {
        var cost = input.Cost ?? (takeCost ? usage.Cost : null);
        if (usage.Fault is not null) return WithoutReport(input with { Cost = cost }, usage.Fault);
        var counts = usage.Counts!;
        var reasoning = counts.Reasoning > (counts.Output ?? 0) ? counts.Output ?? 0 : counts.Reasoning;
        if (reasoning != counts.Reasoning) input = input with { Flags = input.Flags | RowFlags.Adjusted };
        return input with
        {
            Cost = cost, Reported = usage, Flags = input.Flags | usage.Flags, Ignored = [.. input.Ignored, .. Overruled(input), .. usage.Ignored],
            InputTokens = counts.Input, CachedInputTokens = counts.CachedInput, CacheWriteTokens = Sum(counts.CacheWrite, counts.CacheWrite1h),
            OutputTokens = counts.Output, ReasoningTokens = reasoning, InputCharacters = null, OutputCharacters = null,
        };
    }

    /// <summary>Where the cost is known, or the record has counts of its own, a report that cannot be read is no reason to lose them.</summary>
    private static UsageInput WithoutReport(UsageInput input, string fault) => input.Cost is not null || Overruled(input).Any()
        ? input with { Flags = input.Flags | RowFlags.Adjusted, Ignored = [.. input.Ignored, "usage"] }
        : input with { Faults = [.. input.Faults, new InputFault("usage", fault)] };

    /// <summary>The record's own counts, which give way.</summary>
    private static IEnumerable<string> Overruled(UsageInput input)
    {
        if (input.InputTokens is not null) yield return "input_tokens";
        if (input.CachedInputTokens is not null) yield return "cached_input_tokens";
        if (input.CacheWriteTokens is not null) yield return "cache_write_tokens";
        if (input.OutputTokens is not null) yield return "output_tokens";
        if (input.ReasoningTokens is not null) yield return "reasoning_tokens";
        if (input.InputCharacters is not null) yield return "input_characters";
        if (input.OutputCharacters is not null) yield return "output_characters";
    }

    private static long? Sum(long? a, long? b) => a is null ? b : a + (b ?? 0);
}
