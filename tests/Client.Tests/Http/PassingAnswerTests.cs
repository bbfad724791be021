using System.Net;
using BudgetEngine.Client.Http;
using BudgetEngine.Client.Tests.Harness;
using BudgetEngine.TestKit.Providers;

namespace BudgetEngine.Client.Tests.Http;

/// <summary>Answers that are no streams, with and without room to hold them.</summary>
[Collection(nameof(ClientStand))]
public sealed class PassingAnswerTests(ClientStand stand) : IAsyncLifetime
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
    [InlineData(OpenAi, "words=7")]
    [InlineData(Anthropic, "words=7 hour=900")]
    public async Task Answer_WithoutRoom_PassesAndIsSettledAsBilled(string path, string prompt)
    {
        var held = await SendAsync(path, prompt, new BudgetHandlerOptions { CostCenter = _costCenter }, _ => true);
        var passed = await SendAsync(path, prompt, new BudgetHandlerOptions { CostCenter = _costCenter }, _ => false);
        var tooLarge = await SendAsync(path, prompt, new BudgetHandlerOptions { CostCenter = _costCenter, MaxAnswerBytes = 10 }, null);
        Assert.Equal((true, false, false), (held.HasCost, passed.HasCost, tooLarge.HasCost));
        Assert.Equal([held.Body, held.Body], [passed.Body, tooLarge.Body]);
        Assert.Equal(3, _provider.Bills.Count);
        await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
    }

    [Fact]
    public async Task Answer_ThatIsHeld_TakesRoomForEachByte()
    {
        var taken = 0;
        var held = await SendAsync(OpenAi, "words=40", new BudgetHandlerOptions { CostCenter = _costCenter }, bytes =>
        {
            taken += bytes;
            return true;
        });
        Assert.Equal(held.Body.Length, taken);
    }

    [Fact]
    public async Task Failure_WithoutRoom_PassesAsItCameAndWhatItCostCounts()
    {
        var failed = await SendAsync(OpenAi, "words=2 fail=503 failcost=9", new BudgetHandlerOptions { CostCenter = _costCenter, MaxRetries = 2 }, _ => false);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.Status);
        Assert.Contains("told to fail", failed.Body, StringComparison.Ordinal);
        Assert.Single(_provider.Bills);
        await stand.AssertSpentIsBilledAsync(_costCenter, _provider);
    }

    private async Task<(HttpStatusCode Status, string Body, bool HasCost)> SendAsync(string path, string prompt, BudgetHandlerOptions options, Func<int, bool>? takeRoom)
    {
        using var http = ClientStand.NewHttp(_client, _provider, options);
        using var request = ClientStand.Ask(path, prompt);
        request.Options.Set(RequestBudget.Key, new RequestBudget(new BudgetScope(_costCenter), TakeRoom: takeRoom));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Contains(BudgetHeaders.Cost));
    }
}
