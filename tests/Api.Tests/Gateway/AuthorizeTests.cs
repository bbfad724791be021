using System.Net;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Gateway;

[Collection(nameof(KeyedHost))]
public class AuthorizeTests(KeyedHost host)
{
    private const string Trusted = ""","gateway":{"trust":["X-Cost-Center","X-User-ID","X-Session-ID","X-Budget-Model","X-Budget-Input-Tokens","X-Budget-Amount"]""";

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Allow_Is200WithoutABody_AndTellsWhatIsLeft()
    {
        var key = await KeyAsync("gw-allow", Trusted + "}");
        var reply = (await Api.SendAsync("POST", "/v1/authorize/v1/chat/completions?x=%zz", "{not json", key, "Content-Type: text/weird", "X-Cost-Center: gw-allow/x",
            "X-Budget-Amount: 0.5", "X-Session-ID: s-1", "X-Request-ID: r-1", "Authorization: Bearer sk-client")).Expect(HttpStatusCode.OK);
        Assert.Equal("", reply.Body);
        Assert.Equal("allow", reply.Header("X-Budget-Decision"));
        Assert.StartsWith("rsv_", reply.Header("X-Budget-Reservation"), StringComparison.Ordinal);
        Assert.Equal("10", reply.Header("X-Budget-Remaining"));
        Assert.Equal("0", reply.Header("X-Budget-Utilization"));
        Assert.Equal("USD", reply.Header("X-Budget-Currency"));
        Assert.Equal("gw-allow/x", reply.Header("X-Cost-Center"));
        Assert.Equal("s-1", reply.Header("X-Session-ID"));
        Assert.Equal("r-1", reply.Header("X-Request-ID"));
    }

    [Fact]
    public async Task RequestId_NeverFindsAnEarlierReservation()
    {
        var key = await KeyAsync("gw-id", Trusted + "}");
        var first = await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 1", "X-Request-ID: same");
        var second = await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 1", "X-Request-ID: same");
        Assert.NotEqual(first.Header("X-Budget-Reservation"), second.Header("X-Budget-Reservation"));
    }

    [Fact]
    public async Task Denial_ByDefault_TellsNeitherAmountsNorCostCenter()
    {
        var key = await KeyAsync("gw-deny", Trusted + "}");
        var reply = (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Cost-Center: gw-deny/secret-name", "X-Budget-Amount: 11")).Expect(HttpStatusCode.PaymentRequired);
        Assert.Equal(["type", "title", "status", "code", "period", "resets_at", "request_id", "detail"], reply.Json.AsObject().Select(p => p.Key));
        Assert.Equal("budget_exceeded", reply.Code);
        Assert.DoesNotContain("gw-deny", reply.Body, StringComparison.Ordinal);
        Assert.Equal((string?)reply.Json["detail"], reply.Header("X-Budget-Message"));
        Assert.StartsWith("The request is larger than what is left of the budget. It resets at ", (string?)reply.Json["detail"], StringComparison.Ordinal);
        Assert.Equal("deny", reply.Header("X-Budget-Decision"));
        Assert.Equal("budget_exceeded", reply.Header("X-Budget-Code"));
        Assert.Equal("false", reply.Header("x-should-retry"));
        Assert.True(long.Parse(reply.Header("X-Budget-Reset")!) is > 0 and <= 86_400);
        Assert.NotNull(reply.Header("Retry-After"));
        Assert.NotNull(reply.Header("X-Request-ID"));
        Assert.Null(reply.Header("X-Cost-Center"));
    }

    [Theory]
    [InlineData("openai", """{"message":""", "insufficient_quota")]
    [InlineData("anthropic", "rate_limit_error", "error")]
    public async Task Denial_InTheClientsFormat_HasItsShape(string format, string part, string word)
    {
        var key = await KeyAsync("gw-" + format, Trusted + $$""","format":"{{format}}","deny_status":429}""");
        var reply = (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 11")).Expect(HttpStatusCode.TooManyRequests);
        Assert.Equal("application/json", reply.MediaType);
        Assert.Contains(part, reply.Body, StringComparison.Ordinal);
        Assert.Contains(word, reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("gw-" + format, reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Denial_WithFullDetail_TellsWhere()
    {
        var key = await KeyAsync("gw-full", Trusted + ""","detail":"full"}""");
        var reply = (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 11")).Expect(HttpStatusCode.PaymentRequired);
        Assert.Equal("gw-full", (string?)reply.Json["cost_center"]);
        Assert.Equal(10, (int)reply.Json["blocked_by"]!["limit"]!);
    }

    [Fact]
    public async Task Denial_ForHeldMoney_SaysBehindAGatewayThatItIsHeld()
    {
        var key = await KeyAsync("gw-held", Trusted + "}");
        for (var i = 0; i < 10; i++) (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 1")).Expect(HttpStatusCode.OK);
        var reply = (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 1")).Expect(HttpStatusCode.PaymentRequired);
        Assert.Equal("The budget is held by open reservations", (string?)reply.Json["title"]);
        Assert.Matches("^The budget is held by 10 open reservations\\. The next lapses in (5\\d\\d|600) s\\.$", (string?)reply.Json["detail"]);
        Assert.DoesNotContain("spent", reply.Body, StringComparison.Ordinal);
        Assert.True(long.Parse(reply.Header("Retry-After")!) is > 500 and <= 600);
    }

    [Fact]
    public async Task Denial_ForAPause_IsTitledAPause()
    {
        var key = await KeyAsync("gw-pause", Trusted + ""","format":"openai"}""");
        (await Api.SendAsync("POST", "/v1/pause", """{"cost_center":"gw-pause","reason":"stop"}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        var reply = (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Budget-Amount: 1")).Expect(HttpStatusCode.Forbidden);
        Assert.Equal("Requests are paused until they are resumed.", (string?)reply.Json["error"]!["message"]);
    }

    [Fact]
    public async Task SpoofedHeaders_DoNotCount()
    {
        var key = await KeyAsync("gw-spoof", ""","gateway":{"trust":[],"default_amount":0.25}""");
        var reply = (await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Cost-Center: gw-spoof/rich", "X-User-ID: boss", "X-Budget-Amount: 0", "X-Session-ID: s"))
            .Expect(HttpStatusCode.OK);
        Assert.Equal("gw-spoof", reply.Header("X-Cost-Center"));
        Assert.Null(reply.Header("X-Session-ID"));
        var reservation = await Api.SendAsync("GET", $"/v1/reservations/{reply.Header("X-Budget-Reservation")}", null, key);
        Assert.Equal("anonymous", (string?)reservation.Json["user"]);
        Assert.Equal("0.25", reservation.Json["granted"]!.ToJsonString());
    }

    /// <summary>Bad input is a denial like any other: 403, and never 400, 413 or 415.</summary>
    [Theory]
    [InlineData("X-Cost-Center: gw-bad//x", "invalid_request")]
    [InlineData("X-Cost-Center: elsewhere/x", "outside_subtree")]
    [InlineData("X-Budget-Amount: -1", "invalid_request")]
    [InlineData("X-Budget-Amount: NaN", "invalid_request")]
    [InlineData("X-Budget-Amount: 1e11", "invalid_request")]
    [InlineData("X-Budget-Input-Tokens: 1.5", "invalid_request")]
    public async Task BadInput_Is403(string header, string code)
    {
        var key = await KeyAsync("gw-bad", Trusted + "}");
        Assert.Equal(code, (await Api.SendAsync("GET", "/v1/authorize", null, key, header)).Expect(HttpStatusCode.Forbidden).Code);
    }

    [Fact]
    public async Task AHeaderThatOccursTwice_IsAFault()
    {
        var key = await KeyAsync("gw-twice", Trusted + "}");
        var answer = await RawHttp.GetAsync(Api.Address, "/v1/authorize", key, "X-Cost-Center: gw-twice", "X-Cost-Center: gw-twice");
        Assert.StartsWith("HTTP/1.1 403", answer, StringComparison.Ordinal);
        answer = await RawHttp.GetAsync(Api.Address, "/v1/authorize", key, key);
        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/authorize/../../etc/passwd")]
    [InlineData("/v1/authorize//a//b/")]
    [InlineData("/v1/authorize/?%zz=%")]
    public async Task PathsOfTheEndClient_AreNotLookedAt(string target)
    {
        var key = await KeyAsync("gw-path", Trusted + "}");
        Assert.StartsWith("HTTP/1.1 200", await RawHttp.GetAsync(Api.Address, target, key), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("X-Budget-Key: wrong")]
    [InlineData("Authorization: Bearer " + KeyedHost.AdminKey)]
    public async Task WithoutARightKey_Is401WithoutAChallenge(string header)
    {
        var reply = (await Api.SendAsync("GET", "/v1/authorize", null, header.Length == 0 ? [] : [header])).Expect(HttpStatusCode.Unauthorized);
        Assert.Null(reply.Header("WWW-Authenticate"));
    }

    private async Task<string> KeyAsync(string costCenter, string gateway)
    {
        await Api.SendAsync("PUT", $"/v1/budgets/{costCenter}", """{"daily":10}""", KeyedHost.Admin);
        return (await host.NewKeyAsync("check", costCenter, gateway + (gateway.EndsWith('}') ? "" : "}"))).Header;
    }
}
