using System.Text.Json;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>What providers send about the use of a call, in their shapes, some of it wrong.</summary>
internal static class UsageObjects
{
    private static readonly string[] _shapes =
    [
        """{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":40,"audio_tokens":3},"completion_tokens_details":{"reasoning_tokens":7}}""",
        """{"input_tokens":100,"output_tokens":20,"total_tokens":120,"input_tokens_details":{"text_tokens":60,"image_tokens":40}}""",
        """{"input_tokens":9,"output_tokens":20,"cache_read_input_tokens":40,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":10},"server_tool_use":{"web_search_requests":2},"service_tier":"batch","iterations":[{"type":"compaction","input_tokens":70,"output_tokens":5},{"type":"message","input_tokens":9,"output_tokens":20}]}""",
        """{"promptTokenCount":100,"candidatesTokenCount":20,"thoughtsTokenCount":9,"cachedContentTokenCount":40,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":30}],"trafficType":"ON_DEMAND_FLEX"}""",
        """{"inputTokens":9,"outputTokens":20,"cacheWriteInputTokens":40,"cacheDetails":[{"ttl":"1h","inputTokens":40}]}""",
        """{"billed_units":{"input_tokens":5.0,"search_units":2},"tokens":{"input_tokens":80}}""",
        """{"type":"duration","seconds":27.4}""",
        """{"prompt_tokens":7,"completion_tokens":9,"num_search_queries":2,"search_context_size":"low","cost":{"total_cost":0.008}}""",
        """{"prompt_tokens":7,"completion_tokens":9,"cost":0.002,"is_byok":true,"cost_details":{"upstream_inference_cost":0.001},"cost_in_usd_ticks":1000000}""",
    ];

    private static readonly string[] _envelopes =
    [
        "#", """{"choices":[],"usage":#}""", """{"type":"message_start","message":{"usage":#}}""", """{"response":{"body":{"usage":#}},"custom_id":"c"}""", """[{"usageMetadata":null},{"usageMetadata":#}]""", """{"meta":#}""",
    ];

    public static JsonTree Next(Random random)
    {
        var text = _envelopes[random.Next(_envelopes.Length)].Replace("#", _shapes[random.Next(_shapes.Length)], StringComparison.Ordinal);
        var tree = JsonTree.Of(JsonDocument.Parse(text).RootElement);
        for (var i = random.Next(4); i > 0; i--) Mutations.Structure(tree, random);
        return tree;
    }
}
