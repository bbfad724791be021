using System.ClientModel;
using System.ClientModel.Primitives;
using BudgetEngine.Gateway.Tests.Harness;
using BudgetEngine.TestKit.Providers;
using OpenAI;
using OpenAI.Chat;

namespace BudgetEngine.Gateway.Tests.Libraries;

/// <summary>OpenAI's own library for .NET, whose base address is the gateway's and whose key is the budget's.</summary>
[Collection(nameof(GatewayStand))]
public sealed class OpenAiLibraryTests(GatewayStand stand)
{
    [Fact]
    public async Task Chat_Plain_IsAnsweredAndSettled()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        ChatCompletion answer = await NewClient(key).CompleteChatAsync("words=3");
        Assert.Equal("abc abc abc ", answer.Content[0].Text);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Chat_Streamed_IsAnsweredAndSettled()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        var text = "";
        await foreach (var update in NewClient(key).CompleteChatStreamingAsync("words=6")) text += string.Concat(update.ContentUpdate.Select(c => c.Text));
        Assert.Equal(string.Concat(Enumerable.Repeat(FakeProvider.Word, 6)), text);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Chat_WithTools_IsAnsweredAndSettled()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("look", "Looks.", BinaryData.FromString("""{"type":"object","properties":{"at":{"type":"string"}}}""")) } };
        ChatCompletion answer = await NewClient(key).CompleteChatAsync([new UserChatMessage("go")], options);
        Assert.Equal("look", Assert.Single(answer.ToolCalls).FunctionName);
        var arguments = "";
        await foreach (var update in NewClient(key).CompleteChatStreamingAsync([new UserChatMessage("go")], options))
        {
            foreach (var call in update.ToolCallUpdates) arguments += call.FunctionArgumentsUpdate;
        }

        Assert.Equal("""{"at":"x"}""", arguments);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Chat_Aborted_IsSettledWithWhatWasProduced()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        var words = 0;
        await foreach (var update in NewClient(key).CompleteChatStreamingAsync("words=9 pause=3"))
        {
            words += update.ContentUpdate.Count(c => c.Text == FakeProvider.Word);
            if (words == 3) break;
        }

        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(3, Assert.Single(stand.Provider.Bills).OutputTokens);
    }

    [Fact]
    public async Task Chat_Denied_IsShownAndNotRepeated()
    {
        var (key, _) = await stand.NewTeamAsync(daily: 0.00001m);
        var attempts = new CountingPolicy();
        var denied = await Assert.ThrowsAsync<ClientResultException>(() => NewClient(key, attempts).CompleteChatAsync("words=3"));
        Assert.Equal(402, denied.Status);
        Assert.Contains("budget_exceeded", denied.Message, StringComparison.Ordinal);
        Assert.Equal(1, attempts.Count);
        Assert.Empty(stand.Provider.Requests);
    }

    private ChatClient NewClient(string key, PipelinePolicy? policy = null)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(stand.Address, "/openai/v1") };
        if (policy is not null) options.AddPolicy(policy, PipelinePosition.PerTry);
        return new ChatClient(PricedEngine.Model, new ApiKeyCredential(key), options);
    }

    private sealed class CountingPolicy : PipelinePolicy
    {
        public int Count { get; private set; }

        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Count++;
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Count++;
            return ProcessNextAsync(message, pipeline, currentIndex);
        }
    }
}
