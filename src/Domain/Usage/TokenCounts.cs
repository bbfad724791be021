using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Usage;

/// <summary>
/// Tokens of one request. What is cached, written to a cache, or of another modality is inside <paramref name="Input"/> or <paramref name="Output"/>, as
/// <paramref name="Reasoning"/> is; <see cref="CachedAudioInput"/> is inside <paramref name="Cached"/> and <see cref="AudioInput"/>.
/// </summary>
public readonly record struct TokenCounts(long Input, long Cached, long CacheWrite, long Output, long Reasoning)
{
    /// <summary>The largest count accepted: a million times today's longest context, and small enough for exact sums of costs in 128 bits.</summary>
    public const long MaxTokens = 1_000_000_000_000;

    /// <summary>A whole may be as large as all its parts together, where a sender has left them out.</summary>
    private const long MaxWhole = 4 * MaxTokens;

    public long CacheWrite1h { get; init; }

    public long AudioInput { get; init; }

    public long CachedAudioInput { get; init; }

    public long ImageInput { get; init; }

    public long VideoInput { get; init; }

    public long AudioOutput { get; init; }

    public long ImageOutput { get; init; }

    public long VideoOutput { get; init; }

    /// <summary>Of a record of several calls: the input of its largest, which chooses the context tier; 0: <see cref="Input"/> does.</summary>
    public long LargestCallInput { get; init; }

    /// <summary>What the bounds of context tiers are compared with.</summary>
    public long ContextInput => LargestCallInput > 0 ? Math.Min(LargestCallInput, Input) : Input;

    /// <summary>True when every count is in range and no part passes its whole: what can be rated.</summary>
    public bool IsValid => IsTextOnly
        ? Input is >= 0 and <= MaxWhole && Output is >= 0 and <= MaxWhole && IsInRange(Cached) && IsInRange(CacheWrite) && IsInRange(Reasoning)
            && Input - Cached - CacheWrite >= 0 && Output - Reasoning >= 0
        : AreInRange && PlainInput >= 0 && PlainOutput >= 0 && CachedAudioInput <= Math.Min(Cached, AudioInput);

    /// <summary>True when nothing else is counted than most records count.</summary>
    internal bool IsTextOnly =>
        (CacheWrite1h | AudioInput | CachedAudioInput | ImageInput | VideoInput | AudioOutput | ImageOutput | VideoOutput | LargestCallInput) == 0;

    private bool AreInRange =>
        Input is >= 0 and <= MaxWhole && Output is >= 0 and <= MaxWhole && IsInRange(Cached) && IsInRange(CacheWrite) && IsInRange(Reasoning)
        && IsInRange(CacheWrite1h) && IsInRange(AudioInput) && IsInRange(CachedAudioInput) && IsInRange(ImageInput) && IsInRange(VideoInput)
        && IsInRange(AudioOutput) && IsInRange(ImageOutput) && IsInRange(VideoOutput) && LargestCallInput >= 0;

    private long PlainInput => Input - Cached - CacheWrite - CacheWrite1h - (AudioInput - CachedAudioInput) - ImageInput - VideoInput;

    private long PlainOutput => Output - Reasoning - AudioOutput - ImageOutput - VideoOutput;

    /// <summary>How much a meter counts; the quantities of all meters do not overlap.</summary>
    public long this[TokenMeter meter] => meter switch
    {
        TokenMeter.Input => PlainInput,
        TokenMeter.CachedInput => Cached - CachedAudioInput,
        TokenMeter.CacheWrite => CacheWrite,
        TokenMeter.CacheWrite1h => CacheWrite1h,
        TokenMeter.AudioInput => AudioInput - CachedAudioInput,
        TokenMeter.CachedAudioInput => CachedAudioInput,
        TokenMeter.ImageInput => ImageInput,
        TokenMeter.VideoInput => VideoInput,
        TokenMeter.Output => PlainOutput,
        TokenMeter.Reasoning => Reasoning,
        TokenMeter.AudioOutput => AudioOutput,
        TokenMeter.ImageOutput => ImageOutput,
        TokenMeter.VideoOutput => VideoOutput,
        _ => throw new ArgumentOutOfRangeException(nameof(meter), meter, "This meter is not known."),
    };

    /// <summary>
    /// The counts with every part within its whole. Where cached and written ones together pass the input, or reasoning the output, the sender has left them out
    /// of the whole: they are added (<see cref="RowFlags.PartsAdded"/>). Any other part that passes what is left of its whole is cut
    /// (<see cref="RowFlags.Adjusted"/>). Counts must be in range.
    /// </summary>
    public TokenCounts Reconciled(out RowFlags flags)
    {
        flags = RowFlags.None;
        if (IsValid) return this;
        var whole = this;
        var apart = Cached + CacheWrite + CacheWrite1h;
        if (apart > Input) whole = whole with { Input = Input + apart };
        if (Reasoning > Output) whole = whole with { Output = Output + Reasoning };
        if (whole != this) flags |= RowFlags.PartsAdded;
        var cut = whole.WithinWholes();
        if (cut != whole) flags |= RowFlags.Adjusted;
        return cut;
    }

    private TokenCounts WithinWholes()
    {
        var cachedAudio = Math.Min(CachedAudioInput, Math.Min(Cached, AudioInput));
        var input = Input - Cached - CacheWrite - CacheWrite1h;
        var output = Output - Reasoning;
        return this with
        {
            CachedAudioInput = cachedAudio,
            AudioInput = cachedAudio + Take(AudioInput - cachedAudio, ref input),
            ImageInput = Take(ImageInput, ref input),
            VideoInput = Take(VideoInput, ref input),
            AudioOutput = Take(AudioOutput, ref output),
            ImageOutput = Take(ImageOutput, ref output),
            VideoOutput = Take(VideoOutput, ref output),
        };
    }

    private static long Take(long part, ref long left)
    {
        var taken = Math.Min(part, left);
        left -= taken;
        return taken;
    }

    private static bool IsInRange(long count) => count is >= 0 and <= MaxTokens;
}
