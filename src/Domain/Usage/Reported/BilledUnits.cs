using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>Cohere: what is billed stands apart from what was processed, and counts.</summary>
internal static class BilledUnits
{
    public static bool Fits(JsonElement usage) => Billed(usage).ValueKind == JsonValueKind.Object;

    public static void Read(JsonElement usage, UsageTally tally)
    {
        var billed = Billed(usage);
        var (input, images) = (tally.Count(billed, "input_tokens"), tally.Count(billed, "image_tokens"));
        var cached = tally.Count(usage, "cached_tokens");
        tally.Counts = tally.Counts with
        {
            Input = images is null ? input : (input ?? 0) + images, ImageInput = images, Output = tally.Count(billed, "output_tokens"),
            // Cached tokens are counted among the processed ones, of which fewer are billed.
            CachedInput = cached <= (input ?? 0) ? cached : null,
        };
        tally.Unit("query", billed, "search_units", isWhole: true);
        tally.Unit("image", billed, "images", isWhole: true);
        tally.IgnoreOthers(billed, "billed_units.", "input_tokens", "output_tokens", "image_tokens", "search_units", "images");
    }

    private static JsonElement Billed(JsonElement usage) => Parts.First(usage, "billed_units", "tokens");
}
