using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>
/// OpenAI's names, old and new, which most others took over: parts are inside their whole. Azure, Mistral, DeepSeek, xAI, Groq, OpenRouter, Perplexity, LiteLLM.
/// </summary>
internal static class OpenAiUsage
{
    /// <summary>The parts of the input, under every name in use.</summary>
    public static readonly string[] InputDetails = ["prompt_tokens_details", "prompt_token_details", "input_tokens_details", "input_token_details"];

    private static readonly string[] OutputDetails = ["completion_tokens_details", "completion_token_details", "output_tokens_details", "output_token_details"];

    public static void Read(JsonElement usage, UsageTally tally, bool images)
    {
        var output = tally.Count(usage, "completion_tokens", "output_tokens");
        var total = tally.Count(usage, "total_tokens");
        var input = tally.Count(usage, "prompt_tokens", "input_tokens");
        // A service that has only a total (embeddings, rankings) bills it as input.
        if (input is null && output is null) input = total;
        tally.Counts = tally.Counts with { Input = input, Output = output };
        ReadInput(usage, tally);
        ReadOutput(usage, tally, total, images);
        tally.Unit("audio_second", usage, "prompt_audio_seconds");
    }

    private static void ReadInput(JsonElement usage, UsageTally tally)
    {
        var details = Parts.First(usage, InputDetails);
        var cachedParts = Parts.First(details, "cached_tokens_details");
        var write = CacheWrites.Of(tally, usage, details, ["cache_creation_input_tokens"], ["cache_write_tokens", "cache_creation_tokens"]);
        tally.Counts = tally.Counts with
        {
            CachedInput = UsageTally.Max(
                tally.Count(details, "cached_tokens", "cache_read_tokens"),
                tally.Count(usage, "prompt_cache_hit_tokens", "num_cached_tokens", "cached_tokens", "cache_read_input_tokens")),
            CacheWrite = write.FiveMinutes, CacheWrite1h = write.Hour,
            AudioInput = tally.Count(details, "audio_tokens"), CachedAudioInput = tally.Count(cachedParts, "audio_tokens"),
            ImageInput = Parts.Without(tally.Count(details, "image_tokens"), tally.Count(cachedParts, "image_tokens")),
            VideoInput = Parts.Without(tally.Count(details, "video_tokens"), tally.Count(cachedParts, "video_tokens")),
        };
    }

    private static void ReadOutput(JsonElement usage, UsageTally tally, long? total, bool images)
    {
        var details = Parts.First(usage, OutputDetails);
        tally.Counts = tally.Counts with
        {
            AudioOutput = tally.Count(details, "audio_tokens"),
            ImageOutput = tally.Count(details, "image_tokens") ?? (IsImages(usage, details, images) ? tally.Counts.Output : null),
            VideoOutput = tally.Count(details, "video_tokens"),
        };
        if (tally.Count(details, "reasoning_tokens", "thinking_tokens") is { } inside) AddReasoning(tally, inside, total);
        else if (tally.Count(usage, "reasoning_tokens") is { } beside) Beside(usage, tally, beside, total);
    }

    /// <summary>Reasoning beside the totals: of a research answer (it counts its citations and searches) it is billed besides; else it is as in the details.</summary>
    private static void Beside(JsonElement usage, UsageTally tally, long reasoning, long? total)
    {
        if (usage.TryGetProperty("citation_tokens", out _) || usage.TryGetProperty("num_search_queries", out _)) Parts.AddReasoning(tally, reasoning);
        else AddReasoning(tally, reasoning, total);
    }

    /// <summary>The total says whether the output has the reasoning in it; where it says nothing, reasoning above the output is not in it.</summary>
    private static void AddReasoning(UsageTally tally, long reasoning, long? total)
    {
        var (input, output) = (tally.Counts.Input ?? 0, tally.Counts.Output ?? 0);
        var isWithout = total == input + output;
        var isWith = total == input + output + reasoning && reasoning > 0;
        if (!isWithout && (isWith || reasoning > output)) Parts.AddReasoning(tally, reasoning);
        else tally.Counts = tally.Counts with { Reasoning = reasoning };
    }

    /// <summary>Generated images: their answer says so, or the input is split into text and images and the output not at all.</summary>
    private static bool IsImages(JsonElement usage, JsonElement outputDetails, bool images)
    {
        if (outputDetails.ValueKind == JsonValueKind.Object) return false;
        var input = Parts.First(usage, "input_tokens_details");
        return images || (input.ValueKind == JsonValueKind.Object && input.TryGetProperty("image_tokens", out _) && !input.TryGetProperty("cached_tokens", out _));
    }
}
