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
        // The total said that the output has all of it: then it is no more than that.
        var reasoning = counts.Reasoning > (counts.Output ?? 0) ? counts.Output ?? 0 : counts.Reasoning;
        return input with
        {
            Cost = cost, InputTokens = counts.Input, CachedInputTokens = counts.CachedInput, CacheWriteTokens = counts.CacheWrite, OutputTokens = counts.Output,
            ReasoningTokens = reasoning, InputCharacters = null, OutputCharacters = null, Details = DetailsOf(usage, input.Details),
            Flags = input.Flags | usage.Flags | (reasoning == counts.Reasoning ? RowFlags.None : RowFlags.Adjusted),
            Ignored = [.. input.Ignored, .. OwnCounts(input), .. usage.Ignored],
        };
    }

    /// <summary>Where the cost is known, or the record has counts of its own, a report that cannot be read is no reason to lose them.</summary>
    private static UsageInput WithoutReport(UsageInput input, string fault) => input.Cost is not null || OwnCounts(input).Any()
        ? input with { Flags = input.Flags | RowFlags.Adjusted, Ignored = [.. input.Ignored, "usage"] }
        : input with { Faults = [.. input.Faults, new InputFault("usage", fault)] };

    /// <summary>Null when there is nothing but plain tokens. A tier or region that the record names stands where the provider says nothing of it, or only that it was the base.</summary>
    private static UsageDetails? DetailsOf(ReportedUsage usage, UsageDetails? own)
    {
        var counts = usage.Counts!;
        var details = new UsageDetails
        {
            CacheWrite1hTokens = counts.CacheWrite1h, AudioInputTokens = counts.AudioInput, CachedAudioInputTokens = counts.CachedAudioInput, ImageInputTokens = counts.ImageInput,
            VideoInputTokens = counts.VideoInput, AudioOutputTokens = counts.AudioOutput, ImageOutputTokens = counts.ImageOutput, VideoOutputTokens = counts.VideoOutput,
            LargestCallInputTokens = counts.LargestCallInput, Units = counts.Units.IsDefaultOrEmpty ? null : counts.Units.ToDictionary(u => u.Unit, u => u.Count),
            ServiceTier = ServiceTiers.IsBase(usage.ServiceTier) ? own?.ServiceTier ?? usage.ServiceTier : usage.ServiceTier, Region = usage.Region ?? own?.Region,
        };
        return details == Nothing ? null : details;
    }

    private static readonly UsageDetails Nothing = new();

    /// <summary>The record's own counts, which give way.</summary>
    private static IEnumerable<string> OwnCounts(UsageInput input)
    {
        if (input.InputTokens is not null) yield return "input_tokens";
        if (input.CachedInputTokens is not null) yield return "cached_input_tokens";
        if (input.CacheWriteTokens is not null) yield return "cache_write_tokens";
        if (input.OutputTokens is not null) yield return "output_tokens";
        if (input.ReasoningTokens is not null) yield return "reasoning_tokens";
        if (input.InputCharacters is not null) yield return "input_characters";
        if (input.OutputCharacters is not null) yield return "output_characters";
        if (input.Details is not { } own) yield break;
        if (own.CacheWrite1hTokens is not null) yield return "cache_write_1h_tokens";
        if (own.AudioInputTokens is not null) yield return "audio_input_tokens";
        if (own.CachedAudioInputTokens is not null) yield return "cached_audio_input_tokens";
        if (own.ImageInputTokens is not null) yield return "image_input_tokens";
        if (own.VideoInputTokens is not null) yield return "video_input_tokens";
        if (own.AudioOutputTokens is not null) yield return "audio_output_tokens";
        if (own.ImageOutputTokens is not null) yield return "image_output_tokens";
        if (own.VideoOutputTokens is not null) yield return "video_output_tokens";
        if (own.Units is not null) yield return "units";
    }
}
