using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Denials;

[Collection(nameof(KeyedHost))]
public class DenialTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task ADeniedCheck_IsListed_WithWhoAskedAndTheWindowAsItWasThen()
    {
        await PutAsync("den-a", """{"daily":10}""");
        await SpendAsync("den-a/x", 4);
        await CheckAsync("""{"cost_center":"den-a/x","amount":5,"user":"amy"}""");

        await CheckAsync("""{"cost_center":"den-a/x","amount":2,"user":"bob","session":"s-1","request_id":"req-den-a","model":"gpt-4.1"}""");
        await PutAsync("den-a", """{"daily":1000}""");

        var denial = Assert.Single(await ListAsync("cost_center=den-a", 1))!;
        Assert.Equal(
            ["at", "request_id", "cost_center", "user", "session", "model", "amount", "reason", "blocked_by", "paused_by", "retry_after_seconds", "sampled", "detail"], denial.AsObject().Select(m => m.Key));
        Assert.Equal(
            ("req-den-a", "den-a/x", "bob", "s-1", "gpt-4.1", 2m, "budget_exceeded", false),
            ((string?)denial["request_id"], (string?)denial["cost_center"], (string?)denial["user"], (string?)denial["session"], (string?)denial["model"], (decimal)denial["amount"]!,
                (string?)denial["reason"], (bool)denial["sampled"]!));
        var window = denial["blocked_by"]!;
        Assert.Equal(
            ("den-a", "daily", 10m, 4m, 5m, 1m), ((string?)window["cost_center"], (string?)window["period"], (decimal)window["limit"]!, (decimal)window["spent"]!, (decimal)window["held"]!, (decimal)window["available"]!));
        Assert.NotNull(window["resets_at"]);
        Assert.Equal(1, (int)window["reservations"]!);
        Assert.NotNull(window["next_lapse_at"]);
        Assert.StartsWith("The daily budget of den-a is held: of 10, 4 is spent and 5 held by 1 open reservation. ", (string?)denial["detail"], StringComparison.Ordinal);
        // The amount would fit were nothing held: the next hold lapses in ten minutes, and the grace of an ancestor.
        Assert.InRange((long)denial["retry_after_seconds"]!, 1, 605);
    }

    [Fact]
    public async Task WhatIsNoDenial_IsNotListed()
    {
        await PutAsync("den-b", """{"daily":1}""");
        await CheckAsync("""{"cost_center":"den-b","amount":5,"dry_run":true}""");
        await CheckAsync("""{"cost_center":"den-b","amount":1}""");
        await CheckAsync("""{"cost_center":"den-b","amount":3}""");

        Assert.Equal(3m, (decimal)Assert.Single(await ListAsync("cost_center=den-b", 1))!["amount"]!);
    }

    [Fact]
    public async Task ADenialOfAPause_SaysWhichPause()
    {
        await PutAsync("den-c", """{"daily":10}""");
        (await SendAsync("POST", "/v1/pause", """{"cost_center":"den-c","user":"amy","reason":"stop"}""")).Expect(HttpStatusCode.OK);

        await CheckAsync("""{"cost_center":"den-c/x","amount":1,"user":"amy"}""");

        var denial = Assert.Single(await ListAsync("cost_center=den-c/x&reason=paused", 1))!;
        Assert.Null(denial["blocked_by"]);
        Assert.Equal("""{"cost_center":"den-c","user":"amy","model":null,"until":null}""", denial["paused_by"]!.ToJsonString());
    }

    [Fact]
    public async Task ARefusedExtension_IsListed()
    {
        await PutAsync("den-d", """{"daily":10}""");
        var reservation = (string?)(await CheckAsync("""{"cost_center":"den-d","amount":5,"user":"amy"}"""))["reservation_id"];

        (await SendAsync("POST", $"/v1/reservations/{reservation}/extend", """{"amount":11}""")).Expect(HttpStatusCode.OK);

        var denial = Assert.Single(await ListAsync("cost_center=den-d", 1))!;
        Assert.Equal(("amy", 11m, "budget_exceeded"), ((string?)denial["user"], (decimal)denial["amount"]!, (string?)denial["reason"]));
    }

    [Fact]
    public async Task AGatewaysDenial_IsListed_UnderTheIdAndTheSessionThatItWasAskedWith()
    {
        await PutAsync("den-e", """{"daily":0}""");
        var (key, _) = await host.NewKeyAsync("check", "den-e", ""","gateway":{"trust":["X-User-ID","X-Session-ID","X-Budget-Amount"]}""");

        await Api.SendAsync("GET", "/v1/authorize", null, key, "X-Request-ID: req-den-e", "X-User-ID: amy", "X-Session-ID: s-9", "X-Budget-Amount: 2");

        var denial = Assert.Single(await ListAsync("request_id=req-den-e", 1))!;
        Assert.Equal(("den-e", "amy", "s-9", 2m), ((string?)denial["cost_center"], (string?)denial["user"], (string?)denial["session"], (decimal)denial["amount"]!));
    }

    [Fact]
    public async Task AList_ReadByPages_IsNewestFirstAndWhole()
    {
        await PutAsync("den-f", """{"daily":0}""");
        for (var i = 1; i <= 7; i++) await CheckAsync($$"""{"cost_center":"den-f","amount":{{i}}}""");
        await ListAsync("cost_center=den-f", 7);

        var amounts = new List<decimal>();
        string? cursor = null;
        do
        {
            var page = (await GetAsync($"cost_center=den-f&limit=3{(cursor is null ? "" : "&cursor=" + cursor)}")).Json;
            amounts.AddRange(page["items"]!.AsArray().Select(d => (decimal)d!["amount"]!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);

        Assert.Equal([7, 6, 5, 4, 3, 2, 1], amounts);
    }

    [Fact]
    public async Task AKey_SeesDenialsOfItsSubtree_AndOfLimitsAboveItOnlyWhenTheyReset()
    {
        await PutAsync("den-g", """{"daily":1}""");
        await CheckAsync("""{"cost_center":"den-g/x/y","amount":5}""");
        await CheckAsync("""{"cost_center":"den-g/z","amount":5}""");
        await ListAsync("cost_center=den-g", 2);
        var (key, _) = await host.NewKeyAsync("read", "den-g/x");

        var denial = Assert.Single((await Api.SendAsync("GET", "/v1/denials", null, key)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray())!;

        Assert.Equal("den-g/x/y", (string?)denial["cost_center"]);
        Assert.Equal(["cost_center", "period", "status", "resets_at"], denial["blocked_by"]!.AsObject().Select(m => m.Key));
        // It was asked by a key that sees the amounts, and this one does not.
        Assert.Null(denial["detail"]);
        (await Api.SendAsync("GET", "/v1/denials?cost_center=den-g", null, key)).ExpectProblem(403, "outside_subtree");
        var (check, _) = await host.NewKeyAsync("check", "den-g/x");
        (await Api.SendAsync("GET", "/v1/denials", null, check)).ExpectProblem(403, "missing_scope");
    }

    [Fact]
    public async Task BadInput_IsNamedAtOnce()
    {
        var reply = await GetAsync("reason=nonsense&from=yesterday&limit=0&colour=red");
        Assert.Equal(["colour", "from", "limit", "reason"], reply.ExpectProblem(400, "invalid_request").ErrorFields.Order());
        (await GetAsync("from=2026-11-02&to=2026-11-01")).ExpectProblem(400, "invalid_request");
        (await GetAsync("cursor=nonsense")).ExpectProblem(400, "invalid_cursor");
    }

    [Fact]
    public async Task AFlood_IsKeptInPart_AndCountedWhole()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true", "--Denials:MaxPerMinute=5"]);
        (await api.SendAsync("PUT", "/v1/budgets/flood", """{"daily":0}""")).Expect(HttpStatusCode.Created);
        await AtTheBeginningOfAMinute();
        await Task.WhenAll(Enumerable.Range(0, 420).Select(_ => api.SendAsync("POST", "/v1/check", """{"cost_center":"flood/x","amount":1}""")));

        JsonNode answer = null!;
        await Eventually.HoldsAsync("all denials are kept or counted", async () =>
        {
            answer = (await api.SendAsync("GET", "/v1/denials?cost_center=flood")).Expect(HttpStatusCode.OK).Json;
            return answer["items"]!.AsArray().Count + ((long?)answer["omitted"]?["count"] ?? 0) == 420;
        });
        Assert.Equal((5, 4), (answer["items"]!.AsArray().Count(d => !(bool)d!["sampled"]!), answer["items"]!.AsArray().Count(d => (bool)d!["sampled"]!)));
        Assert.Equal(411, (long)answer["omitted"]!["reasons"]!["budget_exceeded"]!);
        Assert.Null((await api.SendAsync("GET", "/v1/denials?cost_center=flood&reason=paused")).Json["omitted"]);
        Assert.Contains("budget_denials_total{log=\"omitted\"} 411", (await api.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
    }

    /// <summary>Bounds are of a minute: a flood that is spread over two would be kept in other numbers.</summary>
    private static Task AtTheBeginningOfAMinute() => Eventually.HoldsAsync("a minute has begun", () => Task.FromResult(DateTimeOffset.UtcNow.Second < 45), 30);

    private async Task<JsonArray> ListAsync(string query, int count)
    {
        JsonArray items = [];
        await Eventually.HoldsAsync($"{count} denials of {query} are listed", async () => (items = (await GetAsync(query)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray()).Count >= count);
        return items;
    }

    private Task<ApiReply> GetAsync(string query) => SendAsync("GET", "/v1/denials?" + query);

    private async Task<JsonNode> CheckAsync(string body) => (await SendAsync("POST", "/v1/check", body)).Expect(HttpStatusCode.OK).Json;

    private async Task PutAsync(string path, string budget) => Assert.True((int)(await SendAsync("PUT", $"/v1/budgets/{path}", budget)).Status is 200 or 201);

    private async Task SpendAsync(string path, decimal cost) =>
        (await SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{Guid.NewGuid():N}}","cost_center":"{{path}}","cost":{{cost}}}""")).Expect(HttpStatusCode.OK);

    private Task<ApiReply> SendAsync(string method, string path, string? body = null) => Api.SendAsync(method, path, body, KeyedHost.Admin);
}
