using System.Text.Json;
using BudgetEngine.Envoy.Protocol;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Providers;
using Grpc.Core;
using AuthorizationClient = BudgetEngine.Envoy.Protocol.Authorization.AuthorizationClient;

namespace BudgetEngine.Gateway.Tests.Envoy;

/// <summary>External authorization, asked as Envoy asks it.</summary>
[Collection(nameof(EnvoyStand))]
public sealed class AuthorizationTests(EnvoyStand stand)
{
    private static readonly string[] _trusted = ["X-Cost-Center", "X-User-ID", "X-Budget-Model", "X-Budget-Input-Tokens", "X-Budget-Max-Output-Tokens", "X-Budget-Amount"];

    private readonly AuthorizationClient _client = new(stand.Channel);

    private Caller Engine => stand.Priced.Caller;

    [Fact]
    public async Task Check_WithinTheBudget_HoldsAndTellsUpstreamAndClient()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, new { trust = _trusted });
        var answer = await _client.CheckAsync(Ask(("x-cost-center", costCenter), ("x-user-id", "u-1"), ("x-budget-amount", "0.25"), ("x-request-id", "r-1")), key);
        Assert.Equal(0, answer.Status.Code);
        var headers = Headers(answer.OkResponse.Headers);
        Assert.Equal(("allow", "1", costCenter, "u-1", "r-1"), (headers["x-budget-decision"], headers["x-budget-remaining"], headers["x-cost-center"], headers["x-user-id"], headers["x-request-id"]));
        Assert.All(answer.OkResponse.Headers.Concat(answer.OkResponse.ResponseHeadersToAdd), h => Assert.False(h.Append));
        Assert.Equal(["x-budget-remaining", "x-budget-reservation"], Headers(answer.OkResponse.ResponseHeadersToAdd).Keys.Order());
        Assert.Equal(headers["x-budget-reservation"], answer.DynamicMetadata.Fields["reservation_id"].StringValue);
        var reservation = (await Engine.GetAsync($"/v1/reservations/{headers["x-budget-reservation"]}")).Is(200);
        Assert.Equal(("u-1", costCenter, "r-1"), (reservation.GetProperty("user").GetString(), reservation.GetProperty("cost_center").GetString(), reservation.GetProperty("request_id").GetString()));

        (await Engine.SettleAsync("settled", headers["x-budget-reservation"], 0.1m)).Is(200);
        var limit = await stand.Priced.LimitOfAsync(costCenter);
        Assert.Equal((Nano.Of(0.1m), 0), (limit.Spent, limit.Held));
    }

    [Fact]
    public async Task Check_OfAModel_HoldsItsPrice()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, new { trust = _trusted });
        await _client.CheckAsync(Ask(("x-cost-center", costCenter), ("x-budget-model", PricedEngine.Model), ("x-budget-input-tokens", "1000"), ("x-budget-max-output-tokens", "50")), key);
        Assert.Equal(Nano.Of(new Bill(1000, 50).Cost), (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Theory]
    [InlineData("problem", null, 402, "application/problem+json")]
    [InlineData("openai", 429, 429, "application/json")]
    [InlineData("anthropic", 403, 403, "application/json")]
    public async Task Check_AboveTheBudget_IsDeniedInTheProfilesWords(string format, int? denyStatus, int status, string type)
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, new { trust = _trusted, format, deny_status = denyStatus });
        var answer = await _client.CheckAsync(Ask(("x-cost-center", costCenter), ("x-budget-amount", "2")), key);
        Assert.Equal(status == 403 ? 7 : 8, answer.Status.Code);
        Assert.Equal(status, answer.DeniedResponse.Status.Code);
        var headers = Headers(answer.DeniedResponse.Headers);
        Assert.Equal((type, "deny", "budget_exceeded", "false"), (headers["content-type"], headers["x-budget-decision"], headers["x-budget-code"], headers["x-should-retry"]));
        Assert.True(long.Parse(headers["retry-after"]) > 0 && headers.ContainsKey("x-budget-reset"));
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(answer.DeniedResponse.Body).RootElement.ValueKind);
        Assert.DoesNotContain(costCenter, answer.DeniedResponse.Body, StringComparison.Ordinal);
        Assert.Equal(0, (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task Check_WithoutARightKey_Is401_WhateverKeyTheClientSends()
    {
        var (key, _) = await stand.NewGatewayAsync(1);
        var forged = Ask(("x-budget-key", key.GetValue("x-budget-key")!), ("authorization", $"Bearer {key.GetValue("x-budget-key")}"));
        foreach (var metadata in new[] { [], new Metadata { { "x-budget-key", "bk_wrong" } }, new Metadata { { "authorization", $"Bearer {key.GetValue("x-budget-key")}" } } })
        {
            var answer = await _client.CheckAsync(forged, metadata);
            Assert.Equal((16, 401), (answer.Status.Code, answer.DeniedResponse.Status.Code));
        }
    }

    [Fact]
    public async Task Check_HeadersThatTheClientForges_ChangeNothingAndAreDeleted()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, new { trust = new[] { "X-Cost-Center" }, default_amount = 0.25 });
        string[] forged = ["x-user-id", "x-session-id", "x-budget-key", "x-budget-remaining", "x-budget-reservation", "x-budget-code", "x-budget-amount", "x-budget-model", "x-budget-of-tomorrow"];
        var answer = await _client.CheckAsync(Ask([("x-cost-center", costCenter), .. forged.Select(h => (h, "forged"))]), key);
        Assert.Equal(0, answer.Status.Code);
        var headers = Headers(answer.OkResponse.Headers);
        Assert.DoesNotContain("forged", headers.Values);
        // Each is either overwritten or deleted.
        Assert.All(forged, h => Assert.True(headers.ContainsKey(h) || answer.OkResponse.HeadersToRemove.Contains(h), h));
        Assert.DoesNotContain(answer.OkResponse.HeadersToRemove, headers.ContainsKey);
        var reservation = (await Engine.GetAsync($"/v1/reservations/{headers["x-budget-reservation"]}")).Is(200);
        Assert.Equal(("anonymous", 0.25m), (reservation.GetProperty("user").GetString(), reservation.GetProperty("granted").GetDecimal()));
    }

    [Fact]
    public async Task Check_WithoutALimit_DeletesWhatTheAnswerLeavesOut()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, new { trust = new[] { "X-Cost-Center" } });
        await Engine.SetBudgetAsync(costCenter[..costCenter.IndexOf('/')], new { });
        var answer = await _client.CheckAsync(Ask(("x-cost-center", costCenter), ("x-budget-remaining", "forged")), key);
        Assert.Contains("x-budget-remaining", answer.OkResponse.HeadersToRemove);
        Assert.Contains("x-budget-utilization", answer.OkResponse.HeadersToRemove);
    }

    [Fact]
    public async Task Check_AHeaderThatCameTwice_IsAFault_HoweverEnvoySendsIt()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, new { trust = _trusted });
        var joined = await _client.CheckAsync(Ask(("x-cost-center", costCenter), ("x-user-id", "u-1,forged")), key);
        Assert.Equal(403, joined.DeniedResponse.Status.Code);
        var raw = new CheckRequest { Attributes = new() { Request = new() { Http = new() { HeaderMap = new() } } } };
        foreach (var (name, value) in new[] { ("x-cost-center", costCenter), ("x-user-id", "u-1") }) raw.Attributes.Request.Http.HeaderMap.Headers.Add(new HeaderValue { Key = name, RawValue = Google.Protobuf.ByteString.CopyFromUtf8(value) });
        Assert.Equal("u-1", Headers((await _client.CheckAsync(raw, key)).OkResponse.Headers)["x-user-id"]);
        raw.Attributes.Request.Http.HeaderMap.Headers.Add(new HeaderValue { Key = "x-user-id", Value = "forged" });
        Assert.Equal(403, (await _client.CheckAsync(raw, key)).DeniedResponse.Status.Code);
    }

    [Fact]
    public async Task Check_WhatTheRouteSays_CountsBeforeHeaders()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, new { default_amount = 0.5 });
        var ask = Ask(("x-cost-center", "elsewhere"), ("x-user-id", "forged"), ("x-budget-amount", "0"));
        ask.Attributes.ContextExtensions.Add("x-cost-center", costCenter);
        ask.Attributes.ContextExtensions.Add("x-budget-key", key.GetValue("x-budget-key")!);
        var answer = await _client.CheckAsync(ask);
        Assert.Equal(costCenter, Headers(answer.OkResponse.Headers)["x-cost-center"]);
        Assert.Contains("x-user-id", answer.OkResponse.HeadersToRemove);
        Assert.Equal(Nano.Of(0.5m), (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Theory]
    [InlineData("elsewhere/team", "outside_subtree")]
    [InlineData("no//path", "invalid_request")]
    public async Task Check_ACostCenterThatIsNotTheKeys_IsDenied(string costCenter, string code)
    {
        var (key, _) = await stand.NewGatewayAsync(1, new { trust = _trusted });
        var answer = await _client.CheckAsync(Ask(("x-cost-center", costCenter)), key);
        Assert.Equal((403, code), (answer.DeniedResponse.Status.Code, Headers(answer.DeniedResponse.Headers)["x-budget-code"]));
    }

    [Fact]
    public async Task Check_WhilePaused_IsDenied()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, new { trust = _trusted });
        (await Engine.PostAsync("/v1/pause", new { cost_center = costCenter[..costCenter.IndexOf('/')], reason = "test" })).Is(200);
        var answer = await _client.CheckAsync(Ask(("x-cost-center", costCenter), ("x-budget-amount", "0.1")), key);
        Assert.Equal((403, "paused"), (answer.DeniedResponse.Status.Code, Headers(answer.DeniedResponse.Headers)["x-budget-code"]));
    }

    [Fact]
    public async Task Check_64AtOnceOnOneConnection_GrantsExactlyWhatThereIs()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(4, new { trust = _trusted });
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => _client.CheckAsync(Ask(("x-cost-center", costCenter), ("x-budget-amount", "0.1")), key).ResponseAsync));
        Assert.Equal(40, answers.Count(a => a.Status.Code == 0));
        Assert.Equal(Nano.Of(4), (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    internal static CheckRequest Ask(params (string Name, string Value)[] headers)
    {
        var http = new AttributeContext.Types.HttpRequest { Id = "1" };
        foreach (var (name, value) in headers) http.Headers[name] = value;
        return new CheckRequest { Attributes = new AttributeContext { Request = new AttributeContext.Types.Request { Http = http } } };
    }

    internal static Dictionary<string, string> Headers(IEnumerable<HeaderValueOption> options) => options.ToDictionary(o => o.Header.Key, o => o.Header.Value);
}
