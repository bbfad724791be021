namespace BudgetEngine.TestKit.Providers;

/// <summary>Answers in OpenAI's format.</summary>
public static class OpenAiAnswers
{
    /// <summary>10 characters: 3 tokens.</summary>
    private const string Arguments = """{\"at\":\"x\"}""";

    private const string Call = "\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"look\",\"arguments\":\"" + Arguments + "\"}";
    private const int TokensOfCall = 3;

    public static FakeAnswer Of(FakePrompt prompt)
    {
        var words = prompt.HasTools ? TokensOfCall : prompt.Words;
        var usage = $$"""{"prompt_tokens":{{prompt.InputTokens}},"completion_tokens":{{words}},"total_tokens":{{prompt.InputTokens + words}}}""";
        var message = prompt.HasTools
            ? $$"""{"role":"assistant","content":null,"tool_calls":[{ {{Call}} }]}"""
            : $$"""{"role":"assistant","content":"{{string.Concat(Enumerable.Repeat(FakeProvider.Word, prompt.Words))}}"}""";
        var reason = prompt.HasTools ? "tool_calls" : "stop";
        var whole = $$"""{"id":"c1","object":"chat.completion","created":1,"model":"{{prompt.Model}}","choices":[{"index":0,"message":{{message}},"finish_reason":"{{reason}}"}],"usage":{{usage}}}""";
        // With include_usage every chunk has the member.
        var none = prompt.AsksForUsage ? ",\"usage\":null" : "";
        var events = new List<(string, int)> { (Chunk("""{"role":"assistant","content":""}""", "null"), 0) };
        if (prompt.HasTools) events.Add((Chunk($$"""{"tool_calls":[{"index":0,{{Call}} }]}""", "null"), TokensOfCall));
        else events.AddRange(Enumerable.Repeat((Chunk($$"""{"content":"{{FakeProvider.Word}}"}""", "null"), 1), prompt.Words));
        events.Add((Chunk("{}", $"\"{reason}\""), 0));
        if (prompt.AsksForUsage) events.Add(($$"""data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"{{prompt.Model}}","choices":[],"usage":{{usage}}}""" + "\n\n", 0));
        events.Add(("data: [DONE]\n\n", 0));
        return new FakeAnswer(whole, events, words);

        string Chunk(string delta, string finish) =>
            $$"""data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"{{prompt.Model}}","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]{{none}}}""" + "\n\n";
    }

    public static FakeAnswer Embeddings(FakePrompt prompt) => new(
        $$$"""{"object":"list","model":"{{{prompt.Model}}}","data":[{"object":"embedding","index":0,"embedding":[0.5,0.25]}],"usage":{"prompt_tokens":{{{prompt.InputTokens}}},"total_tokens":{{{prompt.InputTokens}}}}}""",
        [], 0);
}
