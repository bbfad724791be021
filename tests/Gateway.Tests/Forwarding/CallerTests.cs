using System.Net;
using System.Text;
using BudgetEngine.Gateway.Tests.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Providers;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Gateway.Tests.Forwarding;

/// <summary>Who may call through the gateway, who pays, and what reaches the provider.</summary>
[Collection(nameof(GatewayStand))]
public sealed class CallerTests(GatewayStand stand)
{
    [Fact]
    public async Task Key_OfTheBudget_StaysHere_AndTheProvidersOwnGoesOn()
    {
        var (key, _) = await stand.NewTeamAsync();
        using var response = await stand.SendAsync(GatewayStand.OpenAi, key, "words=1");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var anthropic = GatewayStand.Ask(GatewayStand.Anthropic, key, "words=1");
        anthropic.Headers.Remove("Authorization");
        anthropic.Headers.Add("x-api-key", key);
        anthropic.Headers.Add("X-Cost-Center", "somewhere/else");
        anthropic.Headers.Add("Cookie", "a=b");
        Assert.Equal(HttpStatusCode.OK, (await stand.Http.SendAsync(anthropic)).StatusCode);
        var got = stand.Provider.Requests.ToArray();
        Assert.Equal($"Bearer {GatewayStand.ProviderKey}", got[0].Headers["Authorization"]);
        Assert.Equal(GatewayStand.ProviderKey, got[1].Headers["x-api-key"]);
        Assert.All(got, r => Assert.DoesNotContain(r.Headers, h => h.Value.Contains("bk_", StringComparison.Ordinal)
            || h.Key.StartsWith("X-Budget", StringComparison.OrdinalIgnoreCase) || h.Key is "X-Cost-Center" or "Cookie"));
    }

    [Fact]
    public async Task Key_OfTheCaller_ForTheProvider_IsPassedOn()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var request = GatewayStand.Ask(GatewayStand.OpenAi, "sk-of-the-caller", "words=1");
        request.Headers.Add("X-Budget-Key", key);
        Assert.Equal(HttpStatusCode.OK, (await stand.Http.SendAsync(request)).StatusCode);
        Assert.Equal("Bearer sk-of-the-caller", Assert.Single(stand.Provider.Requests).Headers["Authorization"]);
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Theory]
    [InlineData("bk_wrong")]
    [InlineData("sk-none-of-ours")]
    public async Task Caller_WithoutAKey_ReachesNobody(string credential)
    {
        await stand.NewTeamAsync();
        using var response = await stand.SendAsync(GatewayStand.OpenAi, credential, "words=1");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("\"error\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var models = new HttpRequestMessage(HttpMethod.Get, "/openai/v1/models") { Headers = { { "Authorization", $"Bearer {credential}" } } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stand.Http.SendAsync(models)).StatusCode);
        Assert.Empty(stand.Provider.Requests);
    }

    [Theory]
    [InlineData("bk_wrong")]
    [InlineData("sk-none-of-ours")]
    public async Task Caller_WithoutAKey_IsRefusedBeforeTheRequestIsRead(string credential)
    {
        // What is read takes memory from those who have a key. This client sends the body only when it is asked for it; of a short one it would send it anyway.
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan }) { BaseAddress = stand.Address };
        using var request = GatewayStand.Ask(GatewayStand.OpenAi, credential, new string('x', 2_000));
        request.Headers.ExpectContinue = true;
        var asked = false;
        request.Content = new SlowContent(await request.Content!.ReadAsByteArrayAsync(), () => Task.FromResult(asked = true));

        using var response = await patient.SendAsync(request);
        Assert.Equal((HttpStatusCode.Unauthorized, false), (response.StatusCode, asked));
    }

    [Fact]
    public async Task Header_CountsOnlyIfTheKeyTrustsIt()
    {
        var (plain, own) = await stand.NewTeamAsync();
        Assert.Equal(HttpStatusCode.OK, await CallAsync(plain, own + "/sub", "u-1"));
        Assert.Equal((own, "anonymous"), await LastAsync(own));
        var (trusting, other) = await stand.NewTeamAsync(gateway: new { trust = new[] { "X-Cost-Center", "X-User-ID" } });
        Assert.Equal(HttpStatusCode.OK, await CallAsync(trusting, other + "/sub", "u-1"));
        Assert.Equal((other + "/sub", "u-1"), await LastAsync(other));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(trusting, own, "u-1"));
        Assert.Equal(HttpStatusCode.BadRequest, await CallAsync(trusting, "no path!", "u-1"));
    }

    [Theory]
    [InlineData(GatewayStand.OpenAi, false)]
    [InlineData(GatewayStand.OpenAi, true)]
    [InlineData(GatewayStand.Anthropic, false)]
    public async Task Key_ThatIsRevokedDuringItsCall_PaysForThatCallAndMakesNoOther(string path, bool stream)
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var caller = new Caller(stand.Address, key);
        var id = (await caller.GetAsync("/v1/keys/self")).Is(200).GetProperty("id").GetString();
        var calling = stand.SendAsync(path, key, "words=8 late=1500", stream);
        await Eventually.HoldsAsync("the provider works", () => stand.Provider.UnderWay == 1);
        Assert.Equal(204, (await stand.Priced.Caller.DeleteAsync($"/v1/keys/{id}")).Status);

        using var response = await calling;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await response.Content.ReadAsByteArrayAsync();
        await stand.AssertSpentIsBilledAsync(costCenter);
        Assert.Equal(8, Assert.Single(stand.Provider.Bills).OutputTokens);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stand.SendAsync(path, key, "words=1", stream)).StatusCode);
        Assert.Single(stand.Provider.Requests);
    }

    [Fact]
    public async Task DenyStatus_OfTheKeysProfile_IsTheDenials()
    {
        var (key, _) = await stand.NewTeamAsync(daily: 0.00001m, gateway: new { deny_status = 429 });
        Assert.Equal(HttpStatusCode.TooManyRequests, (await stand.SendAsync(GatewayStand.OpenAi, key, "words=1")).StatusCode);
    }

    [Fact]
    public async Task Request_ThatCannotBeBudgeted_IsRefused_AndReadingPasses()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var noModel = new HttpRequestMessage(HttpMethod.Post, "/openai/v1/files") { Content = new StringContent("x"), Headers = { { "Authorization", $"Bearer {key}" } } };
        Assert.Equal(HttpStatusCode.BadRequest, (await stand.Http.SendAsync(noModel)).StatusCode);
        using var socket = new HttpRequestMessage(HttpMethod.Get, "/openai/v1/realtime") { Headers = { { "Authorization", $"Bearer {key}" }, { "Connection", "Upgrade" }, { "Upgrade", "websocket" } } };
        Assert.Equal(HttpStatusCode.BadRequest, (await stand.Http.SendAsync(socket)).StatusCode);
        Assert.Empty(stand.Provider.Requests);
        using var models = new HttpRequestMessage(HttpMethod.Get, "/openai/v1/models?x=1") { Headers = { { "Authorization", $"Bearer {key}" } } };
        Assert.Equal(HttpStatusCode.OK, (await stand.Http.SendAsync(models)).StatusCode);
        (await stand.Priced.Caller.PostAsync("/v1/pause", new { cost_center = costCenter[..costCenter.IndexOf('/')], reason = "test" })).Is(200);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openai/v1/models") { Headers = { { "Authorization", $"Bearer {key}" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await stand.Http.SendAsync(again)).StatusCode);
    }

    [Theory]
    [InlineData("/openai/v1/images/generations", """{"model":"m","prompt":"x"}""")]
    [InlineData("/openai/v1/responses", """{"model":"m","input":"x","background":true}""")]
    [InlineData("/openai/v1/chat/completions", """{"messages":[]}""")]
    public async Task Call_WhoseCostNobodyWouldSee_IsRefused(string path, string body)
    {
        var (key, _) = await stand.NewTeamAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"), Headers = { { "Authorization", $"Bearer {key}" } },
        };
        using var response = await stand.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("not_budgeted", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(stand.Provider.Requests);
    }

    [Theory]
    [InlineData("/openai/v1/%252e%252e/secret")]
    [InlineData("/openai/%252E%252e/secret")]
    [InlineData("/openai/v1/models/.%252e/.%252e/secret")]
    [InlineData("/openai/v1/%252e%252e%252fsecret")]
    [InlineData("/openai/v1/..%2fsecret")]
    [InlineData("/openai/v1/..%5csecret")]
    public async Task Path_OutOfTheProvidersAddress_ReachesNobody(string path)
    {
        // The operator's key goes with it, and the rest of that server may belong to others.
        var (key, _) = await stand.NewTeamAsync();
        var asWritten = new Uri(stand.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, asWritten) { Headers = { { "Authorization", $"Bearer {key}" } } };
        using var response = await stand.Http.SendAsync(request);
        Assert.Empty(stand.Provider.Requests.Select(r => r.Path));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task CountingOfTokens_PassesAndHoldsNothing()
    {
        var (key, costCenter) = await stand.NewTeamAsync();
        using var response = await stand.SendAsync("/anthropic/v1/messages/count_tokens", key, "words=1");
        Assert.Equal("""{"input_tokens":3}""", await response.Content.ReadAsStringAsync());
        Assert.Contains("words=1", Assert.Single(stand.Provider.Requests).Body, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("X-Budget-Reservation"));
        await stand.AssertSpentIsBilledAsync(costCenter);
    }

    [Fact]
    public async Task Engine_BesideTheGateway_IsServedAsBefore()
    {
        Assert.Equal(HttpStatusCode.OK, (await stand.Http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stand.Http.GetAsync("/unknown/v1/models")).StatusCode);
    }

    private async Task<HttpStatusCode> CallAsync(string key, string costCenter, string user)
    {
        using var request = GatewayStand.Ask(GatewayStand.OpenAi, key, "words=1");
        request.Headers.TryAddWithoutValidation("X-Cost-Center", costCenter);
        request.Headers.Add("X-User-ID", user);
        using var response = await stand.Http.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<(string CostCenter, string User)> LastAsync(string under)
    {
        var row = Assert.Single(await stand.Priced.Caller.ExportAsync(under));
        return (row.CostCenter, row.User);
    }
}
