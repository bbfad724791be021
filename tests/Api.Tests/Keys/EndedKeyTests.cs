using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Keys;

/// <summary>A key that is revoked or expires while a call is under way: what the call cost is booked where it was held, and nothing else is done for that key.</summary>
[Collection(nameof(KeyedHost))]
public sealed class EndedKeyTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Settle_OfWhatARevokedKeyHolds_IsBookedAndEndsTheHold()
    {
        var (key, id) = await TeamAsync("ended-settle");
        var held = await HoldAsync(key, "ended-settle/a", 5);
        await RevokeAsync(id);

        var settled = (await SettleAsync(key, "s", held, 2)).Expect(HttpStatusCode.OK).Json;

        Assert.Equal(("recorded", 2, "key_ended"), ((string?)settled["result"], (decimal)settled["cost"]!, FlagsOf(settled)));
        // What it may ask no more it is not told by the way.
        Assert.Equal(("deny", null), ((string?)settled["decision"], settled["tightest"]));
        Assert.Equal((2, 0), await FiguresAsync("ended-settle"));
        Assert.Equal("key_ended", FlagsOf((await RowsAsync("ended-settle")).Single()!));
    }

    [Fact]
    public async Task Settle_OfWhatAKeyHeldThatExpiredMeanwhile_IsBookedToo()
    {
        var until = DateTimeOffset.UtcNow.AddSeconds(2).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var (key, _) = await TeamAsync("ended-expired", extra: $$""","expires_at":"{{until}}" """);
        var held = await HoldAsync(key, "ended-expired/a", 5);
        await Eventually.HoldsAsync("the key expires", async () => (await Api.SendAsync("GET", "/v1/keys/self", null, key)).Status == HttpStatusCode.Unauthorized);

        (await SettleAsync(key, "s", held, 2)).Expect(HttpStatusCode.OK);

        Assert.Equal((2, 0), await FiguresAsync("ended-expired"));
    }

    [Fact]
    public async Task Settle_ForMoreThanIsHeld_IsBookedAtWhatIsHeld()
    {
        var (key, id) = await TeamAsync("ended-more");
        var held = await HoldAsync(key, "ended-more/a", 5);
        await RevokeAsync(id);

        var settled = (await SettleAsync(key, "s", held, 900)).Expect(HttpStatusCode.OK).Json;

        Assert.Equal((5, "underestimated key_ended"), ((decimal)settled["cost"]!, FlagsOf(settled)));
        Assert.Equal((5, 0), await FiguresAsync("ended-more"));
    }

    [Fact]
    public async Task Settle_Again_IsADuplicateUnderItsId_AndRefusedUnderAnother()
    {
        var (key, id) = await TeamAsync("ended-again");
        var held = await HoldAsync(key, "ended-again/a", 5);
        await RevokeAsync(id);
        (await SettleAsync(key, "s", held, 2)).Expect(HttpStatusCode.OK);

        Assert.Equal("duplicate", (string?)(await SettleAsync(key, "s", held, 2)).Expect(HttpStatusCode.OK).Json["result"]);
        (await SettleAsync(key, "s", held, 3)).ExpectProblem(401, "invalid_key");
        (await SettleAsync(key, "t", held, 2)).ExpectProblem(401, "invalid_key");

        Assert.Equal((2, 0), await FiguresAsync("ended-again"));
        Assert.Single(await RowsAsync("ended-again"));
    }

    [Fact]
    public async Task Settles_OfOneReservationAtOnce_AreBookedOnce()
    {
        var (key, id) = await TeamAsync("ended-race");
        var held = await HoldAsync(key, "ended-race/a", 5);
        await RevokeAsync(id);

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SettleAsync(key, $"s{i}", held, 4)));

        Assert.Equal(HttpStatusCode.OK, Assert.Single(replies, r => r.Status != HttpStatusCode.Unauthorized).Status);
        Assert.Equal((4, 0), await FiguresAsync("ended-race"));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task Batch_OfARevokedKey_IsJudgedRecordByRecord(string type)
    {
        var name = $"ended-batch-{type.Length}";
        var (key, id) = await TeamAsync(name);
        var (first, second) = (await HoldAsync(key, name + "/a", 5), await HoldAsync(key, name + "/b", 5));
        await RevokeAsync(id);
        string[] records =
        [
            Record("a", first, 1), $$"""{"request_id":"b","cost_center":"{{name}}/a","cost":1}""", Record("c", second, 2), Record("d", first, 1), Record("e", "rsv_made-up", 1),
        ];

        var body = type == "application/json" ? $"[{string.Join(',', records)}]" : string.Join('\n', records);
        var answer = (await Api.SendAsync("POST", "/v1/usage", body, key, "Content-Type: " + type)).Expect(HttpStatusCode.OK).Json;

        Assert.Equal((2, 3), ((int)answer["recorded"]!, (int)answer["rejected"]!));
        var refused = answer["results"]!.AsArray().Where(r => (string?)r!["result"] == "rejected");
        Assert.Equal([(1, "invalid_key"), (3, "invalid_key"), (4, "invalid_key")], refused.Select(r => ((int)r!["index"]!, (string)r["code"]!)));
        Assert.Equal((3, 0), await FiguresAsync(name));
    }

    [Fact]
    public async Task Release_OfWhatARevokedKeyHolds_EndsItOnce()
    {
        var (key, id) = await TeamAsync("ended-release");
        var held = await HoldAsync(key, "ended-release/a", 5);
        await RevokeAsync(id);

        Assert.Equal("released", (string?)(await Api.SendAsync("DELETE", $"/v1/reservations/{held}", null, key)).Expect(HttpStatusCode.OK).Json["state"]);

        Assert.Equal((0, 0), await FiguresAsync("ended-release"));
        (await Api.SendAsync("DELETE", $"/v1/reservations/{held}", null, key)).ExpectProblem(401, "invalid_key");
        (await SettleAsync(key, "s", held, 1)).ExpectProblem(401, "invalid_key");
        Assert.Equal((0, 0), await FiguresAsync("ended-release"));
    }

    [Fact]
    public async Task Reservation_ThatHasLapsed_IsNoneOfARevokedKeysAnyMore_AndItsChargeStays()
    {
        var (key, id) = await TeamAsync("ended-lapsed", """{"daily":100,"on_expiry":"charge"}""");
        var held = await HoldAsync(key, "ended-lapsed/a", 5, ""","ttl_seconds":1""");
        await RevokeAsync(id);
        await Eventually.HoldsAsync("the hold is charged", async () => await FiguresAsync("ended-lapsed") == (5, 0));

        (await Api.SendAsync("DELETE", $"/v1/reservations/{held}", null, key)).ExpectProblem(401, "invalid_key");
        (await SettleAsync(key, "s", held, 0)).ExpectProblem(401, "invalid_key");

        Assert.Equal((5, 0), await FiguresAsync("ended-lapsed"));
    }

    /// <summary>What is refused a key once it has ended, where <c>ID</c> is a reservation that it holds.</summary>
    public static TheoryData<string, string, string> Refused => new()
    {
        { "POST", "/v1/check", """{"cost_center":"ended-no/a","amount":1}""" },
        { "POST", "/v1/check", """{"cost_center":"ended-no/a","amount":5,"request_id":"held"}""" },
        { "POST", "/v1/authorize", "" },
        { "GET", "/v1/reservations/ID", "" },
        { "POST", "/v1/reservations/ID/extend", """{"ttl_seconds":60}""" },
        { "GET", "/v1/reservations", "" },
        { "DELETE", "/v1/reservations?cost_center=ended-no", "" },
        { "DELETE", "/v1/reservations/rsv_made-up", "" },
        { "POST", "/v1/usage", """{"request_id":"x","cost_center":"ended-no/a","cost":1}""" },
        { "POST", "/v1/usage", """{"request_id":"x","cost_center":"ended-no/b","reservation_id":"ID","cost":1}""" },
        { "POST", "/v1/usage", """{"request_id":"x","cost_center":"other/b","reservation_id":"ID","cost":1}""" },
        { "POST", "/v1/usage", """{"request_id":"x","reservation_id":"ID","cost":1,"final":false}""" },
        { "POST", "/v1/usage", """{"request_id":"x","cost_center":"ended-no/a","reservation_id":"rsv_made-up","cost":1}""" },
        { "POST", "/v1/usage", "{}" },
        { "GET", "/v1/usage", "" },
        { "POST", "/v1/usage/corrections", """{"request_id":"x","corrects":"y","amount":-1}""" },
        { "POST", "/v1/ingest/litellm", """{"id":"x","response_cost":1,"model":"m","startTime":"2026-11-01T00:00:00Z","metadata":{"spend_logs_metadata":{"reservation_id":"ID"}}}""" },
        { "POST", "/v1/ingest/cloudevents", """{"specversion":"1.0","id":"x","source":"s","type":"t","data":{"reservation_id":"ID","cost":1}}""" },
        { "GET", "/v1/keys/self", "" },
        { "POST", "/v1/keys", """{"name":"k","scopes":["check"],"cost_center":"ended-no/a"}""" },
        { "PUT", "/v1/budgets/ended-no/a", """{"daily":1}""" },
        { "GET", "/v1/limits?cost_center=ended-no", "" },
        { "GET", "/v1/events", "" },
        { "GET", "/metrics", "" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task AnythingElse_OfARevokedKey_IsRefusedAndChangesNothing(string method, string path, string body)
    {
        await BudgetAsync("ended-no", """{"daily":100}""");
        var (key, id) = await host.NewKeyAsync("admin", "ended-no");
        var held = await HoldAsync(key, "ended-no/a", 5, ""","request_id":"held" """);
        await RevokeAsync(id);
        var before = await FiguresAsync("ended-no");

        var reply = await Api.SendAsync(method, path.Replace("ID", held, StringComparison.Ordinal), body.Length == 0 ? null : body.Replace("ID", held, StringComparison.Ordinal), key);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_key"), (reply.Status, reply.Code));
        Assert.Equal(before, await FiguresAsync("ended-no"));
        Assert.Equal("held", (string?)(await Api.SendAsync("GET", $"/v1/reservations/{held}", null, KeyedHost.Admin)).Json["state"]);
        (await Api.SendAsync("DELETE", $"/v1/reservations/{held}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Reservation_UnderAForgedId_OrOutsideOfTheSubtree_IsRefusedAndStaysHeld()
    {
        var (key, id) = await TeamAsync("ended-forged");
        await BudgetAsync("ended-others", """{"daily":100}""");
        var (own, others) = (await HoldAsync(key, "ended-forged/a", 5), await HoldAsync(KeyedHost.Admin, "ended-others/a", 5));
        await RevokeAsync(id);
        var forged = ForgedId.Of(own);

        foreach (var text in new[] { (forged with { Attempt = forged.Attempt + 1 }).ToString(), forged.Unsigned(), others })
        {
            (await SettleAsync(key, "s", text, 1)).ExpectProblem(401, "invalid_key");
            (await Api.SendAsync("DELETE", $"/v1/reservations/{text}", null, key)).ExpectProblem(401, "invalid_key");
        }

        Assert.Equal((0, 5), await FiguresAsync("ended-forged"));
        Assert.Equal((0, 5), await FiguresAsync("ended-others"));
    }

    [Theory]
    [InlineData("check", "POST")]
    [InlineData("usage", "DELETE")]
    [InlineData("read", "POST")]
    [InlineData("read", "DELETE")]
    public async Task EndedKey_MayNotDoWhatItNeverMight(string scopes, string method)
    {
        await BudgetAsync("ended-scope", """{"daily":100}""");
        var (key, id) = await host.NewKeyAsync(scopes, "ended-scope");
        var held = await HoldAsync(KeyedHost.Admin, "ended-scope/a", 5);
        await RevokeAsync(id);

        var reply = method == "POST" ? await SettleAsync(key, "s", held, 1) : await Api.SendAsync("DELETE", $"/v1/reservations/{held}", null, key);

        reply.ExpectProblem(401, "invalid_key");
        (await Api.SendAsync("DELETE", $"/v1/reservations/{held}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(-10, 200)]
    [InlineData(10, 401)]
    public async Task Settle_ComesInTimeForAsLongAsAReservationMayLive(int minutesLate, int status)
    {
        var name = $"ended-since-{status}";
        await BudgetAsync(name, """{"daily":100}""");
        var held = await HoldAsync(KeyedHost.Admin, name + "/a", 5);
        var store = Api.Services.GetRequiredService<LedgerStore>();
        var now = DateTimeOffset.UtcNow;
        var endedAt = now - Reservation.MaxLifetime - TimeSpan.FromMinutes(minutesLate);
        var (key, stored) = NewKeys.Make("since", Scopes.Check | Scopes.Usage, name, endedAt, null, "test", endedAt.AddDays(-1));
        // Revoked once more after it had expired: the earlier end counts.
        await store.Keys.InsertKeyAsync(stored with { RevokedAt = now }, new AdminContext(now, "test", null), CancellationToken.None);
        await Api.Services.GetRequiredService<Ledger.Catalogs.Catalog>().RefreshAsync(CancellationToken.None);

        Assert.Equal(status, (int)(await SettleAsync("X-Budget-Key: " + key, "s", held, 1)).Status);
    }

    [Fact]
    public async Task Record_WhoseBodyComesAfterItsKeyWasRevoked_IsRefused_UnlessItSettles()
    {
        var (key, id) = await TeamAsync("ended-late");
        var held = await HoldAsync(key, "ended-late/a", 5);

        var refused = await RawHttp.SendSlowlyAsync(Api.Address, "POST /v1/usage", """{"request_id":"r","cost_center":"ended-late/a","cost":1}""", () => RevokeAsync(id), key);
        Assert.Contains("invalid_key", refused, StringComparison.Ordinal);

        var (second, secondId) = await host.NewKeyAsync("usage", "ended-late");
        var batch = $$"""[{{Record("s", held, 2)}},{"request_id":"b","cost_center":"ended-late/a","cost":1}]""";
        var answer = await RawHttp.SendSlowlyAsync(Api.Address, "POST /v1/usage", batch, () => RevokeAsync(secondId), second);
        Assert.Contains("\"recorded\":1", answer, StringComparison.Ordinal);
        Assert.Contains("\"rejected\":1", answer, StringComparison.Ordinal);
        Assert.Equal((2, 0), await FiguresAsync("ended-late"));
    }

    private async Task<(string Key, string Id)> TeamAsync(string name, string budget = """{"daily":100}""", string extra = "")
    {
        await BudgetAsync(name, budget);
        return await host.NewKeyAsync("check usage", name, extra);
    }

    private async Task BudgetAsync(string name, string budget) => Assert.True((await Api.SendAsync("PUT", $"/v1/budgets/{name}", budget, KeyedHost.Admin)).Status is HttpStatusCode.OK or HttpStatusCode.Created);

    private async Task<string> HoldAsync(string key, string costCenter, int amount, string extra = "") =>
        (string)(await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{costCenter}}","amount":{{amount}}{{extra}}}""", key)).Expect(HttpStatusCode.OK).Json["reservation_id"]!;

    private static string Record(string requestId, string reservation, int cost) => $$"""{"request_id":"{{requestId}}","reservation_id":"{{reservation}}","cost":{{cost}}}""";

    private Task<ApiReply> SettleAsync(string key, string requestId, string reservation, int cost) => Api.SendAsync("POST", "/v1/usage", Record(requestId, reservation, cost), key);

    private async Task RevokeAsync(string id) => (await Api.SendAsync("DELETE", $"/v1/keys/{id}", null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);

    private async Task<(decimal Spent, decimal Held)> FiguresAsync(string costCenter)
    {
        var window = (await Api.SendAsync("GET", $"/v1/limits?cost_center={costCenter}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Single()!;
        return ((decimal)window["spent"]!, (decimal)window["held"]!);
    }

    private async Task<JsonArray> RowsAsync(string costCenter) =>
        (await Api.SendAsync("GET", $"/v1/usage?cost_center={costCenter}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();

    private static string FlagsOf(JsonNode answer) => string.Join(' ', answer["flags"]!.AsArray().Select(f => (string?)f).Where(f => f != "new_cost_center"));
}
