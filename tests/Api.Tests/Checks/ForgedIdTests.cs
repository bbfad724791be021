using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Api.Tests.Checks;

/// <summary>A reservation id that was not given out: nothing of it is believed but the cost center, which its sender could have named without it.</summary>
[Collection(nameof(KeyedHost))]
public sealed class ForgedIdTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Checks_UnderAParentsLimit_NeverPassItByForgedSettles()
    {
        var key = await TenantAsync("forged-limit", """{"daily":10}""");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var check = await CheckAsync(key, "forged-limit/a", 10);
            if ((string?)check.Json["reservation_id"] is not { } id) continue;
            ids.Add(id);
            var forged = ForgedId.Of(id);
            await SettleAsync(key, $"f{i}", (forged with { Attempt = forged.Attempt + 1 }).ToString(), 0, "no_reservation");
        }

        Assert.Single(ids);
        await SettleAsync(key, "true", ids[0], 10);
        Assert.Equal(10, await SpentAsync("forged-limit"));
    }

    [Fact]
    public async Task Settle_UnderAnotherDateOrUser_IsBookedAsTheRecordSaysAndLeavesTheHold()
    {
        var key = await TenantAsync("forged-user", """{"daily":100,"per_user":{"daily":50}}""");
        var id = ForgedId.Of((string)(await CheckAsync(key, "forged-user/a", 10, user: "ann")).Json["reservation_id"]!);

        await SettleAsync(key, "day", (id with { Day = id.Day - 1 }).ToString(), 1, "no_reservation");
        await SettleAsync(key, "user", (id with { User = "bob" }).ToString(), 1, "no_reservation");
        await SettleAsync(key, "key", (id with { Key = Guid.Empty }).ToString(), 1, "no_reservation");

        Assert.Equal(3, await SpentAsync("forged-user"));
        var rows = (await Api.SendAsync("GET", "/v1/usage?cost_center=forged-user", null, KeyedHost.Admin)).Json["items"]!.AsArray();
        Assert.All(rows, r => Assert.Equal("anonymous", (string?)r!["user"]));
        Assert.Equal("held", (string?)(await Api.SendAsync("GET", $"/v1/reservations/{id}", null, key)).Expect(HttpStatusCode.OK).Json["state"]);
    }

    [Fact]
    public async Task Reservation_UnderAForgedId_IsUnknownAndStaysHeld()
    {
        var key = await TenantAsync("forged-end", """{"daily":10}""");
        var check = await CheckAsync(key, "forged-end/a", 10);
        var id = ForgedId.Of((string)check.Json["reservation_id"]!);
        foreach (var forged in new[] { id with { Attempt = long.MaxValue }, id with { Attempt = id.Attempt + 1 }, id with { Day = id.Day - 1 }, id with { User = "bob" } })
        {
            foreach (var text in new[] { forged.ToString(), forged.Unsigned(), id.Unsigned() })
            {
                (await Api.SendAsync("DELETE", $"/v1/reservations/{text}", null, key)).ExpectProblem(404, "unknown_reservation");
                (await Api.SendAsync("GET", $"/v1/reservations/{text}", null, key)).ExpectProblem(404, "unknown_reservation");
                (await Api.SendAsync("POST", $"/v1/reservations/{text}/extend", """{"amount":10}""", key)).ExpectProblem(404, "unknown_reservation");
            }
        }

        Assert.Equal("budget_exceeded", (string?)(await CheckAsync(key, "forged-end/b", 1)).Json["reason"]);
        Assert.Equal("released", (string?)(await Api.SendAsync("DELETE", $"/v1/reservations/{id}", null, key)).Expect(HttpStatusCode.OK).Json["state"]);
        Assert.Equal("allow", (string?)(await CheckAsync(key, "forged-end/b", 10)).Json["decision"]);
    }

    [Fact]
    public async Task Settle_UnderAnIdOfAnEarlierVersion_IsBookedAtItsCostCenter()
    {
        // Ids of before the upgrade had no signature: real cost is booked, and the hold lapses at its deadline.
        var key = await TenantAsync("forged-old", """{"daily":10}""");
        var id = ForgedId.Of((string)(await CheckAsync(key, "forged-old/a", 4)).Json["reservation_id"]!);

        await SettleAsync(key, "old", id.Unsigned(), 3, "no_reservation");

        Assert.Equal(3, await SpentAsync("forged-old/a"));
        Assert.Equal("held", (string?)(await Api.SendAsync("GET", $"/v1/reservations/{id}", null, key)).Json["state"]);
    }

    [Fact]
    public async Task Settle_UnderAForgedIdOfAnotherSubtree_IsRefused()
    {
        var key = await TenantAsync("forged-own", """{"daily":10}""");
        var id = ForgedId.Of((string)(await CheckAsync(key, "forged-own/a", 4)).Json["reservation_id"]!);

        var body = $$"""{"request_id":"other","reservation_id":"{{id with { Owner = "forged-other/a" }}}","cost":1}""";

        (await Api.SendAsync("POST", "/v1/usage", body, key)).ExpectProblem(403, "outside_subtree");
    }

    [Fact]
    public async Task Settle_OfATrueId_AfterABackupOfBeforeItsCheckWasRestored_FollowsTheId()
    {
        using var live = new TemporaryFolder();
        using var restored = new TemporaryFolder();
        await using (var before = await StartAsync(live)) await before.SendAsync("PUT", "/v1/budgets/back", """{"daily":10}""");
        foreach (var file in Directory.GetFiles(live.Path)) File.Copy(file, Path.Combine(restored.Path, Path.GetFileName(file)));
        string id;
        await using (var lost = await StartAsync(live))
        {
            id = (string)(await lost.SendAsync("POST", "/v1/check", """{"cost_center":"back/a","user":"ann","amount":4}""")).Json["reservation_id"]!;
        }

        await using var api = await StartAsync(restored);
        // The attempts of this history may be those of the other.
        await api.SendAsync("POST", "/v1/check", """{"cost_center":"back/a","user":"bob","amount":4}""");
        var settled = (await api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"r","reservation_id":"{{id}}","cost":3}""")).Expect(HttpStatusCode.OK);

        Assert.Equal("""["no_reservation","new_cost_center"]""", settled.Json["flags"]!.ToJsonString());
        var row = (await api.SendAsync("GET", "/v1/usage?cost_center=back")).Json["items"]!.AsArray().Single();
        Assert.Equal(("back/a", "ann"), ((string?)row!["cost_center"], (string?)row["user"]));
        Assert.Single((await api.SendAsync("GET", "/v1/reservations?cost_center=back")).Json["items"]!.AsArray());
    }

    private static Task<ApiHost> StartAsync(TemporaryFolder folder) => ApiHost.StartAsync(["--Keys:Open=true", $"--Ledger:DataDirectory={folder.Path}"]);

    private async Task<string> TenantAsync(string tenant, string budget)
    {
        (await Api.SendAsync("PUT", $"/v1/budgets/{tenant}", budget, KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        return (await host.NewKeyAsync("check usage", tenant)).Header;
    }

    private async Task<ApiReply> CheckAsync(string key, string costCenter, int amount, string user = "u") =>
        (await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{costCenter}}","amount":{{amount}},"user":"{{user}}"}""", key)).Expect(HttpStatusCode.OK);

    private async Task SettleAsync(string key, string requestId, string reservation, int cost, params string[] flags)
    {
        var body = $$"""{"request_id":"{{requestId}}","reservation_id":"{{reservation}}","cost":{{cost}}}""";
        var settled = (await Api.SendAsync("POST", "/v1/usage", body, key)).Expect(HttpStatusCode.OK);
        Assert.Equal(flags, settled.Json["flags"]!.AsArray().Select(f => (string)f!).Where(f => f != "new_cost_center"));
    }

    private async Task<decimal> SpentAsync(string costCenter) =>
        (decimal)(await Api.SendAsync("GET", $"/v1/cost-centers/{costCenter}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["spent_today"]!;

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("budget-forged-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
