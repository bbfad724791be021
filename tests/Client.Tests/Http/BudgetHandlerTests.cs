using System.Net;
using BudgetEngine.Client.Http;
using BudgetEngine.Client.Tests.Harness;
using BudgetEngine.TestKit.Providers;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Client.Tests.Http;

/// <summary>Calls of a model through the handler, before a real engine and a provider that bills what it produced.</summary>
[Collection(nameof(ClientStand))]
public sealed class BudgetHandlerTests(ClientStand stand) : IAsyncLifetime
{
    private const string OpenAi = "/v1/chat/completions";
    private const string Anthropic = "/v1/messages";

    private FakeProvider _provider = default!;
    private BudgetClient _client = default!;
    private string _costCenter = "";

    public async Task InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _client = stand.NewClient();
        _costCenter = await stand.Priced.NewCostCenterAsync();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData(OpenAi, false)]
    [InlineData(OpenAi, true)]
    [InlineData(Anthropic, false)]
    [InlineData(Anthropic, true)]
    public async Task Call_ThatSucceeds_IsSettledWithWhatTheProviderBills(string path, bool stream)
    {
        using var http = NewHttp();
        using var response = await http.SendAsync(ClientStand.Ask(path, "words=7", stream));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains(FakeProvider.Word, body, StringComparison.Ordinal);
        await _client.FlushAsync();
        Assert.True(_provider.Total > 0);
        await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
        if (!stream) Assert.Equal(_provider.Total, decimal.Parse(Assert.Single(response.Headers.GetValues(BudgetHeaders.Cost)), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(true, " cut=5")]
    public async Task Cache_OfAnHour_IsSettledAtItsOwnPrice(bool stream, string cut)
    {
        using var http = NewHttp();
        using var response = await http.SendAsync(ClientStand.Ask(Anthropic, $"words=7 hour=900{cut}", stream), HttpCompletionOption.ResponseHeadersRead);
        var read = response.Content.ReadAsStringAsync();
        if (cut.Length > 0) await Assert.ThrowsAnyAsync<Exception>(() => read);
        else await read;
        await _client.FlushAsync();

        Assert.True(_provider.Total > 900 * Bill.HourPrice / 1_000_000);
        await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
    }

    [Fact]
    public async Task Stream_WhoseCallerDidNotAskForUsage_ComesWithoutTheUsageChunk()
    {
        using var http = NewHttp();
        var plain = await (await http.SendAsync(ClientStand.Ask(OpenAi, "words=2", stream: true))).Content.ReadAsStringAsync();
        var asked = await (await http.SendAsync(ClientStand.Ask(OpenAi, "words=2", stream: true, """,  "stream_options": {"include_usage": true}"""))).Content.ReadAsStringAsync();
        Assert.DoesNotContain("prompt_tokens", plain, StringComparison.Ordinal);
        Assert.Contains("prompt_tokens", asked, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", plain, StringComparison.Ordinal);
        Assert.All(_provider.Requests, r => Assert.Contains("\"include_usage\"", r.Body, StringComparison.Ordinal));
        await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
    }

    [Theory]
    [InlineData(OpenAi)]
    [InlineData(Anthropic)]
    public async Task Stream_CutAfterAnyEvent_IsSettledWithWhatWasProduced(string path)
    {
        using var http = NewHttp();
        for (var events = 1; events <= 9; events++)
        {
            using var response = await http.SendAsync(ClientStand.Ask(path, $"words=6 cut={events}", stream: true), HttpCompletionOption.ResponseHeadersRead);
            await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync());
            await _client.FlushAsync();
            await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
        }
    }

    [Theory]
    [InlineData(OpenAi)]
    [InlineData(Anthropic)]
    public async Task Stream_ThatItsReaderGivesUp_IsSettledWithWhatWasProduced(string path)
    {
        using var http = NewHttp();
        using (var response = await http.SendAsync(ClientStand.Ask(path, "words=9 pause=4", stream: true), HttpCompletionOption.ResponseHeadersRead))
        {
            var stream = await response.Content.ReadAsStreamAsync();
            var read = "";
            var buffer = new byte[256];
            while (read.Split(FakeProvider.Word).Length < 5) read += System.Text.Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }

        await Eventually.HoldsAsync("the provider knows that the caller is gone", () => _provider.UnderWay == 0);
        await _client.FlushAsync();
        await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
    }

    [Fact]
    public async Task Call_ThatItsCallerCancels_IsSettledOnceTheProviderAnswers()
    {
        using var http = NewHttp();
        using var cancel = new CancellationTokenSource();
        var calling = http.SendAsync(ClientStand.Ask(OpenAi, "hang=1"), cancel.Token);
        await Eventually.HoldsAsync("the call is under way", () => _provider.UnderWay == 1);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        Assert.True((await stand.Priced.LimitOfAsync(_costCenter)).Held > 0);
    }

    [Fact]
    public async Task Call_BeyondTheBudget_ThrowsTheDenialAndReachesNoProvider()
    {
        var poor = await stand.Priced.NewCostCenterAsync(daily: 0.000001m);
        using var http = NewHttp(new BudgetHandlerOptions { CostCenter = poor });
        var denied = await Assert.ThrowsAsync<BudgetDeniedException>(() => http.SendAsync(ClientStand.Ask(OpenAi, "words=5")));
        Assert.Equal("budget_exceeded", denied.Reason);
        Assert.NotNull(denied.Answer.BlockedBy);
        Assert.Empty(_provider.Requests);
    }

    [Fact]
    public async Task Call_WithLessLeftThanItAsksFor_GoesOnWithFewerTokensWhereItMay()
    {
        // 16 tokens of the prompt's frame and text, and 20 of output.
        var poor = await stand.Priced.NewCostCenterAsync(daily: 0.0002m);
        using var http = NewHttp(new BudgetHandlerOptions { CostCenter = poor, LowersMaxTokens = true });
        using var response = await http.SendAsync(ClientStand.Ask(OpenAi, "words=40"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = System.Text.Json.JsonDocument.Parse(Assert.Single(_provider.Requests).Body).RootElement.GetProperty("max_tokens").GetInt32();
        Assert.InRange(sent, 16, 25);
        await stand.AssertSpentIsBilledAsync(poor, _provider);
        await Assert.ThrowsAsync<BudgetDeniedException>(() => http.SendAsync(ClientStand.Ask(OpenAi, "words=40")));
        Assert.Equal(0, (await stand.Priced.LimitOfAsync(poor)).Held);
    }

    [Fact]
    public async Task Failure_OfTheProvider_GivesTheHoldBackAndPassesAsItCame()
    {
        using var http = NewHttp();
        using var response = await http.SendAsync(ClientStand.Ask(OpenAi, "fail=503"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("told to fail", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    public async Task Failure_ThatMayBeRepeated_IsRepeatedAndWhatItCostCounts(int status)
    {
        using var http = NewHttp(new BudgetHandlerOptions { CostCenter = _costCenter, MaxRetries = 2 });
        using var response = await http.SendAsync(ClientStand.Ask(OpenAi, $"fail={status} tries=2 failcost=11 id={status}"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, _provider.Bills.Count);
        await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
    }

    [Fact]
    public async Task Provider_ThatDoesNotAnswerInTime_EndsTheCallAndItsHold()
    {
        using var http = NewHttp(new BudgetHandlerOptions { CostCenter = _costCenter, Timeout = TimeSpan.FromMilliseconds(300) });
        await Assert.ThrowsAsync<TaskCanceledException>(() => http.SendAsync(ClientStand.Ask(OpenAi, "hang=1")));
        await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
    }

    [Fact]
    public async Task Request_ThatNamesNoModel_PassesWithoutABudget()
    {
        using var http = NewHttp();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v1/models")).StatusCode);
        Assert.False((await http.GetAsync("/v1/models")).Headers.Contains(BudgetHeaders.Reservation));
    }

    [Fact]
    public async Task Scope_AroundACall_SaysWhoPaysAndForWhom()
    {
        using var http = NewHttp();
        var other = await stand.Priced.NewCostCenterAsync();
        using (BudgetScope.Begin(new BudgetScope(other, "u-17")))
        {
            await http.SendAsync(ClientStand.Ask(OpenAi, "words=3"));
        }

        await stand.AssertSpentIsBilledAsync(other, _provider);
        Assert.Equal("u-17", Assert.Single(await stand.Priced.Caller.ExportAsync(other)).User);
        Assert.Equal(0, (await stand.Priced.LimitOfAsync(_costCenter)).Spent);
    }

    private HttpClient NewHttp(BudgetHandlerOptions? options = null) => ClientStand.NewHttp(_client, _provider, options ?? new BudgetHandlerOptions { CostCenter = _costCenter });
}
