using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>The cost that a usage object names: a number, an object with a total, or ticks.</summary>
internal static class ReportedCost
{
    private const decimal TicksPerUnit = 10_000_000_000m;

    /// <summary>Null without one, and where it is negative.</summary>
    public static decimal? Of(JsonElement usage)
    {
        // With the caller's own key at the provider, the cost is the router's fee and the provider's bill stands beside it.
        var isOwnKey = usage.TryGetProperty("is_byok", out var byok) && byok.ValueKind == JsonValueKind.True;
        if (isOwnKey && Number(Parts.First(usage, "cost_details"), "upstream_inference_cost") is { } upstream) return upstream;
        return Number(usage, "cost") ?? Number(Parts.First(usage, "cost"), "total_cost") ?? Number(usage, "cost_in_usd_ticks") / TicksPerUnit;
    }

    private static decimal? Number(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && Numbers.TryRead(value, out var number) && number >= 0 ? number : null;
}
