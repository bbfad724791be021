using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>Patterns of models: a name, or the beginning of one.</summary>
public sealed class ModelRulesTests
{
    [Theory]
    [InlineData("gpt-4.1", "gpt-4.1", true)]
    [InlineData("gpt-4.1", "GPT-4.1", true)]
    [InlineData("gpt-4.1", "gpt-4.1-mini", false)]
    [InlineData("gpt-4.1", "openai/gpt-4.1", false)]
    [InlineData("gpt-4*", "gpt-4.1-mini", true)]
    [InlineData("gpt-4*", "gpt-4", true)]
    [InlineData("gpt-4*", "gpt-", false)]
    [InlineData("Claude-*", "claude-sonnet-4.5", true)]
    [InlineData("*", "anything", true)]
    [InlineData("*", null, false)]
    [InlineData("gpt-4.1", null, false)]
    public void Allows_OfOnePattern_IsWhetherItFits(string pattern, string? model, bool allowed) => Assert.Equal(allowed, new ModelRules([pattern], []).Allows(model));

    [Fact]
    public void Allows_WithoutPatterns_IsEveryModel() => Assert.True(new ModelRules([], [new OutputLimit("*", 1)]).Allows(null));

    [Theory]
    [InlineData("gpt-4.1", 100L)]
    [InlineData("gpt-4.1-mini", 200L)]
    [InlineData("GPT-4o", 200L)]
    [InlineData("claude", 300L)]
    [InlineData(null, 300L)]
    public void MaxOutput_OfSeveralPatterns_IsThatOfTheLongestThatFits(string? model, long? most) =>
        Assert.Equal(most, new ModelRules([], [new OutputLimit("*", 300), new OutputLimit("gpt-4.1", 100), new OutputLimit("gpt-*", 200)]).MaxOutputOf(model));

    [Fact]
    public void MaxOutput_OfAModelThatNothingFits_IsNotLimited() => Assert.Null(new ModelRules([], [new OutputLimit("gpt-*", 200)]).MaxOutputOf("claude"));

    [Theory]
    [InlineData("gpt-4*", true)]
    [InlineData("*", true)]
    [InlineData("gpt", true)]
    [InlineData("*gpt", false)]
    [InlineData("g*t", false)]
    [InlineData("gpt**", false)]
    public void Pattern_HasOneStarAtItsEndAtMost(string text, bool isPattern) => Assert.Equal(isPattern, ModelRules.IsPattern(text));
}
