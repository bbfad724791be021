using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using BudgetEngine.Gateway.Tests.Harness;
using BudgetEngine.TestKit.Providers;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Gateway.Tests.Forwarding;

/// <summary>Calls of models through the gateway: what passes, what it costs, and how every one of them ends.</summary>
[Collection(nameof(GatewayStand))]
public sealed class CallTests(GatewayStand stand)
{
    private const string OpenAi = GatewayStand.OpenAi;
    private const string Anthropic = GatewayStand.Anthropic;

    [Theory]
    [InlineData(OpenAi, false)]
    [InlineData(OpenAi, true)]
    [InlineData(Anthropic, false)]
    [InlineData(Anthropic, true)]
    public async Task Call_ThatSucceeds_PassesByteForByteAndIsSettledExactly(string path, bool stream)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        // With the usage asked for, nothing is added and nothing taken out.
        const string asked = """, "stream_options":{"include_usage":true}""";
        using var response = await stand.SendAsync(path, key, "words=7", stream, asked);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await stand.AssertSpentIsBilledAsync(costCenter);
        var billed = stand.Provider.Total;
        var got = Assert.Single(stand.Provider.Requests);
        Assert.Equal(await GatewayStand.Ask(path, key, "words=7", stream, asked).Content!.ReadAsStringAsync(), got.Body);
        Assert.Equal(await DirectAsync(path, "words=7", stream, asked), body);
        Assert.StartsWith("rsv_", Assert.Single(response.Headers.GetValues("X-Budget-Reservation")), StringComparison.Ordinal);
        var remaining = decimal.Parse(Assert.Single(response.Headers.GetValues("X-Budget-Remaining")), CultureInfo.InvariantCulture);
        if (stream) Assert.False(response.Headers.Contains("X-Budget-Cost"));
        else Assert.Equal((billed, 1_000 - billed), (decimal.Parse(Assert.Single(response.Headers.GetValues("X-Budget-Cost")), CultureInfo.InvariantCulture), remaining));
    }

    [Fact]
    public async Task Stream_WhoseCallerDidNotAskForUsage_ComesWithoutTheChunkThatTheGatewayAskedFor()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var response = await stand.SendAsync(OpenAi, key, "words=3", stream: true);
        var body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("prompt_tokens", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        Assert.Contains("\"include_usage\":true", Assert.Single(stand.Provider.Requests).Body, StringComparison.Ordinal);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Request_WhoseOptionsSayTheSameTwice_IsCalledAndSettled()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var response = await stand.SendAsync(OpenAi, key, "words=3", stream: true, """,  "stream_options":{"include_usage":false,"include_usage":false}""");
        var body = await response.Content.ReadAsStringAsync();
        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("prompt_tokens", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OpenAi)]
    [InlineData(Anthropic)]
    public async Task Stream_CutAfterAnyEvent_IsSettledWithWhatWasProduced(string path)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        for (var events = 1; events <= 9; events++)
        {
            using var response = await stand.SendAsync(path, key, $"words=6 cut={events}", stream: true);
            await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync());
            await stand.AssertSpentIsBilledAsync(costCenter);
        }

        Assert.Equal(9, stand.Provider.Bills.Count);
    }

    [Theory]
    [InlineData(OpenAi)]
    [InlineData(Anthropic)]
    public async Task Caller_WhoGoesInTheMiddleOfAStream_PaysForWhatWasProduced(string path)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using (var response = await stand.SendAsync(path, key, "words=9 pause=4", stream: true))
        {
            var stream = await response.Content.ReadAsStreamAsync();
            var read = "";
            var buffer = new byte[256];
            while (read.Split(FakeProvider.Word).Length < 5) read += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }

        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(4, Assert.Single(stand.Provider.Bills).OutputTokens);
    }

    [Fact]
    public async Task Caller_WhoGoesBeforeTheAnswer_PaysForWhatTheProviderMadeAllTheSame()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var gone = new CancellationTokenSource();
        var calling = stand.Http.SendAsync(GatewayStand.Ask(OpenAi, key, "words=8 late=500"), gone.Token);
        await Eventually.HoldsAsync("the provider works", () => stand.Provider.UnderWay == 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(8, Assert.Single(stand.Provider.Bills).OutputTokens);
    }

    [Fact]
    public async Task Streams_64AtOnce_AreEachSettledExactly()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            using var response = await stand.SendAsync(i % 2 == 0 ? OpenAi : Anthropic, key, $"words={10 + i}", stream: true, more: "");
            var body = await response.Content.ReadAsStringAsync();
            Assert.Equal(Math.Min(50, 10 + i), body.Split(FakeProvider.Word).Length - 1);
        }));
        Assert.Equal(64, stand.Provider.Bills.Count);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Embeddings_AreSettledByTheirInput()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/openai/v1/embeddings")
        {
            Content = new StringContent($$"""{"model":"{{PricedEngine.Model}}","input":["some text","and more"]}""", Encoding.UTF8, "application/json"),
            Headers = { { "X-Budget-Key", key } },
        };
        using var response = await stand.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.True(stand.Provider.Total > 0);
    }

    [Fact]
    public async Task Failure_OfTheProvider_IsRepeated_AndWhatItCostCounts()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var response = await stand.SendAsync(OpenAi, key, $"words=2 fail=429 tries=2 failcost=9 id={costCenter}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, stand.Provider.Bills.Count);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Failure_ThatStays_PassesAsItCameAndHoldsNothing()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var response = await stand.SendAsync(Anthropic, key, "fail=400", stream: true);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("told to fail", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(stand.Provider.Requests);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Provider_ThatDoesNotAnswer_Is504AndHoldsNothing()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var response = await stand.SendAsync(OpenAi, key, "hang=1");
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("upstream_timeout", await ErrorAsync(response, "code"));
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Provider_ThatIsAway_Is502AndHoldsNothing()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var response = await stand.SendAsync("/dead/v1/chat/completions", key, "words=1");
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Theory]
    [InlineData(OpenAi, "insufficient_quota")]
    [InlineData(Anthropic, "rate_limit_error")]
    public async Task Call_BeyondTheBudget_IsDeniedInTheProvidersFormatAndReachesNobody(string path, string type)
    {
        var (key, costCenter) = await stand.NewTeamAsync(daily: 0.00001m);
        using var response = await stand.SendAsync(path, key, "words=1", stream: true);
        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        Assert.Equal(type, await ErrorAsync(response, "type"));
        Assert.Equal("false", Assert.Single(response.Headers.GetValues("x-should-retry")));
        Assert.Equal("budget_exceeded", Assert.Single(response.Headers.GetValues("X-Budget-Code")));
        Assert.True(response.Headers.Contains("X-Budget-Reset"));
        Assert.Empty(stand.Provider.Requests);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    private async Task<byte[]> DirectAsync(string path, string prompt, bool stream, string more)
    {
        using var http = new HttpClient { BaseAddress = stand.Provider.Address };
        using var response = await http.SendAsync(GatewayStand.Ask(path[path.IndexOf("/v1", StringComparison.Ordinal)..], "x", prompt, stream, more));
        return await response.Content.ReadAsByteArrayAsync();
    }

    private static async Task<string?> ErrorAsync(HttpResponseMessage response, string member) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty(member).GetString();
}
