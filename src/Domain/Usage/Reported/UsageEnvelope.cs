using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>A usage object, and what the answer around it says.</summary>
/// <param name="Batch">It belongs to a batch.</param>
/// <param name="Images">The answer is one of generated images.</param>
internal readonly record struct FoundUsage(JsonElement Usage, string? ServiceTier, bool Batch, bool Images);

/// <summary>Finds the usage object in whatever was sent.</summary>
internal static class UsageEnvelope
{
    /// <summary>Answers nest their usage at most so deep: a line of a batch's output has response, body, usage.</summary>
    private const int MaxDepth = 5;

    private static readonly string[] Usages = ["usage", "usageMetadata", "usage_metadata", "amazon-bedrock-invocationMetrics"];

    /// <summary>Where answers and events of streams keep the object that has the usage.</summary>
    private static readonly string[] Wrappers = ["meta", "message", "response", "x_groq", "delta", "metadata", "result", "body"];

    /// <summary>Any of these makes an object a usage object.</summary>
    private static readonly string[] Counts =
    [
        "prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "total_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
        "prompt_tokens_details", "input_tokens_details", "billed_units", "tokens", "seconds",
        "promptTokenCount", "candidatesTokenCount", "responseTokenCount", "thoughtsTokenCount", "totalTokenCount", "cachedContentTokenCount",
        "prompt_token_count", "candidates_token_count", "response_token_count", "thoughts_token_count", "total_token_count", "cached_content_token_count",
        "inputTokens", "outputTokens", "totalTokens", "inputTokenCount", "outputTokenCount",
    ];

    public static FoundUsage? Find(JsonElement json) => Find(json, MaxDepth, default);

    private static FoundUsage? Find(JsonElement json, int depth, FoundUsage around)
    {
        if (depth == 0) return null;
        if (json.ValueKind == JsonValueKind.Array) return FindLast(json, depth, around);
        if (json.ValueKind != JsonValueKind.Object) return null;
        around = around with
        {
            ServiceTier = ServiceTiers.Of(json) ?? around.ServiceTier,
            Batch = around.Batch || json.TryGetProperty("custom_id", out _) || (json.TryGetProperty("object", out var kind) && kind.ValueEqualsText("batch")),
            Images = around.Images || IsImages(json),
        };
        foreach (var name in Usages)
        {
            if (json.TryGetProperty(name, out var usage) && HasCount(usage)) return around with { Usage = usage, ServiceTier = ServiceTiers.Of(usage) ?? around.ServiceTier };
        }

        if (HasCount(json)) return around with { Usage = json };
        foreach (var name in Wrappers)
        {
            if (json.TryGetProperty(name, out var inner) && Find(inner, depth - 1, around) is { } found) return found;
        }

        return null;
    }

    /// <summary>A stream that was kept as an array: its last chunk with a usage says it all.</summary>
    private static FoundUsage? FindLast(JsonElement chunks, int depth, FoundUsage around)
    {
        for (var i = chunks.GetArrayLength() - 1; i >= 0; i--)
        {
            if (Find(chunks[i], depth - 1, around) is { } found) return found;
        }

        return null;
    }

    private static bool HasCount(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return false;
        foreach (var name in Counts)
        {
            if (json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.Object) return true;
        }

        return false;
    }

    private static bool IsImages(JsonElement json)
    {
        if (json.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString()!.StartsWith("image_", StringComparison.Ordinal)) return true;
        return json.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0
            && data[0] is { ValueKind: JsonValueKind.Object } first && (first.TryGetProperty("b64_json", out _) || first.TryGetProperty("url", out _));
    }

    private static bool ValueEqualsText(this JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}
