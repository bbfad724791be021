using System.Collections.Immutable;

namespace BudgetEngine.Domain.Prices;

/// <summary>What is not counted in tokens: searches, images, seconds, and whatever a price names by hand.</summary>
public static class UnitMeters
{
    /// <summary>Counts 1 by itself for a final record.</summary>
    public const string Request = "request";

    public const string WebSearch = "web_search";

    /// <summary>Units that a price can have in one layer, and that a record can count.</summary>
    public const int MaxUnits = 32;

    public const int MaxNameLength = 32;

    /// <summary>The largest count, at most <see cref="MaxCountDecimals"/> decimals.</summary>
    public const decimal MaxCount = 1_000_000_000m;

    public const int MaxCountDecimals = 6;

    /// <summary>Units with a meaning of their own. A price may name any other.</summary>
    public static readonly ImmutableArray<string> Known =
    [
        Request, WebSearch, "web_search_low", "web_search_medium", "web_search_high", "image", "output_image", "pixel", "output_pixel", "second", "output_second", "audio_second",
        "output_audio_second", "video_second", "output_video_second", "character", "output_character", "page", "annotation_page", "query", "output_query", "session", "credit",
    ];

    private const string OutputPrefix = "output_";

    public static bool IsName(string name)
    {
        if (name.Length is 0 or > MaxNameLength) return false;
        foreach (var c in name)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')) return false;
        }

        return true;
    }

    /// <summary>Whose rate stands where this unit has none; null: nobody's.</summary>
    public static string? FallbackOf(string unit) => unit switch
    {
        "web_search_low" or "web_search_medium" or "web_search_high" => WebSearch,
        _ when unit.StartsWith(OutputPrefix, StringComparison.Ordinal) && unit.Length > OutputPrefix.Length => unit[OutputPrefix.Length..],
        _ => null,
    };
}
