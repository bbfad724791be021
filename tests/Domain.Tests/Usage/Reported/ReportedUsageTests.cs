namespace BudgetEngine.Domain.Tests.Usage.Reported;

/// <summary>Shapes of usage objects, by the names that providers document. Whole answers and events of streams serve as well as the bare object.</summary>
public class ReportedUsageTests
{
    public static TheoryData<string, string> OpenAiNames => new()
    {
        { """{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}""", "in 9, out 4" },
        { """{"prompt_tokens":9.0,"completion_tokens":4e0}""", "in 9, out 4" },
        { """{"prompt_tokens":"9","completion_tokens":"4"}""", "in 9, out 4" },
        { """{"prompt_tokens":9,"total_tokens":9}""", "in 9" },
        { """{"total_tokens":12}""", "in 12" },
        { """{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}""", "in 0, out 0" },
        { """{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":null,"completion_tokens_details":null}""", "in 9, out 4" },
        { """{"prompt_tokens":100,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30}}""", "in 100, cached 60, write 30, out 9" },
        { """{"prompt_tokens":100,"completion_tokens":9,"prompt_tokens_details":{"audio_tokens":40,"cached_tokens":30,"cached_tokens_details":{"audio_tokens":20,"text_tokens":10}}}""", "in 100, cached 30, audio 40, cachedaudio 20, out 9" },
        { """{"prompt_tokens":100,"completion_tokens":9,"completion_tokens_details":{"audio_tokens":5,"reasoning_tokens":2,"accepted_prediction_tokens":1,"rejected_prediction_tokens":1}}""", "in 100, out 9, reasoning 2, audioout 5" },
        { """{"input_tokens":50,"input_tokens_details":{"cached_tokens":20},"output_tokens":30,"output_tokens_details":{"reasoning_tokens":25},"total_tokens":80}""", "in 50, cached 20, out 30, reasoning 25" },
        { """{"input_tokens":40,"output_tokens":700,"total_tokens":740,"input_tokens_details":{"text_tokens":10,"image_tokens":30}}""", "in 40, image 30, out 700, imageout 700" },
        { """{"input_tokens":40,"output_tokens":700,"input_tokens_details":{"text_tokens":10,"image_tokens":30},"output_tokens_details":{"image_tokens":600,"text_tokens":100}}""", "in 40, image 30, out 700, imageout 600" },
        { """{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":0,"audio_tokens":14},"output_tokens":45,"total_tokens":59}""", "in 14, audio 14, out 45" },
        { """{"type":"duration","seconds":27.4}""", "second x27.4" },
        { """{"type":"duration","seconds":"8.47","input_tokens":3}""", "second x8.47" },
        { """{"type":"duration","seconds":0}""", "" },
        { """{"input_tokens":300,"output_tokens":60,"input_token_details":{"text_tokens":100,"audio_tokens":120,"image_tokens":80,"cached_tokens":90,"cached_tokens_details":{"text_tokens":20,"audio_tokens":40,"image_tokens":30}},"output_token_details":{"text_tokens":20,"audio_tokens":40}}""", "in 300, cached 90, audio 120, cachedaudio 40, image 50, out 60, audioout 40" },
        { """{"prompt_tokens":80,"completion_tokens":20,"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":16}""", "in 80, cached 64, out 20" },
        { """{"prompt_tokens":80,"completion_tokens":20,"num_cached_tokens":64,"prompt_token_details":{"cached_tokens":64}}""", "in 80, cached 64, out 20" },
        { """{"prompt_tokens":4,"completion_tokens":635,"total_tokens":3264,"prompt_audio_seconds":203}""", "in 4, out 635, audio_second x203" },
        { """{"prompt_tokens":80,"completion_tokens":20,"cached_tokens":64}""", "in 80, cached 64, out 20" },
        { """{"prompt_tokens":80,"completion_tokens":20,"queue_time":0.1,"total_time":0.5,"service_tier":"on_demand"}""", "in 80, out 20" },
        { """{"prompt_tokens":900,"completion_tokens":20,"cache_read_input_tokens":500,"cache_creation_input_tokens":300,"prompt_tokens_details":{"cached_tokens":500,"cache_creation_tokens":300,"cache_creation_token_details":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200}}}""", "in 900, cached 500, write 100, write1h 200, out 20" },
        { """{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"web_search_requests":3}}""", "in 9, out 4, web_search x3" },
    };

    public static TheoryData<string, string> OtherNames => new()
    {
        { """{"input_tokens":10,"output_tokens":5,"cache_read_input_tokens":100,"cache_creation_input_tokens":50}""", "in 160, cached 100, write 50, out 5" },
        { """{"input_tokens":10,"output_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":30}}""", "in 60, write 20, write1h 30, out 5" },
        { """{"input_tokens":10,"output_tokens":5,"cache_creation_input_tokens":90,"cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":30}}""", "in 100, write 60, write1h 30, out 5" },
        { """{"input_tokens":10,"output_tokens":5,"cache_creation_input_tokens":40,"cache_creation":{"ephemeral_5m_input_tokens":40,"ephemeral_1h_input_tokens":90}}""", "in 50, write 0, write1h 40, out 5, adjusted" },
        { """{"input_tokens":10,"output_tokens":5,"server_tool_use":{"web_search_requests":1,"web_fetch_requests":4,"code_execution_requests":2}}""", "in 10, out 5, web_search x1, ignored usage.server_tool_use.code_execution_requests" },
        { """{"input_tokens":10,"output_tokens":5,"service_tier":"batch","inference_geo":"us"}""", "in 10, out 5, tier batch, region us" },
        { """{"input_tokens":10,"output_tokens":5,"service_tier":"standard","speed":"fast"}""", "in 10, out 5, tier fast" },
        { """{"output_tokens":15}""", "out 15" },
        { """{"input_tokens":70,"output_tokens":9,"cache_read_input_tokens":5,"iterations":[{"type":"message","input_tokens":40,"output_tokens":4,"cache_read_input_tokens":5},{"type":"message","input_tokens":30,"output_tokens":5},{"type":"compaction","input_tokens":500,"output_tokens":50}]}""", "in 575, cached 5, out 59, largest 500" },
        { """{"input_tokens":70,"output_tokens":9,"iterations":[{"type":"message","input_tokens":70,"output_tokens":9}]}""", "in 70, out 9" },
        { """{"promptTokenCount":90,"candidatesTokenCount":8,"thoughtsTokenCount":30,"toolUsePromptTokenCount":10,"totalTokenCount":138}""", "in 100, out 38, reasoning 30" },
        { """{"prompt_token_count":90,"candidates_token_count":8,"thoughts_token_count":30,"cached_content_token_count":64,"prompt_tokens_details":[{"modality":"TEXT","token_count":60},{"modality":"Modality.AUDIO","token_count":30}],"cache_tokens_details":[{"modality":"AUDIO","token_count":12}]}""", "in 90, cached 64, audio 30, cachedaudio 12, out 38, reasoning 30" },
        { """{"promptTokenCount":90,"promptTokensDetails":[{"modality":"VIDEO","tokenCount":70},{"modality":"DOCUMENT","tokenCount":20}]}""", "in 90, video 70" },
        { """{"promptTokenCount":9,"candidatesTokenCount":1290,"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290}],"trafficType":"ON_DEMAND_PRIORITY"}""", "in 9, out 1290, imageout 1290, tier priority" },
        { """{"promptTokenCount":9,"candidatesTokenCount":1,"trafficType":"PROVISIONED_THROUGHPUT"}""", "in 9, out 1, tier provisioned_throughput" },
        { """{"inputTokens":10,"outputTokens":5,"totalTokens":15}""", "in 10, out 5" },
        { """{"inputTokens":10,"outputTokens":5,"totalTokens":115,"cacheReadInputTokens":60,"cacheWriteInputTokens":40,"cacheDetails":[{"ttl":"5m","inputTokens":15},{"ttl":"1h","inputTokens":25}]}""", "in 110, cached 60, write 15, write1h 25, out 5" },
        { """{"billed_units":{"input_tokens":12.0,"output_tokens":3,"search_units":2,"classifications":7},"tokens":{"input_tokens":80,"output_tokens":4}}""", "in 12, out 3, query x2, ignored usage.billed_units.classifications" },
        { """{"billed_units":{"images":3}}""", "image x3" },
        { """{"tokens":{"input_tokens":80,"output_tokens":4}}""", "in 80, out 4" },
        { """{"prompt_tokens":33,"completion_tokens":700,"total_tokens":733,"citation_tokens":18889,"num_search_queries":18,"reasoning_tokens":95305}""", "in 33, out 96005, reasoning 95305, web_search x18, parts_added, ignored usage.citation_tokens" },
        { """{"prompt_tokens":3,"completion_tokens":7,"search_context_size":"high","cost":{"request_cost":0.014,"total_cost":0.0145}}""", "in 3, out 7, web_search_high x1, cost 0.0145" },
        { """{"prompt_tokens":3,"completion_tokens":7,"num_sources_used":4,"server_side_tool_usage_details":{"web_search_calls":2,"x_search_calls":1,"mcp_calls":0},"cost_in_usd_ticks":1234500}""", "in 3, out 7, web_search x2, cost 0.00012345, ignored usage.server_side_tool_usage_details.x_search_calls, ignored usage.num_sources_used" },
        { """{"prompt_tokens":3,"completion_tokens":7,"cost":0.01,"is_byok":true,"cost_details":{"upstream_inference_cost":0.19}}""", "in 3, out 7, cost 0.19" },
    };

    public static TheoryData<string, string> Envelopes => new()
    {
        { """{"id":"x","object":"chat.completion","choices":[{"message":{"content":"hi"}}],"service_tier":"priority","usage":{"prompt_tokens":9,"completion_tokens":4}}""", "in 9, out 4, tier priority" },
        { """{"id":"x","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}""", "in 9, out 4" },
        { """{"choices":[],"x_groq":{"id":"r","usage":{"prompt_tokens":9,"completion_tokens":4}}}""", "in 9, out 4" },
        { """{"type":"response.completed","response":{"service_tier":"flex","output":[],"usage":{"input_tokens":9,"output_tokens":4,"total_tokens":13}}}""", "in 9, out 4, tier flex" },
        { """{"type":"response.done","response":{"usage":{"total_tokens":13,"input_tokens":9,"output_tokens":4}}}""", "in 9, out 4" },
        { """{"type":"message_start","message":{"id":"m","usage":{"input_tokens":25,"cache_read_input_tokens":7,"output_tokens":1}}}""", "in 32, cached 7, out 1" },
        { """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}""", "out 15" },
        { """{"created":1,"data":[{"b64_json":"AAAA"}],"usage":{"input_tokens":9,"output_tokens":400}}""", "in 9, out 400, imageout 400" },
        { """{"object":"list","data":[{"object":"embedding","embedding":[0.1]}],"usage":{"prompt_tokens":8,"total_tokens":8}}""", "in 8" },
        { """{"text":"hello","usage":{"type":"duration","seconds":3}}""", "second x3" },
        { """{"object":"batch","status":"completed","usage":{"input_tokens":20,"output_tokens":15}}""", "in 20, out 15, tier batch" },
        { """{"id":"batch_req_1","custom_id":"c","response":{"status_code":200,"body":{"service_tier":"default","usage":{"prompt_tokens":9,"completion_tokens":4}}}}""", "in 9, out 4, tier batch" },
        { """{"custom_id":"c","result":{"type":"succeeded","message":{"usage":{"input_tokens":9,"output_tokens":4,"service_tier":"batch"}}}}""", "in 9, out 4, tier batch" },
        { """{"candidates":[{"content":{}}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":4}}""", "in 9, out 4" },
        { """[{"candidates":[],"usageMetadata":{"promptTokenCount":9}},{"candidates":[],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":4}}]""", "in 9, out 4" },
        { """{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":9,"responseTokenCount":4}}""", "in 9, out 4" },
        { """{"output":{"message":{"content":[{"text":"hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":9,"outputTokens":4},"serviceTier":{"type":"priority"}}""", "in 9, out 4, tier priority" },
        { """{"metadata":{"usage":{"inputTokens":9,"outputTokens":4},"metrics":{"latencyMs":7}}}""", "in 9, out 4" },
        { """{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9,"outputTokenCount":4,"invocationLatency":7}}""", "in 9, out 4" },
        { """{"generation":"hi","prompt_token_count":9,"generation_token_count":4}""", "in 9, out 4" },
        { """{"id":"x","results":[],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}}""", "query x1" },
        { """{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":9,"output_tokens":4}}}}""", "in 9, out 4" },
    };

    /// <summary>What contradicts itself, is negative, or is nothing.</summary>
    public static TheoryData<string, string> Oddities => new()
    {
        { """{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":90}}""", "in 100, cached 90, out 2, parts_added" },
        { """{"promptTokenCount":10,"candidatesTokenCount":2,"cachedContentTokenCount":90}""", "in 100, cached 90, out 2, parts_added" },
        { """{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":6,"cache_write_tokens":6}}""", "in 22, cached 6, write 6, out 2, parts_added" },
        { """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":23,"completion_tokens_details":{"reasoning_tokens":8}}""", "in 10, out 13, reasoning 8, parts_added" },
        { """{"prompt_tokens":10,"completion_tokens":8,"total_tokens":26,"completion_tokens_details":{"reasoning_tokens":8}}""", "in 10, out 16, reasoning 8, parts_added" },
        { """{"prompt_tokens":10,"completion_tokens":8,"total_tokens":18,"completion_tokens_details":{"reasoning_tokens":8}}""", "in 10, out 8, reasoning 8" },
        { """{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":8}}""", "in 10, out 13, reasoning 8, parts_added" },
        { """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":99,"completion_tokens_details":{"reasoning_tokens":8}}""", "in 10, out 13, reasoning 8, parts_added" },
        { """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":99,"completion_tokens_details":{"reasoning_tokens":4}}""", "in 10, out 5, reasoning 4" },
        { """{"prompt_tokens":-10,"completion_tokens":5}""", "in 0, out 5, adjusted" },
        { """{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":-1}}""", "in 10, out 5, adjusted" },
        { """{"prompt_tokens":10.5,"completion_tokens":5}""", "in 11, out 5, adjusted" },
        { """{"prompt_tokens":10,"completion_tokens":true}""", "in 10, adjusted" },
        { """{"prompt_tokens":10,"completion_tokens":5,"cost":-1}""", "in 10, out 5" },
        { """{"prompt_tokens":10,"completion_tokens":5,"service_tier":"a tier\nof two lines"}""", "in 10, out 5" },
        { """{"prompt_tokens":-10,"completion_tokens":-5}""", "fault: no counts in usage" },
        { """{"type":"duration","seconds":-1}""", "fault: no counts in usage" },
        { """{"prompt_tokens":null}""", "fault: no counts in usage" },
        { """{"prompt_tokens":"many"}""", "fault: no counts in usage" },
        { """{"prompt_tokens_details":{"cached_tokens":0}}""", "fault: no counts in usage" },
        { """{"usage":null,"choices":[]}""", "fault: no counts in usage" },
        { """{"usage":{}}""", "fault: no counts in usage" },
        { "{}", "fault: no counts in usage" },
        { "[]", "fault: no counts in usage" },
        { "\"usage\"", "fault: no counts in usage" },
        { "17", "fault: no counts in usage" },
        { "null", "fault: no counts in usage" },
        { """{"prompt_tokens":1e13}""", "fault: has a count above 1000000000000 tokens or 1000000000 units" },
        { """{"prompt_tokens":1e400}""", "fault: has a count above 1000000000000 tokens or 1000000000 units" },
    };

    [Theory]
    [MemberData(nameof(OpenAiNames))]
    [MemberData(nameof(OtherNames))]
    [MemberData(nameof(Envelopes))]
    [MemberData(nameof(Oddities))]
    public void Read_AShape_CountsWhatIsBilled(string json, string expected) => Assert.Equal(expected, Described.Line(Described.Read(json)));

    [Fact]
    public void Read_HalfACharacterInAName_IsAFaultAndNoException() =>
        Assert.Equal("fault: must be valid Unicode (no lone surrogate)", Described.Line(Described.Read("""{"prompt_token\ud800":1,"total_tokens\udc00":2,"x_token_count":1}""")));
}
