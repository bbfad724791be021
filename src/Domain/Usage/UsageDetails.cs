using System.Text.Json;
using System.Text.Json.Serialization;

namespace BudgetEngine.Domain.Usage;

/// <summary>What few records count or say besides plain tokens, so that the others do not carry it. Stored as JSON: members are only added.</summary>
public sealed record UsageDetails
{
    [JsonPropertyName("cache_write_1h_tokens")]
    public long? CacheWrite1hTokens { get; init; }

    public long? AudioInputTokens { get; init; }

    public long? CachedAudioInputTokens { get; init; }

    public long? ImageInputTokens { get; init; }

    public long? VideoInputTokens { get; init; }

    public long? AudioOutputTokens { get; init; }

    public long? ImageOutputTokens { get; init; }

    public long? VideoOutputTokens { get; init; }

    /// <summary>Of a record of several calls: the input of its largest.</summary>
    public long? LargestCallInputTokens { get; init; }

    /// <summary>Counts of what is not tokens, by unit; null: none.</summary>
    public IReadOnlyDictionary<string, decimal>? Units { get; init; }

    public string? ServiceTier { get; init; }

    public string? Region { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, UsageDetailsJson.Default.UsageDetails);

    public static UsageDetails Read(string json) => JsonSerializer.Deserialize(json, UsageDetailsJson.Default.UsageDetails)!;

    /// <summary>The counts together with those that every row has.</summary>
    public TokenCounts AddTo(in TokenCounts plain) => plain with
    {
        CacheWrite1h = CacheWrite1hTokens ?? 0, AudioInput = AudioInputTokens ?? 0, CachedAudioInput = CachedAudioInputTokens ?? 0, ImageInput = ImageInputTokens ?? 0,
        VideoInput = VideoInputTokens ?? 0, AudioOutput = AudioOutputTokens ?? 0, ImageOutput = ImageOutputTokens ?? 0, VideoOutput = VideoOutputTokens ?? 0,
        LargestCallInput = LargestCallInputTokens ?? 0,
    };

    /// <summary>The same with the counts as they were rated: none that was not told.</summary>
    public UsageDetails With(in TokenCounts rated) => this with
    {
        CacheWrite1hTokens = CacheWrite1hTokens is null ? null : rated.CacheWrite1h, AudioInputTokens = AudioInputTokens is null ? null : rated.AudioInput,
        CachedAudioInputTokens = CachedAudioInputTokens is null ? null : rated.CachedAudioInput, ImageInputTokens = ImageInputTokens is null ? null : rated.ImageInput,
        VideoInputTokens = VideoInputTokens is null ? null : rated.VideoInput, AudioOutputTokens = AudioOutputTokens is null ? null : rated.AudioOutput,
        ImageOutputTokens = ImageOutputTokens is null ? null : rated.ImageOutput, VideoOutputTokens = VideoOutputTokens is null ? null : rated.VideoOutput,
    };

    public RatingTerms TermsOf(bool final) => new(
        ServiceTier, Region, Units is null ? default : [.. Units.Select(u => new UnitCount(u.Key, u.Value))], CountsNoRequest: !final);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UsageDetails))]
internal sealed partial class UsageDetailsJson : JsonSerializerContext;
