using System.Net;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Checks;

[Collection(nameof(OpenHost))]
public class ReservationTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Reservation_IsSeenExtendedAndReleased()
    {
        var id = await ReserveAsync("life/a", 1);
        Assert.Equal("held", (string?)(await Api.SendAsync("GET", $"/v1/reservations/{id}")).Json["state"]);
        var extended = (await Api.SendAsync("POST", $"/v1/reservations/{id}/extend", """{"amount":2,"ttl_seconds":900}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, (int)extended.Json["granted"]!);
        (await Api.SendAsync("POST", $"/v1/reservations/{id}/extend", """{"amount":0.5}""")).ExpectProblem(400, "invalid_request");
        (await Api.SendAsync("POST", $"/v1/reservations/{id}/extend", "{}")).ExpectProblem(400, "invalid_request");
        (await Api.SendAsync("POST", $"/v1/reservations/{id}/extend", """{"ttl":5}""")).ExpectProblem(400, "unknown_field");
        Assert.Equal("deny", (string?)(await Api.SendAsync("POST", $"/v1/reservations/{id}/extend", """{"amount":1000}""")).Json["decision"]);
        Assert.Equal("released", (string?)(await Api.SendAsync("DELETE", $"/v1/reservations/{id}")).Expect(HttpStatusCode.OK).Json["state"]);
        Assert.Equal("released", (string?)(await Api.SendAsync("DELETE", $"/v1/reservations/{id}")).Expect(HttpStatusCode.OK).Json["state"]);
        (await Api.SendAsync("POST", $"/v1/reservations/{id}/extend", """{"ttl_seconds":5}""")).ExpectProblem(409, "reservation_ended");
    }

    [Fact]
    public async Task SettledReservation_CannotBeReleased()
    {
        var id = await ReserveAsync("life/b", 1);
        var usage = (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"settle-b","reservation_id":"{{id}}","cost":0.5}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("[]", usage.Json["flags"]!.ToJsonString());
        (await Api.SendAsync("DELETE", $"/v1/reservations/{id}")).ExpectProblem(409, "already_settled");
    }

    [Fact]
    public async Task ASubtree_IsListedAndReleasedWhole()
    {
        for (var i = 0; i < 5; i++) await ReserveAsync($"whole/c{i % 2}", 1);
        var first = (await Api.SendAsync("GET", "/v1/reservations?cost_center=whole&limit=3")).Expect(HttpStatusCode.OK);
        Assert.Equal(3, first.Json["items"]!.AsArray().Count);
        var second = await Api.SendAsync("GET", $"/v1/reservations?cost_center=whole&limit=3&cursor={first.Json["next_cursor"]}");
        Assert.Equal(2, second.Json["items"]!.AsArray().Count);
        var released = (await Api.SendAsync("DELETE", "/v1/reservations?cost_center=whole")).Expect(HttpStatusCode.OK);
        Assert.Equal(5, (int)released.Json["released"]!);
        Assert.Empty((await Api.SendAsync("GET", "/v1/reservations?cost_center=whole")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task RepeatedRequestId_WithOtherContent_IsDenied()
    {
        await ReserveAsync("life/c", 1);
        var first = await Api.SendAsync("POST", "/v1/check", """{"cost_center":"life/c","amount":1,"request_id":"same"}""");
        var repeat = await Api.SendAsync("POST", "/v1/check", """{"cost_center":"life/c","amount":1,"request_id":"same"}""");
        Assert.Equal((string?)first.Json["reservation_id"], (string?)repeat.Json["reservation_id"]);
        var other = await Api.SendAsync("POST", "/v1/check", """{"cost_center":"life/c","amount":2,"request_id":"same"}""");
        Assert.Equal("request_id_conflict", (string?)other.Json["reason"]);
    }

    private async Task<string> ReserveAsync(string costCenter, int amount)
    {
        await Api.SendAsync("PUT", $"/v1/budgets/{costCenter}", """{"daily":100}""");
        var reply = (await Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{costCenter}}","amount":{{amount}}}""")).Expect(HttpStatusCode.OK);
        return (string)reply.Json["reservation_id"]!;
    }

    [Fact]
    public async Task ReleaseAll_OfThousands_CountsEachOnce_AndSaysWhatIsLeft()
    {
        (await host.Api.SendAsync("PUT", "/v1/budgets/many", """{"daily":100}""")).Expect(HttpStatusCode.Created);
        for (var i = 0; i < 600; i++)
        {
            (await host.Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"many/{{i % 7}}","amount":{{(i % 2 == 0 ? 0 : 0.1m)}},"ttl_seconds":86400}""")).Expect(HttpStatusCode.OK);
        }

        var both = await Task.WhenAll(ReleaseAsync(), ReleaseAsync());

        Assert.Equal((600, 0, 0), (both.Sum(b => (int)b.Json["released"]!), (int)both[0].Json["left"]!, (int)both[1].Json["left"]!));
        var view = (await host.Api.SendAsync("GET", "/v1/cost-centers/many")).Json["reservations"]!;
        Assert.Equal((0, 0), ((int)view["open"]!, (int)view["amount"]!));

        async Task<ApiReply> ReleaseAsync() => (await host.Api.SendAsync("DELETE", "/v1/reservations?cost_center=many")).Expect(HttpStatusCode.OK);
    }
}
