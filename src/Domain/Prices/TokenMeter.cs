namespace BudgetEngine.Domain.Prices;

/// <summary>What is counted in tokens and may have a rate of its own. The quantities of a record do not overlap.</summary>
public enum TokenMeter : byte
{
    Input,
    CachedInput,
    CacheWrite,
    CacheWrite1h,
    AudioInput,
    CachedAudioInput,
    ImageInput,
    VideoInput,
    Output,
    Reasoning,
    AudioOutput,
    ImageOutput,
    VideoOutput,
}
