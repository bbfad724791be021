using System.Collections.Frozen;
using System.Globalization;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>What a cost field of LiteLLM's file means: a meter, and the layer that the ends of its name say.</summary>
/// <param name="Token">The token meter; null: it is <paramref name="Unit"/>.</param>
/// <param name="ServiceTier">Null: the base.</param>
/// <param name="AboveInputTokens">Null: no context tier.</param>
internal readonly record struct LiteLlmField(TokenMeter? Token, string? Unit, string? ServiceTier, long? AboveInputTokens)
{
    private const string AboveEnd = "k_tokens";
    private const string Above = "_above_";

    private static readonly FrozenDictionary<string, TokenMeter> Tokens = new Dictionary<string, TokenMeter>
    {
        ["input_cost_per_token"] = TokenMeter.Input,
        ["output_cost_per_token"] = TokenMeter.Output,
        ["cache_read_input_token_cost"] = TokenMeter.CachedInput,
        ["input_cost_per_token_cache_hit"] = TokenMeter.CachedInput,
        ["cache_creation_input_token_cost"] = TokenMeter.CacheWrite,
        ["cache_creation_input_token_cost_above_1hr"] = TokenMeter.CacheWrite1h,
        ["output_cost_per_reasoning_token"] = TokenMeter.Reasoning,
        ["input_cost_per_audio_token"] = TokenMeter.AudioInput,
        ["cache_read_input_audio_token_cost"] = TokenMeter.CachedAudioInput,
        ["output_cost_per_audio_token"] = TokenMeter.AudioOutput,
        ["input_cost_per_image_token"] = TokenMeter.ImageInput,
        ["output_cost_per_image_token"] = TokenMeter.ImageOutput,
        ["input_cost_per_video_token"] = TokenMeter.VideoInput,
        ["output_cost_per_video_token"] = TokenMeter.VideoOutput,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Units = new Dictionary<string, string>
    {
        ["ocr_cost_per_page"] = "page",
        ["annotation_cost_per_page"] = "annotation_page",
        ["ocr_cost_per_credit"] = "credit",
        ["code_interpreter_cost_per_session"] = "session",
        ["input_cost_per_audio_per_second"] = "audio_second",
        ["output_cost_per_audio_per_second"] = "output_audio_second",
        ["input_cost_per_video_per_second"] = "video_second",
        ["output_cost_per_video_per_second"] = "output_video_second",
    }.Concat(new[] { "request", "query", "image", "second", "character", "pixel" }.SelectMany(u => new KeyValuePair<string, string>[]
    {
        new($"input_cost_per_{u}", u), new($"output_cost_per_{u}", $"output_{u}"),
    })).ToFrozenDictionary();

    private static readonly (string End, string Tier)[] Tiers = [("_batches", "batch"), ("_flex", "flex"), ("_priority", "priority")];

    /// <summary>False for a name that is no price with a meter here.</summary>
    public static bool TryParse(string name, out LiteLlmField field)
    {
        field = default;
        string? tier = null;
        foreach (var (end, word) in Tiers)
        {
            if (!name.EndsWith(end, StringComparison.Ordinal)) continue;
            tier = word;
            name = name[..^end.Length];
            break;
        }

        var above = AboveOf(ref name);
        if (Tokens.TryGetValue(name, out var token)) field = new LiteLlmField(token, null, tier, above);
        else if (Units.TryGetValue(name, out var unit)) field = new LiteLlmField(null, unit, tier, above);
        else return false;
        return true;
    }

    /// <summary>Takes <c>_above_200k_tokens</c> off the end.</summary>
    private static long? AboveOf(ref string name)
    {
        if (!name.EndsWith(AboveEnd, StringComparison.Ordinal) || name.LastIndexOf(Above, StringComparison.Ordinal) is not (> 0 and var at)) return null;
        var number = name.AsSpan((at + Above.Length)..^AboveEnd.Length);
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var thousands) || thousands is 0 or > 1_000_000) return null;
        name = name[..at];
        return thousands * 1_000;
    }
}
