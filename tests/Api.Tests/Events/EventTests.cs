using System.Net;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Events;

[Collection(nameof(KeyedHost))]
public class EventTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Alert_IsToldOnce_AsItIsStored()
    {
        using var events = await ListenAsync("evt-a");
        // A total has no forecast.
        await PutAsync("evt-a/x", """{"total":10}""");
        await SpendAsync("evt-a/x", "1", 8);
        var alert = (await events.UntilAsync(e => e.Kind == "alert"))[^1];
        Assert.Equal("budget.threshold.reached", (string?)alert.Data["type"]);
        var stored = (await Api.SendAsync("GET", $"/v1/alerts/{alert.Data["alert_id"]}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json.AsObject();
        stored.Remove("deliveries");
        Assert.Equal(stored.ToJsonString(), alert.Data.ToJsonString());

        // What is read again is known.
        await PutAsync("evt-a/y", """{"total":10}""");
        await SpendAsync("evt-a/y", "2", 8);
        var rest = await events.UntilAsync(e => e.Kind == "alert");
        Assert.Equal("evt-a/y", rest[^1].CostCenter);
    }

    [Fact]
    public async Task Decisions_AreSampled_LooksAreNot()
    {
        using var events = await ListenAsync("evt-b");
        await PutAsync("evt-b/x", """{"daily":10}""");
        await Api.SendAsync("POST", "/v1/check", """{"cost_center":"evt-b/x","amount":1,"dry_run":true}""", KeyedHost.Admin);
        await Api.SendAsync("POST", "/v1/check", """{"cost_center":"evt-b/x","amount":1,"user":"u-1","request_id":"r-1"}""", KeyedHost.Admin);
        await Api.SendAsync("POST", "/v1/check", """{"cost_center":"evt-b/x","amount":100}""", KeyedHost.Admin);
        await Api.SendAsync("GET", "/v1/authorize", null, KeyedHost.Admin);
        var seen = (await events.UntilAsync(e => (string?)e.Data["decision"] == "deny")).Where(e => e.Kind == "decision").ToList();
        Assert.Equal(["allow", "deny"], seen.Select(e => (string?)e.Data["decision"]));
        Assert.Equal("u-1", (string?)seen[0].Data["user"]);
        Assert.Equal("r-1", (string?)seen[0].Data["request_id"]);
        Assert.Equal(1m, (decimal)seen[0].Data["granted"]!);
        Assert.Equal("budget_exceeded", (string?)seen[1].Data["reason"]);
        // Also to those whose subtree begins below: nothing but when to come back.
        Assert.Equal(["cost_center", "period", "status", "resets_at"], seen[1].Data["blocked_by"]!.AsObject().Select(m => m.Key));
    }

    [Fact]
    public async Task Spend_IsToldForTheWholePath()
    {
        using var events = await ListenAsync("evt-c");
        await SpendAsync("evt-c/x/y", "1", 3);
        await SpendAsync("evt-c/x/y", "2", 4);
        var seen = new Dictionary<string, decimal>();
        await events.UntilAsync(e =>
        {
            if (e.Kind == "spend") seen[e.CostCenter!] = (decimal)e.Data["spent_today"]!;
            return seen.Count == 3 && seen.Values.All(v => v == 7);
        });
        Assert.Equal(["evt-c", "evt-c/x", "evt-c/x/y"], seen.Keys.Order());
    }

    [Fact]
    public async Task Changes_AndBreakers_AreTold()
    {
        await PutAsync("evt-d/x", """{"daily":1}""");
        using var events = await ListenAsync("evt-d");
        await PutAsync("evt-d/x", """{"daily":10}""");
        (await Api.SendAsync("PUT", "/v1/increases/evt-d", """{"cost_center":"evt-d/x","period":"daily","amount":1,"until":"2999-01-01T00:00:00Z"}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        (await Api.SendAsync("DELETE", "/v1/increases/evt-d", null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);
        await Api.SendAsync("POST", "/v1/pause", """{"cost_center":"evt-d/x"}""", KeyedHost.Admin);
        var opened = await events.UntilAsync(e => (string?)e.Data["breaker"]?["state"] == "open");
        Assert.Equal(["budget.put", "increase.put", "increase.deleted", "paused"], opened.Where(e => e.Data["change"] is not null).Select(e => (string?)e.Data["change"]));
        Assert.Equal("paused", (string?)opened[^1].Data["breaker"]!["reason"]);
        Assert.Equal("evt-d/x", opened[^1].CostCenter);

        await Api.SendAsync("POST", "/v1/resume", """{"cost_center":"evt-d/x"}""", KeyedHost.Admin);
        await events.UntilAsync(e => (string?)e.Data["breaker"]?["state"] == "closed");
        await SpendAsync("evt-d/x", "1", 10);
        var spent = (await events.UntilAsync(e => (string?)e.Data["breaker"]?["state"] == "open"))[^1];
        Assert.Equal("budget_exceeded", (string?)spent.Data["breaker"]!["reason"]);
        (await Api.SendAsync("DELETE", "/v1/budgets/evt-d/x", null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);
        var closed = await events.UntilAsync(e => (string?)e.Data["breaker"]?["state"] == "closed");
        Assert.Contains(closed, e => (string?)e.Data["change"] == "budget.deleted");
    }

    [Fact]
    public async Task Subtree_HearsItsOwn_AndWhenABreakerAboveOpens()
    {
        await PutAsync("evt-e", """{"daily":100}""");
        await PutAsync("evt-e/x", """{"daily":10}""");
        var (key, _) = await host.NewKeyAsync("read", "evt-e/x");
        using var events = await ListenAsync(null, key);
        await SpendAsync("evt-e/other", "1", 9);
        await Api.SendAsync("POST", "/v1/check", """{"cost_center":"evt-e/other","amount":1}""", KeyedHost.Admin);
        await Api.SendAsync("POST", "/v1/pause", """{"cost_center":"evt-e","reason":"none of theirs"}""", KeyedHost.Admin);
        var seen = await events.UntilAsync(e => e.Data["breaker"] is not null);
        var breaker = Assert.Single(seen).Data;
        Assert.Equal("evt-e", (string?)breaker["cost_center"]);
        Assert.Equal("open", (string?)breaker["breaker"]!["state"]);
        Assert.Null(breaker["breaker"]!["since"]);
        await SpendAsync("evt-e/x", "2", 1);
        Assert.Equal("evt-e/x", (await events.UntilAsync(e => e.Kind == "spend"))[^1].CostCenter);
    }

    [Fact]
    public async Task LastEventId_ResumesWithoutLossOrRepeat()
    {
        await PutAsync("evt-f/x", """{"total":10}""");
        string last;
        using (var first = await ListenAsync("evt-f"))
        {
            await PutAsync("evt-f/x", """{"total":11}""");
            last = (await first.UntilAsync(e => e.Kind == "budget"))[^1].Id;
        }

        await PutAsync("evt-f/x", """{"total":12}""");
        await SpendAsync("evt-f/x", "1", 9);
        await Eventually.HoldsAsync(
            "the alert is stored",
            async () => (await Api.SendAsync("GET", "/v1/alerts?cost_center=evt-f", null, KeyedHost.Admin)).Json["items"]!.AsArray().Count == 1);
        await PutAsync("evt-f/x", """{"total":1000}""");
        using var again = await ListenAsync("evt-f", lastEventId: last);
        var seen = await again.UntilAsync(e => e.Kind == "alert");
        await PutAsync("evt-f/x", """{"total":1001}""");
        // Two that were missed, and one after coming back.
        while (seen.Count(e => e.Data["change"] is not null) < 3) seen.Add((await again.NextAsync())!);
        Assert.Single(seen, e => e.Kind == "alert");
        Assert.Equal(seen.Select(e => e.Id).Distinct(), seen.Select(e => e.Id));
    }

    [Fact]
    public async Task LastEventId_OfAnotherProcess_BringsAlertsFromTheLedger()
    {
        await PutAsync("evt-g/x", """{"total":10}""");
        await SpendAsync("evt-g/x", "1", 8);
        await Eventually.HoldsAsync(
            "the alert is stored",
            async () => (await Api.SendAsync("GET", "/v1/alerts?cost_center=evt-g", null, KeyedHost.Admin)).Json["items"]!.AsArray().Count == 1);
        var elsewhere = new LiveEventId("another", DateTimeOffset.UtcNow.AddMinutes(-1), 77).ToString();
        using var events = await ListenAsync("evt-g", lastEventId: elsewhere);
        var alert = (await events.NextAsync())!;
        Assert.Equal("alert", alert.Kind);
        Assert.Equal("", alert.Id);
        // Replayed and live at once would be twice.
        await PutAsync("evt-g/x", """{"total":1000}""");
        Assert.DoesNotContain(await events.UntilAsync(e => e.Kind == "budget"), e => e.Kind == "alert");
        Assert.NotEqual("", events.LastId);
    }

    [Fact]
    public async Task RevokedKey_EndsTheStream()
    {
        var (key, id) = await host.NewKeyAsync("read");
        using var events = await ListenAsync("evt-h", key);
        (await Api.SendAsync("DELETE", $"/v1/keys/{id}", null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);
        await events.EndAsync();
    }

    [Theory]
    [InlineData("/v1/events?cost_center=a//b", 400, "invalid_cost_center")]
    [InlineData("/v1/events?level=x", 400, "unknown_field")]
    public async Task BadRequest_IsRefused(string path, int status, string code) => (await Api.SendAsync("GET", path, null, KeyedHost.Admin)).ExpectProblem(status, code);

    [Fact]
    public async Task Listening_NeedsRead_AndStaysInTheSubtree()
    {
        var (check, _) = await host.NewKeyAsync("check usage");
        (await Api.SendAsync("GET", "/v1/events", null, check)).ExpectProblem(403, "missing_scope");
        (await Api.SendAsync("GET", "/v1/events")).ExpectProblem(401, "key_required");
        var (read, _) = await host.NewKeyAsync("read", "evt-i/x");
        (await Api.SendAsync("GET", "/v1/events?cost_center=evt-i", null, read)).ExpectProblem(403, "outside_subtree");
    }

    /// <summary>Listens, and knows that it does: the stream has begun.</summary>
    private Task<EventClient> ListenAsync(string? costCenter, string key = KeyedHost.Admin, string? lastEventId = null) =>
        EventClient.OpenAsync(Api, costCenter is null ? "/v1/events" : $"/v1/events?cost_center={costCenter}", key, lastEventId);

    private async Task PutAsync(string costCenter, string budget) =>
        Assert.True((await Api.SendAsync("PUT", $"/v1/budgets/{costCenter}", budget, KeyedHost.Admin)).Status is HttpStatusCode.Created or HttpStatusCode.OK);

    private async Task SpendAsync(string costCenter, string id, int cost) => (await Api.SendAsync(
        "POST", "/v1/usage", $$"""{"request_id":"evt-{{id}}","cost_center":"{{costCenter}}","cost":{{cost}}}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
}
