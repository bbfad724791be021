using System.Collections.Immutable;

namespace BudgetEngine.Domain.Usage;

/// <summary>
/// What one request used, by meter, as its sender told it; null is not told. Parts are inside their whole: everything cached, written, or of another
/// modality inside <see cref="Input"/> or <see cref="Output"/>, and <see cref="CachedAudioInput"/> inside <see cref="CachedInput"/> and <see cref="AudioInput"/>.
/// Not checked: rating cuts what contradicts itself.
/// </summary>
public sealed record UsageCounts
{
    public long? Input { get; init; }

    public long? CachedInput { get; init; }

    /// <summary>Written to a cache for 5 minutes; does not include <see cref="CacheWrite1h"/>.</summary>
    public long? CacheWrite { get; init; }

    /// <summary>Written to a cache for an hour.</summary>
    public long? CacheWrite1h { get; init; }

    /// <summary>Of <see cref="Input"/>, cached or not.</summary>
    public long? AudioInput { get; init; }

    public long? CachedAudioInput { get; init; }

    /// <summary>Of <see cref="Input"/>, without what came from a cache.</summary>
    public long? ImageInput { get; init; }

    /// <summary>Of <see cref="Input"/>, without what came from a cache.</summary>
    public long? VideoInput { get; init; }

    public long? Output { get; init; }

    public long? Reasoning { get; init; }

    public long? AudioOutput { get; init; }

    public long? ImageOutput { get; init; }

    public long? VideoOutput { get; init; }

    /// <summary>Of a record of several calls (a compaction): the input of its largest, which chooses the context tier. Null: <see cref="Input"/> does.</summary>
    public long? LargestCallInput { get; init; }

    /// <summary>Everything that is not counted in tokens (<c>web_search</c>, <c>second</c>, ...), each unit once; default or empty: none.</summary>
    public ImmutableArray<UnitCount> Units { get; init; } = [];
}

/// <summary>A count of something that is not a token.</summary>
/// <param name="Unit">Its meter: <c>web_search</c>, <c>image</c>, <c>second</c>, ...; matches <c>[a-z0-9_]{1,32}</c>.</param>
/// <param name="Count">0 to 10^9, at most 6 decimals.</param>
public readonly record struct UnitCount(string Unit, decimal Count);
