using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using BudgetEngine.Gateway.Tests.Harness;
using BudgetEngine.TestKit.Providers;

namespace BudgetEngine.Gateway.Tests.Libraries;

/// <summary>Anthropic's own library for .NET, whose base address is the gateway's and whose key is the budget's.</summary>
[Collection(nameof(GatewayStand))]
public sealed class AnthropicLibraryTests(GatewayStand stand)
{
    [Fact]
    public async Task Message_Plain_IsAnsweredAndSettled()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        var answer = await NewClient(key).Messages.Create(Ask("words=3"));
        Assert.True(answer.Content[0].TryPickText(out var text));
        Assert.Equal("abc abc abc ", text!.Text);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Message_Streamed_IsAnsweredAndSettled()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        var events = 0;
        await foreach (var _ in NewClient(key).Messages.CreateStreaming(Ask("words=6"))) events++;
        Assert.Equal(11, events);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Message_WithTools_IsAnsweredAndSettled()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        var asked = Ask("go") with { Tools = [new Tool { Name = "look", InputSchema = new InputSchema() }] };
        var answer = await NewClient(key).Messages.Create(asked);
        Assert.True(answer.Content[0].TryPickToolUse(out var use));
        Assert.Equal("look", use!.Name);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Message_Aborted_IsSettledWithWhatWasProduced()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        var events = 0;
        await foreach (var _ in NewClient(key).Messages.CreateStreaming(Ask("words=9 pause=3")))
        {
            // The message and its block begin, then three words.
            if (++events == 5) break;
        }

        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(3, Assert.Single(stand.Provider.Bills).OutputTokens);
    }

    [Fact]
    public async Task Message_Denied_IsShownAndNotRepeated()
    {
        var (key, _) = await stand.NewTeamAsync(daily: 0.00001m);
        var denied = await Assert.ThrowsAnyAsync<AnthropicException>(() => NewClient(key).Messages.Create(Ask("words=3")));
        Assert.Contains("budget_exceeded", denied.ToString(), StringComparison.Ordinal);
        Assert.Empty(stand.Provider.Requests);
    }

    private AnthropicClient NewClient(string key) => new() { ApiKey = key, BaseUrl = new Uri(stand.Address, "/anthropic").ToString() };

    private static MessageCreateParams Ask(string prompt) => new() { MaxTokens = 50, Model = PricedEngine.Model, Messages = [new UserMessageParam(prompt)] };
}
