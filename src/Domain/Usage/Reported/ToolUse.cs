using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>Tools that the provider runs and bills by use. Searches have a meter; what has none is told.</summary>
internal static class ToolUse
{
    public static void Read(JsonElement usage, UsageTally tally)
    {
        Searches(usage, tally);
        var anthropic = Parts.First(usage, "server_tool_use");
        if (anthropic.ValueKind == JsonValueKind.Object)
        {
            tally.Unit("web_search", anthropic, "web_search_requests");
            // Fetching a page costs nothing but its tokens.
            tally.IgnoreOthers(anthropic, "server_tool_use.", "web_search_requests", "web_fetch_requests");
        }
        else
        {
            tally.Unit("web_search", Parts.First(usage, OpenAiUsage.InputDetails), "web_search_requests");
        }

        var xai = Parts.First(usage, "server_side_tool_usage_details");
        if (xai.ValueKind == JsonValueKind.Object)
        {
            tally.Unit("web_search", xai, "web_search_calls");
            tally.IgnoreOthers(xai, "server_side_tool_usage_details.", "web_search_calls");
        }

        tally.Ignore(usage, "num_sources_used");
        tally.Ignore(usage, "citation_tokens");
    }

    /// <summary>Perplexity: by the size of the context that a search brought in; one search where the number is not told.</summary>
    private static void Searches(JsonElement usage, UsageTally tally)
    {
        var size = ServiceTiers.TextOf(usage, "search_context_size");
        var meter = size is "low" or "medium" or "high" ? "web_search_" + size : "web_search";
        if (usage.TryGetProperty("num_search_queries", out var number) && number.ValueKind != JsonValueKind.Null) tally.Unit(meter, usage, "num_search_queries");
        else if (size is not null) tally.Unit(meter, 1);
    }
}
