using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>The service tier that an answer names.</summary>
public static class ServiceTiers
{
    private const int MaxLength = 32;

    /// <summary>Google's word for what is paid by use; what follows it is the tier.</summary>
    private const string OnDemand = "on_demand";

    /// <summary>In lower case; null: none is named, or the base under a name that no price has.</summary>
    internal static string? Of(JsonElement answer)
    {
        var tier = TextOf(answer, "service_tier") ?? TextOf(answer, "serviceTier") ?? Traffic(answer);
        // Anthropic's fast mode is a price of its own: without a tier of that name the record is flagged.
        if (tier is null or "standard" && TextOf(answer, "speed") == "fast") return "fast";
        return tier is OnDemand ? null : tier;
    }

    /// <summary>Whether the name is one of the base, as a record's <c>service_tier</c> has them too.</summary>
    public static bool IsBase(string? tier) => tier is null or "standard" or "default" or "auto";

    /// <summary>A short text in lower case: as it stands, or as the <c>type</c> of an object.</summary>
    internal static string? TextOf(JsonElement answer, string name)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Object && !value.TryGetProperty("type", out value)) return null;
        if (value.ValueKind != JsonValueKind.String) return null;
        var text = value.GetString()!.ToLowerInvariant();
        return text.Length is 0 or > MaxLength || text.AsSpan().ContainsAnyExcept(Characters) ? null : text;
    }

    private static readonly System.Buffers.SearchValues<char> Characters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.");

    private static string? Traffic(JsonElement answer)
    {
        var traffic = TextOf(answer, "trafficType") ?? TextOf(answer, "traffic_type");
        if (traffic is null || traffic.EndsWith("unspecified", StringComparison.Ordinal)) return null;
        // The Python client prints the enumeration's name before the value.
        traffic = traffic[(traffic.IndexOf('.') + 1)..];
        if (!traffic.StartsWith(OnDemand, StringComparison.Ordinal)) return traffic;
        return traffic.Length > OnDemand.Length + 1 ? traffic[(OnDemand.Length + 1)..] : null;
    }
}
