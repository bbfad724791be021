using BudgetEngine.Domain.Prices;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>Spellings of models as gateways and clouds send them; docs/rating.md, section 3.</summary>
public sealed class DerivedNameTests
{
    private static readonly PriceBook Models = Book.Of(
        Book.Entry("gpt-4.1", 1), Book.Entry("claude-sonnet-4-5", 2), Book.Entry("anthropic.claude-haiku-4-5-20251001-v1:0", 3), Book.Entry("azure/gpt-5", 4),
        Book.Entry("openrouter/qwen/qwen3", 5), Book.Entry("gemini-2.5-pro", 6), Book.Entry("claude-opus-4-6", 7, aliases: ["big-claude"]), Book.Entry("llama3-3-70b-instruct", 8));

    [Theory]
    [InlineData(null, "gpt-4.1", 1, false)]
    [InlineData(null, "openai/gpt-4.1", 1, true)]
    [InlineData("openai", "openai/gpt-4.1", 1, true)]
    [InlineData("acme-proxy", "acme-proxy/gpt-4.1", 1, true)]
    [InlineData(null, "acme-proxy/gpt-4.1", null, false)]
    [InlineData(null, "OpenAI/GPT-4.1", 1, true)]
    [InlineData(null, "gpt-4.1-2025-04-14", 1, true)]
    [InlineData(null, "claude-sonnet-4-5-20250929-v1:0", 2, true)]
    [InlineData(null, "vertex_ai/claude-sonnet-4-5@20250929", 2, true)]
    [InlineData(null, "claude-sonnet-4-5@default", 2, true)]
    [InlineData(null, "claude-sonnet-4-5[1m]", 2, true)]
    [InlineData(null, "claude-sonnet-4-5-20250929[1m]", 2, true)]
    [InlineData(null, "claude-sonnet-4-5:1m", 2, true)]
    [InlineData(null, "us.anthropic.claude-sonnet-4-5-20250929-v1:0", 2, true)]
    [InlineData(null, "bedrock/converse/global.anthropic.claude-sonnet-4-5-20250929-v1:0", 2, true)]
    [InlineData(null, "bedrock/us-east-1/anthropic.claude-sonnet-4-5-20250929-v1:0", 2, true)]
    [InlineData(null, "publishers/anthropic/models/claude-sonnet-4-5@20250929", 2, true)]
    [InlineData(null, "eu.anthropic.claude-haiku-4-5-20251001-v1:0", 3, true)]
    [InlineData("azure", "gpt-5", 4, false)]
    [InlineData("azure", "gpt-5-2025-08-07", 4, true)]
    [InlineData(null, "openrouter/openai/gpt-4.1", 1, true)]
    [InlineData(null, "openrouter/qwen/qwen3", 5, false)]
    [InlineData(null, "models/gemini-2.5-pro", 6, true)]
    [InlineData(null, "anthropic.claude-opus-4-6-v1", 7, true)]
    [InlineData(null, "litellm_proxy/big-claude", 7, true)]
    [InlineData(null, "us.meta.llama3-3-70b-instruct-v1:0", 8, true)]
    [InlineData(null, "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc", null, false)]
    [InlineData(null, "gpt-4", null, false)]
    [InlineData(null, "4.1", null, false)]
    [InlineData(null, "openai/", null, false)]
    [InlineData(null, "/", null, false)]
    [InlineData(null, "[", null, false)]
    [InlineData(null, "-v1:0", null, false)]
    [InlineData(null, "@default", null, false)]
    public void Name_AsGatewaysSendIt_FindsTheModelAndSaysSo(string? provider, string model, int? input, bool derived)
    {
        Assert.Equal(input, (int?)Models.Find(provider, model, Book.Noon, out var matched)?.Prices.Input);
        Assert.Equal(derived, matched);
    }

    [Fact]
    public void Name_WithAVersionInForceOfItsOwn_IsNotDerived()
    {
        var book = Book.Of(Book.Entry("openai/m", 1, day: 1), Book.Entry("m", 2));
        Assert.Equal(2, book.Find(null, "openai/m", Book.Noon, out var derived)!.Prices.Input);
        Assert.True(derived);
        Assert.Equal(1, book.Find(null, "openai/m", Book.Noon.AddDays(1), out derived)!.Prices.Input);
        Assert.False(derived);
    }

    /// <summary>How long it takes is told by bench/Micro.</summary>
    [Fact]
    public void LookUp_AmongTenThousandModelsOfTwentyVersions_FindsTheOneInForce_AndAllocatesNothing()
    {
        var book = new PriceBook([.. Enumerable.Range(0, 10_000).SelectMany(m => Enumerable.Range(0, 20).Select(v => Book.Entry($"provider/model-{m}", v + 1, v - 19)))]);
        var names = Enumerable.Range(0, 10_000).Select(m => $"provider/model-{m}").ToArray();
        Assert.All(names.Select((name, i) => (name, Days: i % 20)), n => Assert.Equal(20 - n.Days, book.InputOf(null, n.name, Book.Noon.AddDays(-n.Days))));

        Assert.Equal(0, Allocated.Each(() =>
        {
            foreach (var name in names) book.Find(null, name, Book.Noon);
        }));
    }
}
