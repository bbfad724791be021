using System.Runtime.CompilerServices;
using BudgetEngine.Client.Models;
using BudgetEngine.Client.Tests.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Providers;
using Microsoft.Extensions.AI;

namespace BudgetEngine.Client.Tests.Models;

[Collection(nameof(ClientStand))]
public sealed class BudgetChatClientTests(ClientStand stand)
{
    [Fact]
    public async Task Chat_ThatSucceeds_IsSettledByItsUsage()
    {
        await using var client = stand.NewClient();
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var chat = new ChatClientBuilder(new Model()).UseBudget(client, costCenter).Build();
        Assert.Equal("one two", (await chat.GetResponseAsync("hello")).Text);
        await AssertSpentAsync(costCenter, new Bill(10, 7));
    }

    [Fact]
    public async Task Stream_ReadToItsEnd_IsSettledByItsUsage()
    {
        await using var client = stand.NewClient();
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var chat = new ChatClientBuilder(new Model()).UseBudget(client, costCenter).Build();
        Assert.Equal("one two", (await chat.GetStreamingResponseAsync("hello").ToChatResponseAsync()).Text);
        await AssertSpentAsync(costCenter, new Bill(10, 7));
    }

    [Fact]
    public async Task Stream_GivenUp_IsSettledByWhatWasProduced()
    {
        await using var client = stand.NewClient();
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var chat = new ChatClientBuilder(new Model()).UseBudget(client, costCenter).Build();
        await foreach (var _ in chat.GetStreamingResponseAsync("hello")) break;
        // 16 characters of the frame and 5 of the text are 6 tokens; "one " is one.
        await AssertSpentAsync(costCenter, new Bill(6, 1));
    }

    [Fact]
    public async Task Chat_ThatFails_GivesItsHoldBack()
    {
        await using var client = stand.NewClient();
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var chat = new ChatClientBuilder(new Model()).UseBudget(client, costCenter).Build();
        await Assert.ThrowsAsync<InvalidDataException>(() => chat.GetResponseAsync("fail"));
        await Assert.ThrowsAsync<InvalidDataException>(() => chat.GetStreamingResponseAsync("fail").ToChatResponseAsync());
        await AssertSpentAsync(costCenter, default);
    }

    [Fact]
    public async Task Chat_BeyondTheBudget_IsNotMade()
    {
        await using var client = stand.NewClient();
        var model = new Model();
        using var chat = new ChatClientBuilder(model).UseBudget(client, await stand.Priced.NewCostCenterAsync(daily: 0.000001m)).Build();
        await Assert.ThrowsAsync<BudgetDeniedException>(() => chat.GetResponseAsync("hello"));
        Assert.Equal(0, model.Calls);
    }

    [Fact]
    public async Task Embeddings_AreSettledByTheirUsage()
    {
        await using var client = stand.NewClient();
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var generator = new EmbeddingGeneratorBuilder<string, Embedding<float>>(new Embedder()).UseBudget(client, costCenter).Build();
        Assert.Single(await generator.GenerateAsync(["hello"]));
        await AssertSpentAsync(costCenter, new Bill(3, 0));
    }

    private async Task AssertSpentAsync(string costCenter, Bill bill)
    {
        var limit = await stand.Priced.LimitOfAsync(costCenter);
        Assert.Equal((bill.Cost, 0), (Nano.ToUnits(limit.Spent), limit.Held));
    }

    private sealed class Model : IChatClient
    {
        public int Calls { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            if (messages.Last().Text == "fail") throw new InvalidDataException();
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "one two")) { Usage = Usage });
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            if (messages.Last().Text == "fail") throw new InvalidDataException();
            yield return new ChatResponseUpdate(ChatRole.Assistant, "one ");
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, "two");
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(Usage)]);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("openai", null, PricedEngine.Model) : null;

        public void Dispose() { }

        private static UsageDetails Usage => new() { InputTokenCount = 10, OutputTokenCount = 7 };
    }

    private sealed class Embedder : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(_ => new Embedding<float>(new float[2]))) { Usage = new UsageDetails { InputTokenCount = 3 } });

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("openai", null, PricedEngine.Model) : null;

        public void Dispose() { }
    }
}
