using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Keys;

/// <summary>What a key of a subtree learns of the cost centers above it: name, period, status and reset of their windows, and no amount.</summary>
[Collection(nameof(KeyedHost))]
public sealed class HiddenAncestorTests(KeyedHost host)
{
    private static readonly string[] _told = ["cost_center", "period", "status", "resets_at"];

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Put_WithALimitAboveOneThatIsHidden_GivesNoWarning()
    {
        await PutAsync("hidden-put", 50);
        await PutAsync("hidden-put/a", 40);
        var (header, _) = await host.NewKeyAsync("admin", "hidden-put/a");

        foreach (var limit in new[] { 45, 60 })
        {
            var reply = (await Api.SendAsync("PUT", "/v1/budgets/hidden-put/a/b", $$"""{"daily":{{limit}}}""", header)).Expect(limit == 45 ? HttpStatusCode.Created : HttpStatusCode.OK);
            Assert.Equal(["daily: the limit " + limit + " is above the limit 40 of hidden-put/a, which denies first"], reply.Json["warnings"]!.AsArray().Select(w => (string)w!));
        }

        var read = await Api.SendAsync("GET", "/v1/budgets?under=hidden-put/a", null, header);
        Assert.DoesNotContain("limit 50", read.Body, StringComparison.Ordinal);
        // Who sees it is warned of it.
        Assert.Contains("the limit 50 of hidden-put,", (await Api.SendAsync("GET", "/v1/budgets/hidden-put/a/b", null, KeyedHost.Admin)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_ThatAHiddenAncestorWouldGrantInPart_TellsTheLeastThatItAskedFor()
    {
        await PutAsync("hidden-dry", 7.25m);
        var (header, _) = await host.NewKeyAsync("check", "hidden-dry/a");

        var look = await CheckAsync(header, """{"cost_center":"hidden-dry/a/b","amount":1000,"min_amount":0,"dry_run":true}""");
        Assert.Equal(("allow", 0m), ((string?)look["decision"], (decimal)look["granted"]!));
        var priced = await CheckAsync(header, """{"cost_center":"hidden-dry/a/b","amount":100,"min_amount":2,"dry_run":true}""");
        Assert.Equal(("allow", 2m), ((string?)priced["decision"], (decimal)priced["granted"]!));
        Assert.DoesNotContain("7.25", look.ToJsonString() + priced.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("deny", (string?)(await CheckAsync(header, """{"cost_center":"hidden-dry/a/b","amount":100,"min_amount":8,"dry_run":true}"""))["decision"]);

        // What is granted for real must be told, and who sees the ancestor is told in a look too.
        Assert.Equal(7.25m, (decimal)(await CheckAsync(KeyedHost.Admin, """{"cost_center":"hidden-dry/a/b","amount":100,"min_amount":0,"dry_run":true}"""))["granted"]!);
        Assert.Equal(7.25m, (decimal)(await CheckAsync(header, """{"cost_center":"hidden-dry/a/b","amount":100,"min_amount":0}"""))["granted"]!);
    }

    [Fact]
    public async Task DryRun_ThatAVisibleNodeWouldGrantInPart_TellsHowMuch()
    {
        await PutAsync("hidden-own", 50);
        await PutAsync("hidden-own/a", 6);
        var (header, _) = await host.NewKeyAsync("check", "hidden-own/a");

        Assert.Equal(6m, (decimal)(await CheckAsync(header, """{"cost_center":"hidden-own/a","amount":100,"min_amount":0,"dry_run":true}"""))["granted"]!);
    }

    [Fact]
    public async Task Denial_ByAVisibleNode_TellsNothingOfWhatAHiddenOneHasLeft()
    {
        (await Api.SendAsync("PUT", "/v1/prices/hidden-model", """{"input":0,"output":1000000}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        await PutAsync("hidden-left", 3);
        await PutAsync("hidden-left/a", 5);
        var (header, _) = await host.NewKeyAsync("check", "hidden-left/a");

        var denied = await CheckAsync(header, """{"cost_center":"hidden-left/a","model":"hidden-model","input_tokens":1,"max_output_tokens":100}""");
        Assert.Equal(("deny", "hidden-left/a", 5), ((string?)denied["decision"], (string?)denied["blocked_by"]!["cost_center"], (int)denied["affordable_output_tokens"]!));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("limits")]
    public async Task Explain_NamesTheWindowsAbove_WithoutAmounts(string through)
    {
        var tenant = $"hidden-{through}";
        await PutAsync(tenant, 50);
        await PutAsync($"{tenant}/a", 40);
        var (header, _) = await host.NewKeyAsync("check", $"{tenant}/a/b");
        await PutAsync($"{tenant}/a/b", 30);

        var windows = through == "check"
            ? (await CheckAsync(header, $$"""{"cost_center":"{{tenant}}/a/b/c","amount":1,"explain":true}"""))["budgets"]!.AsArray()
            : (await Api.SendAsync("GET", $"/v1/limits?cost_center={tenant}/a/b/c", null, header)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();

        Assert.Equal([$"{tenant}/a/b", $"{tenant}/a", tenant], windows.Select(w => (string?)w!["cost_center"]));
        Assert.Equal(30, (int)windows[0]!["limit"]!);
        Assert.All(windows.Skip(1), w => Assert.Equal(_told, w!.AsObject().Select(m => m.Key)));
        Assert.All(windows, w => Assert.Equal(("daily", "ok"), ((string?)w!["period"], (string?)w["status"])));
    }

    private async Task PutAsync(string path, decimal daily) =>
        Assert.True((await Api.SendAsync("PUT", $"/v1/budgets/{path}", $$"""{"daily":{{daily.ToString(System.Globalization.CultureInfo.InvariantCulture)}}}""", KeyedHost.Admin)).Status is HttpStatusCode.Created or HttpStatusCode.OK);

    private async Task<JsonNode> CheckAsync(string header, string body) => (await Api.SendAsync("POST", "/v1/check", body, header)).Expect(HttpStatusCode.OK).Json;
}
