using System.Text.Json;
using BudgetEngine.Client.Calls;

namespace BudgetEngine.Client.Providers;

/// <summary>
/// Token counts of a provider's usage object, for where the object itself cannot go to the engine: an answer that broke off, or several tries in one record.
/// </summary>
public static class ReportedUsage
{
    /// <summary>
    /// OpenAI's Chat Completions (<c>prompt_tokens</c>) and Responses (<c>input_tokens</c>) count cached tokens inside of the input; Anthropic's are in addition
    /// to it. Null: the object has no count at all.
    /// </summary>
    public static TokenUsage? Read(JsonElement usage, ProviderFormat format)
    {
        if (usage.ValueKind != JsonValueKind.Object) return null;
        var input = Count(usage, "prompt_tokens") ?? Count(usage, "input_tokens");
        var output = Count(usage, "completion_tokens") ?? Count(usage, "output_tokens");
        if (input is null && output is null) return null;
        return format == ProviderFormat.Anthropic ? Anthropic(usage, input ?? 0, output ?? 0) : OpenAi(usage, input ?? 0, output ?? 0);
    }

    private static TokenUsage OpenAi(JsonElement usage, long input, long output)
    {
        var inside = Details(usage, "prompt_tokens_details") ?? Details(usage, "input_tokens_details");
        var reasoning = Details(usage, "completion_tokens_details") ?? Details(usage, "output_tokens_details");
        var cached = Count(inside, "cached_tokens") ?? 0;
        var written = Count(inside, "cache_write_tokens") ?? 0;
        return new TokenUsage(input, Math.Min(cached, input), Math.Min(written, input - Math.Min(cached, input)), output, Math.Min(Count(reasoning, "reasoning_tokens") ?? 0, output));
    }

    private static TokenUsage Anthropic(JsonElement usage, long input, long output)
    {
        var cached = Count(usage, "cache_read_input_tokens") ?? 0;
        var written = Count(usage, "cache_creation_input_tokens") ?? 0;
        var hour = Math.Min(Count(Details(usage, "cache_creation"), "ephemeral_1h_input_tokens") ?? 0, written);
        return new TokenUsage(input + cached + written, cached, written - hour, output, 0, hour);
    }

    private static JsonElement? Details(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var details) && details.ValueKind == JsonValueKind.Object ? details : null;

    private static long? Count(JsonElement? from, string name) =>
        from is { } holder && holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0 ? count : null;
}
