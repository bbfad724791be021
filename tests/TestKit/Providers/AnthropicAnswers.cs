namespace BudgetEngine.TestKit.Providers;

/// <summary>Answers in Anthropic's format.</summary>
public static class AnthropicAnswers
{
    /// <summary>10 characters: 3 tokens.</summary>
    private const string Arguments = """{\"at\":\"x\"}""";

    private const int TokensOfCall = 3;

    public static FakeAnswer Of(FakePrompt prompt)
    {
        var words = prompt.HasTools ? TokensOfCall : prompt.Words;
        var reason = prompt.HasTools ? "tool_use" : "end_turn";
        var content = prompt.HasTools
            ? """{"type":"tool_use","id":"toolu_1","name":"look","input":{"at":"x"}}"""
            : $$"""{"type":"text","text":"{{string.Concat(Enumerable.Repeat(FakeProvider.Word, prompt.Words))}}"}""";
        var hour = prompt.HourTokens;
        var cache = hour == 0 ? "" : $$$""","cache_creation_input_tokens":{{{hour}}},"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":{{{hour}}}}""";
        var whole = $$$"""{"id":"m1","type":"message","role":"assistant","model":"{{{prompt.Model}}}","content":[{{{content}}}],"stop_reason":"{{{reason}}}","stop_sequence":null,"usage":{"input_tokens":{{{prompt.InputTokens}}},"output_tokens":{{{words}}}{{{cache}}}}}""";
        var events = new List<(string, int)>
        {
            (Event("message_start", $$$$"""{"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"{{{{prompt.Model}}}}","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":{{{{prompt.InputTokens}}}},"output_tokens":0{{{{cache}}}}}}}"""), 0),
            (Event("content_block_start", prompt.HasTools
                ? """{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"look","input":{}}}"""
                : """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""), 0),
        };
        if (prompt.HasTools) events.Add((Event("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{{{Arguments}}}"}}"""), TokensOfCall));
        else events.AddRange(Enumerable.Repeat((Event("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{FakeProvider.Word}}}"}}"""), 1), prompt.Words));
        events.Add((Event("content_block_stop", """{"type":"content_block_stop","index":0}"""), 0));
        events.Add((Event("message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{"output_tokens":{{{words}}}}}"""), 0));
        events.Add((Event("message_stop", """{"type":"message_stop"}"""), 0));
        return new FakeAnswer(whole, events, words);
    }

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";
}
