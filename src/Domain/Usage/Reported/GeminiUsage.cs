using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>Gemini and Vertex, in camel and snake case: thoughts and the prompts of tools stand beside their wholes, cached content is inside, modalities are lists.</summary>
internal static class GeminiUsage
{
    public static bool Fits(JsonElement usage)
    {
        foreach (var member in usage.EnumerateObject())
        {
            if (member.Name.EndsWith("TokenCount", StringComparison.Ordinal) || member.Name.EndsWith("_token_count", StringComparison.Ordinal)) return !ConverseUsage.Fits(usage);
        }

        return false;
    }

    public static void Read(JsonElement usage, UsageTally tally)
    {
        var prompt = tally.Count(usage, "promptTokenCount", "prompt_token_count");
        var tools = tally.Count(usage, "toolUsePromptTokenCount", "tool_use_prompt_token_count");
        var answer = tally.Count(usage, "candidatesTokenCount", "candidates_token_count", "responseTokenCount", "response_token_count", "generation_token_count");
        var thoughts = tally.Count(usage, "thoughtsTokenCount", "thoughts_token_count");
        if (prompt is null && answer is null && thoughts is null) prompt = tally.Count(usage, "totalTokenCount", "total_token_count");
        var read = new Modalities(usage, tally, ["promptTokensDetails", "prompt_tokens_details", "toolUsePromptTokensDetails", "tool_use_prompt_tokens_details"]);
        var cached = new Modalities(usage, tally, ["cacheTokensDetails", "cache_tokens_details"]);
        var written = new Modalities(usage, tally, ["candidatesTokensDetails", "candidates_tokens_details", "responseTokensDetails", "response_tokens_details"]);
        tally.Counts = tally.Counts with
        {
            Input = tools is null ? prompt : (prompt ?? 0) + tools,
            CachedInput = tally.Count(usage, "cachedContentTokenCount", "cached_content_token_count"),
            AudioInput = read.Audio, CachedAudioInput = cached.Audio,
            ImageInput = Parts.Without(read.Image, cached.Image), VideoInput = Parts.Without(read.Video, cached.Video),
            Output = thoughts is null ? answer : (answer ?? 0) + thoughts, Reasoning = thoughts,
            AudioOutput = written.Audio, ImageOutput = written.Image, VideoOutput = written.Video,
        };
    }

    /// <summary>Tokens by modality, over all of the lists that are there.</summary>
    private sealed class Modalities
    {
        public Modalities(JsonElement usage, UsageTally tally, ReadOnlySpan<string> lists)
        {
            foreach (var name in lists)
            {
                if (!usage.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array) continue;
                foreach (var item in list.EnumerateArray()) Add(item, tally);
            }
        }

        public long? Audio { get; private set; }

        public long? Image { get; private set; }

        public long? Video { get; private set; }

        private void Add(JsonElement item, UsageTally tally)
        {
            if (ServiceTiers.TextOf(item, "modality") is not { } modality || tally.Count(item, "tokenCount", "token_count") is not { } count) return;
            // The Python client prints the enumeration's name before the value. Text and documents have no price of their own.
            switch (modality[(modality.IndexOf('.') + 1)..])
            {
                case "audio": Audio = (Audio ?? 0) + count; break;
                case "image": Image = (Image ?? 0) + count; break;
                case "video": Video = (Video ?? 0) + count; break;
            }
        }
    }
}
