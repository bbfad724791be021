using BudgetEngine.Gateway.Tokens;

namespace BudgetEngine.Gateway.Tests.Tokens;

/// <summary>How tokens are counted before the budget is asked, and what that may cost.</summary>
public sealed class ModelTokenizersTests
{
    [Fact]
    public void Text_OfWords_IsCountedWhole()
    {
        const string Text = "Summarize the report in three sentences, and name its author.";
        Assert.Equal(Text.Length, ModelTokenizers.PartOf(Text));
        Assert.InRange(ModelTokenizers.Of("openai/gpt-4o")!(Text), 10, 15);
        Assert.Null(ModelTokenizers.Of("claude-sonnet-4-5"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("=")]
    [InlineData("é")]
    [InlineData("𝔘")]
    [InlineData("/\n")]
    [InlineData("=😀")]
    [InlineData("a\u20DD")]
    public void Text_WithoutWords_IsCountedInParts(string unit)
    {
        // In one piece it takes time in the square of its length: seconds for one text, and tens of minutes of a core for one request, before anybody has asked the budget.
        var text = string.Concat(Enumerable.Repeat(unit, 100_000 / unit.Length));
        for (var at = 0; at < text.Length;)
        {
            var part = ModelTokenizers.PartOf(text.AsSpan(at));
            Assert.InRange(part, 1, 1_024);
            at += part;
            Assert.False(at < text.Length && char.IsLowSurrogate(text[at]));
        }

        Assert.True(ModelTokenizers.Of("gpt-4o")!(text) > 0);
    }

    [Fact]
    public void Texts_OfOneRequest_AreCountedUpToABound()
    {
        var count = ModelTokenizers.Of("gpt-4o")!;
        var text = string.Concat(Enumerable.Repeat("word ", 19_000));
        var exact = count(text);
        Assert.Equal(exact, count(text));
        Assert.Equal((text.Length / 3) + 1, count(text));
        Assert.Equal(exact, ModelTokenizers.Of("gpt-4o")!(text));
    }
}
