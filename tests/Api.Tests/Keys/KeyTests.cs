using System.Net;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Keys;

[Collection(nameof(KeyedHost))]
public class KeyTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Theory]
    [InlineData(null, "key_required")]
    [InlineData("X-Budget-Key: wrong", "invalid_key")]
    [InlineData("Authorization: Bearer wrong", "invalid_key")]
    [InlineData("Authorization: Basic YTpi", "invalid_key")]
    [InlineData("Authorization: Bearer", "invalid_key")]
    public async Task Request_WithoutARightKey_Is401(string? header, string code)
    {
        var reply = (await Api.SendAsync("GET", "/v1/budgets", null, header is null ? [] : [header])).ExpectProblem(401, code);
        Assert.Equal("Bearer", reply.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task Key_OfEitherHeader_IsTaken()
    {
        (await Api.SendAsync("GET", "/v1/keys/self", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        var reply = (await Api.SendAsync("GET", "/v1/keys/self", null, $"Authorization: Bearer {KeyedHost.AdminKey}")).Expect(HttpStatusCode.OK);
        Assert.Equal("env", (string?)reply.Json["id"]);
    }

    [Fact]
    public async Task BudgetKey_BesideAForeignAuthorization_Counts() =>
        (await Api.SendAsync("GET", "/v1/keys/self", null, KeyedHost.Admin, "Authorization: Bearer sk-of-the-end-client")).Expect(HttpStatusCode.OK);

    [Theory]
    [InlineData("check", "POST", "/v1/usage")]
    [InlineData("usage", "POST", "/v1/check")]
    [InlineData("usage", "GET", "/v1/budgets")]
    [InlineData("read", "PUT", "/v1/budgets/acme")]
    [InlineData("check usage read", "POST", "/v1/keys")]
    [InlineData("usage", "GET", "/v1/limits?cost_center=a")]
    public async Task Request_WithoutTheScope_Is403(string scopes, string method, string path)
    {
        var (key, _) = await host.NewKeyAsync(scopes);
        (await Api.SendAsync(method, path, method == "GET" ? null : "{}", key)).ExpectProblem(403, "missing_scope");
    }

    [Fact]
    public async Task Admin_IncludesAllScopes()
    {
        var (key, _) = await host.NewKeyAsync("admin", "all-scopes");
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"a","cost_center":"all-scopes/x","cost":1}""", key)).Expect(HttpStatusCode.OK);
        (await Api.SendAsync("POST", "/v1/check", """{"cost_center":"all-scopes/x","amount":1}""", key)).Expect(HttpStatusCode.OK);
        (await Api.SendAsync("GET", "/v1/usage", null, key)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task RevokedKey_IsRefusedAtOnce()
    {
        var (key, id) = await host.NewKeyAsync("read");
        (await Api.SendAsync("GET", "/v1/budgets", null, key)).Expect(HttpStatusCode.OK);
        (await Api.SendAsync("DELETE", $"/v1/keys/{id}", null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);
        (await Api.SendAsync("DELETE", $"/v1/keys/{id}", null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);
        (await Api.SendAsync("GET", "/v1/budgets", null, key)).ExpectProblem(401, "invalid_key");
    }

    [Fact]
    public async Task ExpiredKey_IsRefused()
    {
        var until = DateTimeOffset.UtcNow.AddSeconds(1).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'");
        var (key, _) = await host.NewKeyAsync("read", null, $$""","expires_at":"{{until}}" """);
        await Eventually.HoldsAsync("the key expires", async () => (await Api.SendAsync("GET", "/v1/budgets", null, key)).Status == HttpStatusCode.Unauthorized);
    }

    /// <summary>Key's subtree, method, path, body, what is answered.</summary>
    public static TheoryData<string, string, string, string, int, string> Subtrees => new()
    {
        { "sub/eng", "POST", "/v1/check", "{\"cost_center\":\"sub/eng/x\",\"amount\":1}", 200, "" },
        { "sub/eng", "POST", "/v1/check", "{\"cost_center\":\"sub\",\"amount\":1}", 403, "outside_subtree" },
        { "sub/eng", "POST", "/v1/check", "{\"cost_center\":\"sub/engineering\",\"amount\":1}", 403, "outside_subtree" },
        { "sub/eng", "POST", "/v1/check", "{\"cost_center\":\"no-such-tenant\",\"amount\":1}", 403, "outside_subtree" },
        { "sub/eng", "POST", "/v1/usage", "{\"request_id\":\"o\",\"cost_center\":\"sub/other\",\"cost\":1}", 403, "outside_subtree" },
        { "sub/eng", "GET", "/v1/budgets/sub", "", 403, "outside_subtree" },
        { "sub/eng", "GET", "/v1/budgets?under=sub", "", 403, "outside_subtree" },
        { "sub/eng", "GET", "/v1/cost-centers/sub/other", "", 403, "outside_subtree" },
        { "sub/eng", "GET", "/v1/limits?cost_center=sub/eng", "", 200, "" },
        { "sub/eng", "GET", "/v1/usage?cost_center=sub/other", "", 403, "outside_subtree" },
        { "sub/eng", "GET", "/v1/audit?cost_center=sub", "", 403, "outside_subtree" },
        { "sub/eng", "PUT", "/v1/budgets/sub/eng", "{\"daily\":1}", 403, "outside_subtree" },
        { "sub/eng", "PUT", "/v1/budgets/sub/eng/below", "{\"daily\":1}", 201, "" },
        { "sub/eng", "POST", "/v1/pause", "{\"cost_center\":\"sub/eng\"}", 403, "outside_subtree" },
        { "sub/eng", "PUT", "/v1/increases/sub-1", "{\"cost_center\":\"sub/eng\",\"period\":\"daily\",\"amount\":1,\"until\":\"2999-01-01T00:00:00Z\"}", 403, "outside_subtree" },
        { "sub/eng", "PUT", "/v1/prices/m", "{\"input\":1,\"output\":1}", 403, "outside_subtree" },
        { "sub/eng", "POST", "/v1/prices/import?format=litellm", "{}", 403, "outside_subtree" },
        { "sub/eng", "POST", "/v1/keys", "{\"name\":\"k\",\"scopes\":[\"read\"],\"cost_center\":\"sub\"}", 403, "outside_subtree" },
        { "sub/eng", "POST", "/v1/keys", "{\"name\":\"k\",\"scopes\":[\"read\"]}", 403, "outside_subtree" },
        { "sub/eng", "POST", "/v1/keys", "{\"name\":\"k\",\"scopes\":[\"admin\"],\"cost_center\":\"sub/eng/x\"}", 201, "" },
        { "new-tenant", "PUT", "/v1/budgets/new-tenant/x", "{\"daily\":1}", 404, "unknown_cost_center" },
    };

    [Theory]
    [MemberData(nameof(Subtrees))]
    public async Task Key_WithASubtree_StaysInIt(string subtree, string method, string path, string body, int status, string code)
    {
        await Api.SendAsync("PUT", "/v1/budgets/sub/eng", """{"daily":100}""", KeyedHost.Admin);
        await Api.SendAsync("PUT", "/v1/budgets/sub", """{"daily":50}""", KeyedHost.Admin);
        var (key, _) = await host.NewKeyAsync("admin", subtree);
        var reply = await Api.SendAsync(method, path, body.Length == 0 ? null : body, key);
        if (code.Length > 0) reply.ExpectProblem(status, code);
        else if (status == 201 && method == "PUT") Assert.Contains((int)reply.Status, new[] { 200, 201 });
        else reply.Expect((HttpStatusCode)status);
    }

    [Fact]
    public async Task WindowsAboveTheSubtree_TellOnlyWhenToComeBack()
    {
        await Api.SendAsync("PUT", "/v1/budgets/hidden", """{"daily":1}""", KeyedHost.Admin);
        await Api.SendAsync("PUT", "/v1/budgets/hidden/eng", """{"daily":100}""", KeyedHost.Admin);
        var (key, _) = await host.NewKeyAsync("check", "hidden/eng");
        var reply = (await Api.SendAsync("POST", "/v1/check", """{"cost_center":"hidden/eng","amount":2}""", key)).Expect(HttpStatusCode.OK);
        Assert.Equal("budget_exceeded", (string?)reply.Json["reason"]);
        Assert.Equal(["cost_center", "period", "status", "resets_at"], reply.Json["blocked_by"]!.AsObject().Select(p => p.Key));
        Assert.Equal("hidden/eng", (string?)reply.Json["tightest"]!["cost_center"]);
    }

    [Fact]
    public async Task TenantFields_NeedTheWholeInstallation()
    {
        await Api.SendAsync("PUT", "/v1/budgets/tenant-fields", """{"daily":1,"time_zone":"Europe/Berlin"}""", KeyedHost.Admin);
        var (key, _) = await host.NewKeyAsync("admin", "tenant-fields");
        (await Api.SendAsync("PUT", "/v1/budgets/tenant-fields", """{"time_zone":"UTC"}""", key)).ExpectProblem(403, "outside_subtree");
    }

    [Fact]
    public async Task IdsOfOthers_AreUnknown()
    {
        var (_, foreign) = await host.NewKeyAsync("read", "others/a");
        var (key, own) = await host.NewKeyAsync("admin", "others/b");
        (await Api.SendAsync("DELETE", $"/v1/keys/{foreign}", null, key)).ExpectProblem(404, "unknown_key");
        var list = (await Api.SendAsync("GET", "/v1/keys", null, key)).Json["items"]!.AsArray();
        Assert.Equal([own], list.Select(k => (string)k!["id"]!));
        Assert.DoesNotContain("bk_", list.ToJsonString(), StringComparison.Ordinal);

        await Api.SendAsync("PUT", "/v1/budgets/others/a", """{"daily":10}""", KeyedHost.Admin);
        var reservation = (string)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"others/a","amount":1}""", KeyedHost.Admin)).Json["reservation_id"]!;
        (await Api.SendAsync("GET", $"/v1/reservations/{reservation}", null, key)).ExpectProblem(404, "unknown_reservation");
        (await Api.SendAsync("DELETE", $"/v1/reservations/{reservation}", null, key)).ExpectProblem(404, "unknown_reservation");
        (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"steal","reservation_id":"{{reservation}}","cost":1}""", key)).ExpectProblem(403, "outside_subtree");
    }

    [Fact]
    public async Task Patch_ChangesNameExpiryAndProfile()
    {
        var (_, id) = await host.NewKeyAsync("check", "patched", ""","gateway":{"trust":["X-User-ID"],"format":"openai"}""");
        var reply = (await Api.SendAsync("PATCH", $"/v1/keys/{id}", """{"name":"new","expires_at":"2999-01-01T00:00:00Z","gateway":{"detail":"full"}}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        Assert.Equal("new", (string?)reply.Json["name"]);
        Assert.Equal("openai", (string?)reply.Json["gateway"]!["format"]);
        Assert.Equal("full", (string?)reply.Json["gateway"]!["detail"]);
        reply = await Api.SendAsync("PATCH", $"/v1/keys/{id}", """{"expires_at":null,"gateway":null}""", KeyedHost.Admin);
        Assert.Null(reply.Json["expires_at"]);
        Assert.Null(reply.Json["gateway"]);
        (await Api.SendAsync("PATCH", $"/v1/keys/{id}", """{"scopes":["admin"]}""", KeyedHost.Admin)).ExpectProblem(400, "unknown_field");
    }

    [Fact]
    public async Task KeyOfAnotherProcess_CountsAndIsRevokedWithinTheInterval()
    {
        // Straight into the store, as another process would.
        var store = Api.Services.GetRequiredService<LedgerStore>();
        var (key, stored) = NewKeys.Admin("elsewhere", "cli", DateTimeOffset.UtcNow);
        await store.Keys.InsertKeyAsync(stored, new AdminContext(stored.CreatedAt, "cli", null), CancellationToken.None);
        await Eventually.HoldsAsync("the key is known here", async () => await StatusAsync() == HttpStatusCode.OK);
        var revokedAt = DateTimeOffset.UtcNow;
        await store.Keys.RevokeKeyAsync(stored.Id, new AdminContext(revokedAt, "cli", null), CancellationToken.None);
        await Eventually.HoldsAsync("the key is refused here", async () => await StatusAsync() == HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> StatusAsync() => (await Api.SendAsync("GET", "/v1/keys/self", null, $"X-Budget-Key: {key}")).Status;
    }

    [Fact]
    public async Task AdminKey_TooShort_StartsNothing()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => ApiHost.StartAsync(["--BUDGET_ADMIN_KEY=short"]));
        Assert.Contains("32", failure.ToString(), StringComparison.Ordinal);
    }
}
