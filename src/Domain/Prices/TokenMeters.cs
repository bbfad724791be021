using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Domain.Prices;

/// <summary>Names of token meters, and whose rate stands where one has none.</summary>
public static class TokenMeters
{
    public const int Count = 13;

    public static readonly WordTable<TokenMeter> Words = new(
        (TokenMeter.Input, "input"), (TokenMeter.CachedInput, "cached_input"), (TokenMeter.CacheWrite, "cache_write"), (TokenMeter.CacheWrite1h, "cache_write_1h"),
        (TokenMeter.AudioInput, "audio_input"), (TokenMeter.CachedAudioInput, "cached_audio_input"), (TokenMeter.ImageInput, "image_input"),
        (TokenMeter.VideoInput, "video_input"), (TokenMeter.Output, "output"), (TokenMeter.Reasoning, "reasoning"), (TokenMeter.AudioOutput, "audio_output"),
        (TokenMeter.ImageOutput, "image_output"), (TokenMeter.VideoOutput, "video_output"));

    /// <summary>Null for the two wholes, which fall back to nothing.</summary>
    public static TokenMeter? FallbackOf(TokenMeter meter) => meter switch
    {
        TokenMeter.Input or TokenMeter.Output => null,
        TokenMeter.CacheWrite1h => TokenMeter.CacheWrite,
        TokenMeter.CachedAudioInput => TokenMeter.CachedInput,
        < TokenMeter.Output => TokenMeter.Input,
        _ => TokenMeter.Output,
    };
}
