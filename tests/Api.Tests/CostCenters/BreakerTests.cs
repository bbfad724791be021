using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.CostCenters;

[Collection(nameof(KeyedHost))]
public class BreakerTests(KeyedHost host)
{
    private static readonly string[] Members = ["state", "reason", "cost_center", "user", "period", "since", "until"];

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Breaker_WithoutALimitOrBelowIt_IsClosed()
    {
        await PutAsync("brk-a/x", """{"daily":10}""");
        await SpendAsync("brk-a/x", 9);
        var breaker = await BreakerAsync("brk-a/x");
        Assert.Equal(Members, breaker.AsObject().Select(m => m.Key));
        Assert.Equal("closed", (string?)breaker["state"]);
        Assert.All(Members[1..], m => Assert.Null(breaker[m]));
        Assert.Equal("closed", (string?)(await BreakerAsync("brk-a"))["state"]);
    }

    [Fact]
    public async Task SpentLimit_OpensItAndAllBelow_UntilItIsRaised()
    {
        await PutAsync("brk-b", """{"daily":10,"monthly":10}""");
        await PutAsync("brk-b/x/y", """{"daily":100}""");
        await SpendAsync("brk-b/x/y", 10);
        JsonNode breaker = null!;
        await Eventually.HoldsAsync("the ledger knows since when", async () => (breaker = await BreakerAsync("brk-b/x/y"))["since"] is not null);
        Assert.Equal("open", (string?)breaker["state"]);
        Assert.Equal("budget_exceeded", (string?)breaker["reason"]);
        Assert.Equal("brk-b", (string?)breaker["cost_center"]);
        // Of two spent windows the one that resets last; on the last day of a month both do, and the first is told.
        Assert.Equal(DateTimeOffset.UtcNow.AddDays(1).Day == 1 ? "daily" : "monthly", (string?)breaker["period"]);
        Assert.NotNull(breaker["until"]);
        Assert.Equal(breaker.ToJsonString(), (await BreakerAsync("brk-b")).ToJsonString());
        var listed = (await Api.SendAsync("GET", "/v1/cost-centers?under=brk-b", null, KeyedHost.Admin)).Json["items"]!.AsArray();
        Assert.Equal(3, listed.Count);
        Assert.All(listed, c => Assert.Equal(breaker.ToJsonString(), c!["breaker"]!.ToJsonString()));

        var denied = await CheckAsync("brk-b/x/y");
        Assert.Equal("budget_exceeded", (string?)denied["reason"]);
        Assert.Equal("open", (string?)denied["breaker"]!["state"]);
        Assert.Equal("brk-b", (string?)denied["breaker"]!["cost_center"]);
        Assert.Equal((string?)breaker["until"], (string?)denied["breaker"]!["until"]);

        await PutAsync("brk-b", """{"daily":20,"monthly":20}""");
        Assert.Equal("closed", (string?)(await BreakerAsync("brk-b/x/y"))["state"]);
        var allowed = await CheckAsync("brk-b/x/y");
        Assert.Equal("allow", (string?)allowed["decision"]);
        Assert.False(allowed.AsObject().ContainsKey("breaker"));
    }

    [Fact]
    public async Task NearestOpenOne_IsTold_FromTheLeafUpward()
    {
        await PutAsync("brk-c", """{"daily":5}""");
        await PutAsync("brk-c/x", """{"weekly":5}""");
        await SpendAsync("brk-c/x", 5);
        var breaker = await BreakerAsync("brk-c/x");
        Assert.Equal("brk-c/x", (string?)breaker["cost_center"]);
        Assert.Equal("weekly", (string?)breaker["period"]);
    }

    [Fact]
    public async Task SoftBudget_LeavesItClosed()
    {
        await PutAsync("brk-d/x", """{"daily":1,"enforcement":"soft"}""");
        await SpendAsync("brk-d/x", 5);
        Assert.Equal("closed", (string?)(await BreakerAsync("brk-d/x"))["state"]);
    }

    [Fact]
    public async Task LimitForChildren_OpensTheChild()
    {
        await PutAsync("brk-e", """{"per_child":{"daily":3}}""");
        await SpendAsync("brk-e/x", 3);
        await SpendAsync("brk-e/y", 1);
        var breaker = await BreakerAsync("brk-e/x");
        Assert.Equal("open", (string?)breaker["state"]);
        Assert.Equal("brk-e/x", (string?)breaker["cost_center"]);
        Assert.Equal("closed", (string?)(await BreakerAsync("brk-e/y"))["state"]);
        Assert.Equal("closed", (string?)(await BreakerAsync("brk-e"))["state"]);
    }

    [Fact]
    public async Task Pause_OpensItAndAllBelow_UntilResumed()
    {
        await PutAsync("brk-f/x/y", """{"daily":10}""");
        var until = DateTimeOffset.UtcNow.AddHours(2).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        (await Api.SendAsync("POST", "/v1/pause", $$"""{"cost_center":"brk-f/x","until":"{{until}}"}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        var breaker = await BreakerAsync("brk-f/x/y");
        Assert.Equal("open", (string?)breaker["state"]);
        Assert.Equal("paused", (string?)breaker["reason"]);
        Assert.Equal("brk-f/x", (string?)breaker["cost_center"]);
        Assert.Null(breaker["period"]);
        Assert.NotNull(breaker["since"]);
        Assert.Equal(until, (string?)breaker["until"]);
        Assert.Equal("closed", (string?)(await BreakerAsync("brk-f"))["state"]);

        var denied = await CheckAsync("brk-f/x/y");
        Assert.Equal("paused", (string?)denied["reason"]);
        Assert.Equal(breaker.ToJsonString(), denied["breaker"]!.ToJsonString());

        (await Api.SendAsync("POST", "/v1/resume", """{"cost_center":"brk-f/x"}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        Assert.Equal("closed", (string?)(await BreakerAsync("brk-f/x/y"))["state"]);
    }

    [Fact]
    public async Task PauseOfAUser_OpensNothing_AndIsToldInItsDenial()
    {
        await PutAsync("brk-g/x", """{"daily":10}""");
        (await Api.SendAsync("POST", "/v1/pause", """{"cost_center":"brk-g","user":"u-1"}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        Assert.Equal("closed", (string?)(await BreakerAsync("brk-g/x"))["state"]);
        var denied = (await Api.SendAsync("POST", "/v1/check", """{"cost_center":"brk-g/x","amount":1,"user":"u-1"}""", KeyedHost.Admin)).Json;
        Assert.Equal("u-1", (string?)denied["breaker"]!["user"]);
        Assert.Equal("brk-g", (string?)denied["breaker"]!["cost_center"]);
    }

    [Fact]
    public async Task DenialForWhatIsHeld_HasNoBreaker()
    {
        await PutAsync("brk-h/x", """{"daily":10}""");
        await Api.SendAsync("POST", "/v1/check", """{"cost_center":"brk-h/x","amount":10}""", KeyedHost.Admin);
        var denied = await CheckAsync("brk-h/x");
        Assert.Equal("budget_exceeded", (string?)denied["reason"]);
        Assert.False(denied.AsObject().ContainsKey("breaker"));
    }

    [Fact]
    public async Task AboveTheSubtree_OnlyWhatADenialTells_IsTold()
    {
        await PutAsync("brk-i", """{"daily":5}""");
        await PutAsync("brk-i/x", """{"daily":100}""");
        await SpendAsync("brk-i/x", 5);
        await Eventually.HoldsAsync("the ledger knows since when", async () => (await BreakerAsync("brk-i/x"))["since"] is not null);
        var (key, _) = await host.NewKeyAsync("read", "brk-i/x");
        var hidden = await BreakerAsync("brk-i/x", key);
        Assert.Equal("open", (string?)hidden["state"]);
        Assert.Equal("brk-i", (string?)hidden["cost_center"]);
        Assert.NotNull(hidden["until"]);
        Assert.Null(hidden["since"]);
    }

    private async Task PutAsync(string costCenter, string budget) =>
        Assert.True((await Api.SendAsync("PUT", $"/v1/budgets/{costCenter}", budget, KeyedHost.Admin)).Status is HttpStatusCode.Created or HttpStatusCode.OK);

    private async Task SpendAsync(string costCenter, int cost) => (await Api.SendAsync(
        "POST", "/v1/usage", $$"""{"request_id":"{{costCenter}}","cost_center":"{{costCenter}}","cost":{{cost}}}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);

    private async Task<JsonNode> CheckAsync(string costCenter) =>
        (await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{costCenter}}","amount":1}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json;

    private async Task<JsonNode> BreakerAsync(string costCenter, string key = KeyedHost.Admin) =>
        (await Api.SendAsync("GET", $"/v1/cost-centers/{costCenter}", null, key)).Expect(HttpStatusCode.OK).Json["breaker"]!;
}
