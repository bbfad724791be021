using System.Text;
using System.Text.Json;
using BudgetEngine.Client.Calls;
using BudgetEngine.Client.Providers;

namespace BudgetEngine.Client.Tests.Providers;

public sealed class ReadingTests
{
    [Theory]
    [InlineData("data: a\n\ndata: b\n\n")]
    [InlineData("event: x\r\ndata: a\r\n\r\n: comment\r\n\r\n")]
    [InlineData("data: a\r\rdata: b\r\r")]
    public void EventStream_CutAtAnyByte_GivesTheSameEventsAndEveryByte(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var events = new EventStream();
            var taken = new List<string>();
            foreach (var piece in new[] { bytes[..cut], bytes[cut..] })
            {
                events.Add(piece);
                while (events.TryTake(out var whole)) taken.Add(Encoding.UTF8.GetString(whole));
            }

            Assert.Equal(2, taken.Count);
            Assert.Equal(text, string.Concat(taken) + Encoding.UTF8.GetString(events.TakeRest()));
        }
    }

    [Theory]
    [InlineData("""{"prompt_tokens":100,"completion_tokens":20,"prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":5}}""", ProviderFormat.OpenAi, 100, 40, 0, 20, 5)]
    [InlineData("""{"input_tokens":100,"output_tokens":20,"input_tokens_details":{"cached_tokens":40},"output_tokens_details":null}""", ProviderFormat.OpenAi, 100, 40, 0, 20, 0)]
    [InlineData("""{"input_tokens":100,"cache_read_input_tokens":40,"cache_creation_input_tokens":7,"output_tokens":20}""", ProviderFormat.Anthropic, 147, 40, 7, 20, 0)]
    [InlineData("""{"input_tokens":100,"cache_creation_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":5},"output_tokens":20}""", ProviderFormat.Anthropic, 107, 0, 2, 20, 0, 5)]
    [InlineData("""{"prompt_tokens":3,"total_tokens":3}""", ProviderFormat.OpenAi, 3, 0, 0, 0, 0)]
    public void UsageObject_OfAProvider_BecomesTheEnginesCounts(string json, ProviderFormat format, long input, long cached, long written, long output, long reasoning, long hour = 0)
    {
        using var usage = JsonDocument.Parse(json);
        Assert.Equal(new TokenUsage(input, cached, written, output, reasoning, hour), ReportedUsage.Read(usage.RootElement, format));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"prompt_tokens":-1}""")]
    [InlineData("""{"prompt_tokens":"3"}""")]
    public void UsageObject_WithoutCounts_IsNone(string json)
    {
        using var usage = JsonDocument.Parse(json);
        Assert.Null(ReportedUsage.Read(usage.RootElement, ProviderFormat.OpenAi));
    }

    [Theory]
    [InlineData("""{ "model" : "m", "max_tokens" : 9 , "x":[1, 2] }""", """{ "model" : "m", "max_tokens" : 5 , "x":[1, 2] }""")]
    [InlineData("""{"model":"m","max_completion_tokens":900}""", """{"model":"m","max_completion_tokens":5}""")]
    [InlineData("""{"model":"m"}""", """{"max_completion_tokens":5,"model":"m"}""")]
    public void MaxOutputTokens_Lowered_ChangesNoOtherByte(string before, string after) =>
        Assert.Equal(after, Encoding.UTF8.GetString(ModelRequest.WithMaxOutputTokens(Encoding.UTF8.GetBytes(before), "/v1/chat/completions", 5)));

    [Theory]
    [InlineData("""{"a": 1}""", """{"stream_options":{"include_usage":true},"a": 1}""")]
    [InlineData("""{"stream_options":null, "a":1}""", """{"stream_options":{"include_usage":true}, "a":1}""")]
    [InlineData("""{"stream_options":{"include_obfuscation":false,"include_usage":false}}""", """{"stream_options":{"include_obfuscation":false,"include_usage":true}}""")]
    [InlineData("""{"stream_options":{"x":1,"x":2,"include_usage":false,"include_usage":null}}""", """{"stream_options":{"x":1,"x":2,"include_usage":false,"include_usage":true}}""")]
    [InlineData("""{"stream_options":{ }}""", """{"stream_options":{"include_usage":true }}""")]
    [InlineData("""{"\ud800\ud800\ud800":1,"stream\u005foptions":{"\ud800\ud800\ud800":1}}""", """{"\ud800\ud800\ud800":1,"stream\u005foptions":{"include_usage":true,"\ud800\ud800\ud800":1}}""")]
    public void UsageOfAStream_Asked_KeepsTheOtherOptions(string before, string after) =>
        Assert.Equal(after, Encoding.UTF8.GetString(ModelRequest.WithUsageAsked(Encoding.UTF8.GetBytes(before))));

    [Fact]
    public void Text_WithHalfOfAPair_IsCountedAsItIsWritten()
    {
        // What JavaScript makes of a prompt that it cuts inside of an emoji. Providers take it, so nothing here may throw.
        var request = ModelRequest.TryRead(Encoding.UTF8.GetBytes("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"abc\\ud83d\"}]}"))!;
        Assert.InRange(request.InputCharacters, 9, 40);

        var whole = new AnswerReader(ProviderFormat.OpenAi);
        whole.ReadWhole(Encoding.UTF8.GetBytes("{\"content\":\"abc\\ud83d\"}"));
        Assert.Equal(9, whole.Outcome("success", null, default, new CallEstimate { CostCenter = "acme", Model = "m" }).OutputCharacters);
        var stream = new AnswerReader(ProviderFormat.OpenAi);
        stream.ReadEvent(Encoding.UTF8.GetBytes("data: {\"content\":\"abc\\ud83d\"}\n\n"));
        Assert.Equal(9, stream.Outcome("success", null, default, new CallEstimate { CostCenter = "acme", Model = "m" }).OutputCharacters);
    }

    [Fact]
    public void Request_WithSeveralAnswersAndAnImage_IsEstimatedByBoth()
    {
        var request = ModelRequest.TryRead(Encoding.UTF8.GetBytes(
            """{"model":"m","n":3,"max_tokens":10,"messages":[{"role":"user","content":[{"type":"text","text":"abcd"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}"""))!;
        Assert.Equal((30, 3, 4 + 16 + 6_400), (request.MaxOutputTokens, request.Answers, request.InputCharacters));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"model":7}""")]
    [InlineData("""{"messages":[]}""")]
    public void Body_WithoutAModel_IsNoModelRequest(string body) => Assert.Null(ModelRequest.TryRead(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Response_OfTheResponsesApi_IsCountedAtItsEnd_AndByItsPiecesBefore()
    {
        var answer = new AnswerReader(ProviderFormat.OpenAi);
        answer.ReadEvent("event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"abcdefgh\"}\n\n"u8);
        answer.ReadEvent("event: response.output_text.done\ndata: {\"type\":\"response.output_text.done\",\"text\":\"abcdefgh\"}\n\n"u8);
        var estimate = new CallEstimate { CostCenter = "a", Model = "m" };
        Assert.Equal(8, answer.Outcome("cancelled", null, default, estimate).OutputCharacters);
        answer.ReadEvent("data: {\"type\":\"response.completed\",\"response\":{\"error\":null,\"usage\":{\"input_tokens\":3,\"output_tokens\":2}}}\n\n"u8);
        var whole = answer.Outcome("success", null, default, estimate);
        Assert.Equal("""{"usage":{"input_tokens":3,"output_tokens":2}}""", whole.Report!.Value.GetRawText());
        Assert.Null(whole.Usage);
        Assert.False(answer.HasError);
        // One record has one report: with what failed tries used it is counts.
        Assert.Equal(new TokenUsage(4, 0, 0, 2, 0), answer.Outcome("success", null, new TokenUsage(1, 0, 0, 0, 0), estimate).Usage);
    }

    [Fact]
    public void Report_OfAnAnthropicStream_IsItsEndOverItsBeginning()
    {
        var answer = new AnswerReader(ProviderFormat.Anthropic);
        answer.ReadEvent("data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9,\"cache_read_input_tokens\":4,\"output_tokens\":1,\"service_tier\":\"batch\"}}}\n\n"u8);
        Assert.Null(answer.Reported);
        answer.ReadEvent("data: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":0,\"cache_read_input_tokens\":null,\"output_tokens\":7,\"server_tool_use\":{\"web_search_requests\":2}}}\n\n"u8);

        var report = answer.Outcome("success", null, default, new CallEstimate { CostCenter = "a", Model = "m" }).Report!.Value.GetRawText();

        Assert.Equal("""{"usage":{"input_tokens":9,"cache_read_input_tokens":4,"output_tokens":7,"service_tier":"batch","server_tool_use":{"web_search_requests":2}}}""", report);
    }

    [Fact]
    public void Report_OfAnAnswer_HasTheTierThatServedIt()
    {
        var answer = new AnswerReader(ProviderFormat.OpenAi);
        answer.ReadWhole(Encoding.UTF8.GetBytes("""{"id":"c","service_tier":"flex","usage":{"prompt_tokens":3,"completion_tokens":2}}"""));

        Assert.Equal("""{"usage":{"prompt_tokens":3,"completion_tokens":2},"service_tier":"flex"}""", answer.Outcome("success", null, default, new CallEstimate { CostCenter = "a", Model = "m" }).Report!.Value.GetRawText());
    }
}
