using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Checks;

/// <summary><c>on_expiry: charge</c> as callers and readers see it.</summary>
[Collection(nameof(OpenHost))]
public sealed class OnExpiryTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task UnsettledCall_IsBookedAsAssumedUsage()
    {
        var id = await ChargedAsync("assumes/a");

        var row = Assert.Single(await RowsAsync("assumes/a"));
        Assert.Equal(("usage", 2, "u-1", id), ((string?)row!["kind"], (int)row["cost"]!, (string?)row["user"], (string?)row["reservation_id"]));
        Assert.Equal("""["assumed"]""", WithoutLate(row));
        var reservation = (await Api.SendAsync("GET", $"/v1/reservations/{id}")).Expect(HttpStatusCode.OK);
        Assert.Equal(("expired", 2, 0), ((string?)reservation.Json["state"], (int)reservation.Json["settled"]!, (int)reservation.Json["left"]!));
        // What was held is spent, and no more is spent than the limit.
        Assert.Equal("deny", (string?)(await CheckAsync("assumes/a", 9)).Json["decision"]);
        Assert.Equal("allow", (string?)(await CheckAsync("assumes/a", 8)).Json["decision"]);
    }

    [Fact]
    public async Task Settle_AfterTheCharge_ComesToTheTrueCost()
    {
        var id = await ChargedAsync("assumes/b");

        var body = $$"""{"request_id":"late-1","reservation_id":"{{id}}","cost":0.5}""";
        var settled = (await Api.SendAsync("POST", "/v1/usage", body)).Expect(HttpStatusCode.OK);
        Assert.Equal(("recorded", 0.5m), ((string?)settled.Json["result"], (decimal)settled.Json["cost"]!));
        Assert.Equal("duplicate", (string?)(await Api.SendAsync("POST", "/v1/usage", body)).Expect(HttpStatusCode.OK).Json["result"]);
        Assert.Equal(0.5m, await SpentAsync("assumes/b"));
        var back = Assert.Single(await RowsAsync("assumes/b"), r => (string?)r!["kind"] == "correction");
        Assert.Equal((-2, "settled by late-1"), ((int)back!["cost"]!, (string?)back["reason"]));
        Assert.Equal("expired", (string?)(await Api.SendAsync("DELETE", $"/v1/reservations/{id}")).Expect(HttpStatusCode.OK).Json["state"]);
        Assert.Equal(0.5m, await SpentAsync("assumes/b"));
    }

    [Fact]
    public async Task Release_AfterTheCharge_GivesItBack()
    {
        var id = await ChargedAsync("assumes/c");

        Assert.Equal("released", (string?)(await Api.SendAsync("DELETE", $"/v1/reservations/{id}")).Expect(HttpStatusCode.OK).Json["state"]);
        Assert.Equal(0, await SpentAsync("assumes/c"));
    }

    /// <summary>Holds 2 for a second under a setting of the cost center above, and waits until it is booked.</summary>
    private async Task<string> ChargedAsync(string costCenter)
    {
        await Api.SendAsync("PUT", "/v1/budgets/assumes", """{"on_expiry":"charge"}""");
        (await Api.SendAsync("PUT", $"/v1/budgets/{costCenter}", """{"total":10}""")).Expect(HttpStatusCode.Created);
        var check = (await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{costCenter}}","amount":2,"user":"u-1","ttl_seconds":1}""")).Expect(HttpStatusCode.OK);
        await Eventually.HoldsAsync("the hold is charged", async () => await SpentAsync(costCenter) == 2);
        return (string)check.Json["reservation_id"]!;
    }

    private Task<ApiReply> CheckAsync(string costCenter, int amount) =>
        Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{costCenter}}","amount":{{amount}},"dry_run":true}""");

    private async Task<decimal> SpentAsync(string costCenter) =>
        (decimal)(await Api.SendAsync("GET", $"/v1/limits?cost_center={costCenter}")).Expect(HttpStatusCode.OK).Json["items"]![0]!["spent"]!;

    private async Task<JsonArray> RowsAsync(string costCenter) => (await Api.SendAsync("GET", $"/v1/usage?cost_center={costCenter}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();

    /// <summary>Midnight may have come between the check and its deadline.</summary>
    private static string WithoutLate(JsonNode row) => new JsonArray([.. row["flags"]!.AsArray().Select(f => (string)f!).Where(f => f != "late").Select(f => JsonValue.Create(f))]).ToJsonString();
}
