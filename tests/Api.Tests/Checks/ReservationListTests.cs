using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Checks;

[Collection(nameof(KeyedHost))]
public class ReservationListTests(KeyedHost host)
{
    [Fact]
    public async Task List_IsSortedByAgeOrAmount_AndFiltered()
    {
        await PutAsync("hold-a");
        await CheckAsync("""{"cost_center":"hold-a/x","amount":1,"user":"amy","model":"gpt-4.1","request_id":"req-hold-1"}""");
        await CheckAsync("""{"cost_center":"hold-a/x","amount":5,"user":"bob","model":"gpt-4.1"}""");
        await CheckAsync("""{"cost_center":"hold-a/y","amount":3,"user":"amy","model":"o3"}""");

        Assert.Equal([1, 5, 3], await AmountsAsync("cost_center=hold-a"));
        Assert.Equal([3, 5, 1], await AmountsAsync("cost_center=hold-a&sort=-created_at"));
        Assert.Equal([5, 3, 1], await AmountsAsync("cost_center=hold-a&sort=-left"));
        Assert.Equal([1, 3], await AmountsAsync("cost_center=hold-a&user=amy"));
        Assert.Equal([3], await AmountsAsync("cost_center=hold-a&model=O3"));
        Assert.Equal([1], await AmountsAsync("cost_center=hold-a&request_id=req-hold-1"));
        Assert.Equal([5, 3], await AmountsAsync("cost_center=hold-a&min_amount=3&older_than_seconds=0"));
        Assert.Empty(await AmountsAsync("cost_center=hold-a&older_than_seconds=3600"));
        var page = (await GetAsync("cost_center=hold-a&user=amy")).Json;
        Assert.Equal((3L, 9m, 0L), ((long)page["open"]!, (decimal)page["amount"]!, (long)page["unread"]!));
        Assert.Equal(("amy", "gpt-4.1", "req-hold-1"), ((string?)page["items"]![0]!["user"], (string?)page["items"]![0]!["model"], (string?)page["items"]![0]!["request_id"]));
    }

    [Theory]
    [InlineData("-left")]
    [InlineData("-created_at")]
    [InlineData("created_at")]
    public async Task List_ByPages_IsTheListAsAWhole(string sort)
    {
        var path = "hold-b" + sort.Trim('-').Replace('_', '-') + sort.Length;
        await PutAsync(path);
        for (var i = 0; i < 7; i++) await CheckAsync($$"""{"cost_center":"{{path}}/c{{i % 2}}","amount":{{i % 3 + 1}}}""");
        var whole = await IdsAsync($"cost_center={path}&sort={sort}");

        List<string> read = [];
        string? cursor = null;
        do
        {
            var page = (await GetAsync($"cost_center={path}&sort={sort}&limit=2{(cursor is null ? "" : "&cursor=" + cursor)}")).Json;
            read.AddRange(page["items"]!.AsArray().Select(r => (string)r!["reservation_id"]!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);

        Assert.Equal(7, whole.Count);
        Assert.Equal(whole, read);
    }

    [Fact]
    public async Task Release_OfAFilter_EndsTheseAndNoOthers_AndTheAuditSaysWhy()
    {
        await PutAsync("hold-c");
        for (var i = 0; i < 4; i++) await CheckAsync($$"""{"cost_center":"hold-c/x","amount":1,"user":"{{(i % 2 == 0 ? "amy" : "bob")}}"}""");

        var released = (await host.Api.SendAsync("DELETE", "/v1/reservations?cost_center=hold-c&user=amy", null, KeyedHost.Admin, "X-Reason: stuck since noon")).Expect(HttpStatusCode.OK).Json;

        Assert.Equal((2, 0), ((int)released["released"]!, (int)released["left"]!));
        Assert.Equal(["bob", "bob"], (await GetAsync("cost_center=hold-c")).Json["items"]!.AsArray().Select(r => (string?)r!["user"]));
        var entry = Assert.Single(await AuditAsync("cost_center=hold-c&action=reservations.release"))!;
        Assert.Equal(("stuck since noon", "env", "BUDGET_ADMIN_KEY", "amy", 2), ((string?)entry["reason"], (string?)entry["key"], (string?)entry["key_name"], (string?)entry["after"]!["user"], (int)entry["after"]!["matching"]!));
        (await host.Api.SendAsync("DELETE", "/v1/reservations?cost_center=hold-c&user=amy", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        Assert.Single(await AuditAsync("cost_center=hold-c&action=reservations.release"));
    }

    [Fact]
    public async Task Release_OfOne_IsAnAdministrativeAct_OnlyWithAReasonAndTheRight()
    {
        await PutAsync("hold-d");
        var (caller, _) = await host.NewKeyAsync("check", "hold-d");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Add((string)(await CheckAsync($$"""{"cost_center":"hold-d/x","amount":{{i + 1}},"user":"u-{{i}}"}"""))["reservation_id"]!);

        (await host.Api.SendAsync("DELETE", $"/v1/reservations/{ids[0]}", null, caller, "X-Reason: mine")).Expect(HttpStatusCode.OK);
        (await host.Api.SendAsync("DELETE", $"/v1/reservations/{ids[1]}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        (await host.Api.SendAsync("DELETE", $"/v1/reservations/{ids[2]}", null, KeyedHost.Admin, "X-Reason: caller is gone")).Expect(HttpStatusCode.OK);

        var entry = Assert.Single(await AuditAsync("cost_center=hold-d&action=reservation"))!;
        Assert.Equal(("caller is gone", "u-2", 3m), ((string?)entry["reason"], (string?)entry["before"]!["user"], (decimal)entry["before"]!["left"]!));
        Assert.Equal(0L, (long)(await GetAsync("cost_center=hold-d")).Json["open"]!);
    }

    [Fact]
    public async Task BadInput_IsNamedAtOnce()
    {
        var reply = await GetAsync("cost_center=hold-e&sort=age&older_than_seconds=-1&min_amount=much&colour=red");
        Assert.Equal(["colour", "min_amount", "older_than_seconds", "sort"], reply.ExpectProblem(400, "invalid_request").ErrorFields.Order());
        (await host.Api.SendAsync("DELETE", "/v1/reservations?cost_center=hold-e&userr=amy", null, KeyedHost.Admin)).ExpectProblem(400, "unknown_field");
    }

    [Fact]
    public async Task CreatedAt_AfterAGracefulRestart_IsWhenTheReservationWasMade_AtEveryLevel()
    {
        var folder = Directory.CreateTempSubdirectory("budget-holds-");
        try
        {
            string[] configuration = ["--Keys:Open=true", $"--Ledger:DataDirectory={folder.FullName}"];
            List<string?> before;
            await using (var api = await ApiHost.StartAsync(configuration))
            {
                await api.SendAsync("PUT", "/v1/budgets/again", """{"daily":10}""");
                await api.SendAsync("POST", "/v1/check", """{"cost_center":"again/x","amount":1,"ttl_seconds":3600}""");
                before = await CreatedAsync(api);
            }

            await using var after = await ApiHost.StartAsync(configuration);

            // Before it an ancestor had stamped its hold itself, a moment later; afterwards all go by the reservation.
            Assert.NotNull(before[1]);
            Assert.Equal([before[1], before[1]], await CreatedAsync(after));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static async Task<List<string?>> CreatedAsync(ApiHost api)
        {
            var created = new List<string?>();
            foreach (var level in new[] { "again", "again/x" })
            {
                var at = (string?)(await api.SendAsync("GET", $"/v1/reservations?cost_center={level}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Single()!["created_at"];
                // The ledger keeps microseconds.
                created.Add(at is null ? null : DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture).ToString("yyyy-MM-dd HH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture));
            }

            return created;
        }
    }

    private async Task<List<int>> AmountsAsync(string query) => [.. (await GetAsync(query)).Json["items"]!.AsArray().Select(r => (int)r!["left"]!)];

    private async Task<List<string>> IdsAsync(string query) =>
        [.. (await GetAsync(query)).Json["items"]!.AsArray().Select(r => (string)r!["reservation_id"]!)];

    private async Task<JsonArray> AuditAsync(string query) => (await host.Api.SendAsync("GET", "/v1/audit?" + query, null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();

    private Task<ApiReply> GetAsync(string query) => host.Api.SendAsync("GET", "/v1/reservations?" + query, null, KeyedHost.Admin);

    private async Task<JsonNode> CheckAsync(string body) => (await host.Api.SendAsync("POST", "/v1/check", body, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json;

    private async Task PutAsync(string path) => Assert.True((int)(await host.Api.SendAsync("PUT", $"/v1/budgets/{path}", """{"daily":1000}""", KeyedHost.Admin)).Status is 200 or 201);
}
