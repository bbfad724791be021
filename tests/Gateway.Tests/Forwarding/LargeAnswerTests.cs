using System.Net;
using System.Text;
using BudgetEngine.Gateway.Tests.Harness;
using BudgetEngine.TestKit.Providers;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Gateway.Tests.Forwarding;

/// <summary>Answers that are no streams, and for which the gateway has no room.</summary>
[Collection(nameof(GatewayStand))]
public sealed class LargeAnswerTests(GatewayStand stand)
{
    private const string OpenAi = GatewayStand.OpenAi;
    private const string Anthropic = GatewayStand.Anthropic;

    /// <summary>As many as one caller may have in memory, in bytes that are sent before the provider waits.</summary>
    private const int Stall = GatewayStand.RoomBytes / 2 + 100_000;

    private const int Words = Stall / 4 + 50_000;

    [Theory]
    [InlineData(OpenAi)]
    [InlineData(Anthropic)]
    public async Task Answer_BeyondTheRoom_PassesAsItComesAndIsSettledExactly(string path)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var response = await AskAsync(path, key);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var body = await response.Content.ReadAsStreamAsync();
        var begun = new byte[Stall];
        await body.ReadExactlyAsync(begun);
        stand.Provider.GoOn.SetResult();
        var rest = await new StreamReader(body).ReadToEndAsync();

        // What the provider says of its own, between two strings of words.
        var whole = Encoding.UTF8.GetString(begun) + rest;
        Assert.Equal(Words, whole.Split(FakeProvider.Word).Length - 1);
        Assert.Contains("\"usage\":{", rest, StringComparison.Ordinal);
        Assert.Equal((true, false), (response.Headers.Contains("X-Budget-Reservation"), response.Headers.Contains("X-Budget-Cost")));
        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(Words, Assert.Single(stand.Provider.Bills).OutputTokens);

        // Nothing of it is kept.
        using var small = await stand.SendAsync(path, key, new string('x', GatewayStand.RoomBytes / 2 - 20_000) + " words=2");
        Assert.Equal((HttpStatusCode.OK, true), (small.StatusCode, small.Headers.Contains("X-Budget-Cost")));
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Theory]
    [InlineData(OpenAi)]
    [InlineData(Anthropic)]
    public async Task Caller_WhoGoesInTheMiddleOfIt_PaysForAllOfIt(string path)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using (var response = await AskAsync(path, key))
        {
            await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[1_000]);
        }

        await Eventually.HoldsAsync("the provider still sends", () => stand.Provider.UnderWay == 1);
        stand.Provider.GoOn.SetResult();
        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(Words, Assert.Single(stand.Provider.Bills).OutputTokens);
    }

    private Task<HttpResponseMessage> AskAsync(string path, string key)
    {
        stand.Provider.GoOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return stand.SendAsync(path, key, $"words={Words} stall={Stall}", more: $",\"max_tokens\":{Words}");
    }
}
