using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Messages;

/// <summary>What a running engine says of a denial, against the state that it is in.</summary>
[Collection(nameof(OpenHost))]
public sealed class LiveDenialTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Denial_OfABudgetThatIsHeld_SaysByHowManyAndUntilWhen_InTheAnswerAndInTheAlert()
    {
        await PutAsync("held-a", """{"daily":5}""");
        for (var i = 0; i < 50; i++) Assert.Equal("allow", (string?)(await CheckAsync("""{"cost_center":"held-a/x","amount":0.1,"ttl_seconds":60}"""))["decision"]);

        var denied = await CheckAsync("""{"cost_center":"held-a/x","amount":0.1}""");

        Assert.Equal(("deny", 50, 0m, 5m), ((string?)denied["decision"], (int)denied["blocked_by"]!["reservations"]!, (decimal)denied["blocked_by"]!["spent"]!, (decimal)denied["blocked_by"]!["held"]!));
        Assert.Matches("^The daily budget of held-a is held: of 5, 0 is spent and 5 held by 50 open reservations\\. The next lapses in \\d+ s\\.$", (string?)denied["detail"]);
        Assert.InRange((DateTimeOffset)denied["blocked_by"]!["next_lapse_at"]! - DateTimeOffset.UtcNow, TimeSpan.Zero, TimeSpan.FromSeconds(66));
        var alert = await AlertAsync("held-a", "budget.denied");
        Assert.Equal((0m, 5m, 5m, 50), ((decimal)alert["spent"]!, (decimal)alert["limit"]!, (decimal)alert["held"]!, (int)alert["reservations"]!));
        Assert.NotNull(alert["next_lapse_at"]);
    }

    [Fact]
    public async Task Denial_OfAUserWhoseMoneyIsHeld_NamesTheUser_AndCountsTheirReservationsAlone()
    {
        await PutAsync("held-b", """{"per_user":{"daily":1}}""");
        await CheckAsync("""{"cost_center":"held-b","amount":0.5,"user":"amy","ttl_seconds":30}""");
        for (var i = 0; i < 2; i++) await CheckAsync("""{"cost_center":"held-b","amount":0.5,"user":"bob","ttl_seconds":300}""");

        var denied = await CheckAsync("""{"cost_center":"held-b","amount":0.5,"user":"bob"}""");

        Assert.Equal(2, (int)denied["blocked_by"]!["reservations"]!);
        Assert.Matches("^The daily budget of held-b, user bob is held: of 1, 0 is spent and 1 held by 2 open reservations\\. The next lapses in (29\\d|300) s\\.$", (string?)denied["detail"]);
    }

    [Fact]
    public async Task Denial_ByWhatIsSpentOrTooLarge_SaysWhich()
    {
        await PutAsync("held-c", """{"daily":5}""");
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"held-c-1","cost_center":"held-c","cost":4}""")).Expect(HttpStatusCode.OK);
        var large = await CheckAsync("""{"cost_center":"held-c","amount":2}""");
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"held-c-2","cost_center":"held-c","cost":1}""")).Expect(HttpStatusCode.OK);
        var spent = await CheckAsync("""{"cost_center":"held-c","amount":2}""");

        Assert.StartsWith("The request asks for 2, more than is left of the daily budget of held-c: of 5, 4 is spent. It resets at ", (string?)large["detail"], StringComparison.Ordinal);
        Assert.StartsWith("The daily budget of held-c is spent: 5 of 5. It resets at ", (string?)spent["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnpricedUsage_IsToldWithWhatItIsBookedAt()
    {
        await PutAsync("unpriced-a", """{"daily":5,"default_price":{"input":2,"output":8}}""");
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"unpriced-1","cost_center":"unpriced-a","model":"no-such-model-1","input_tokens":1000,"output_tokens":0}""")).Expect(HttpStatusCode.OK);

        var alert = await AlertAsync("unpriced-a", "usage.unpriced");

        Assert.Equal(("default_price", 0.002m, "no-such-model-1"), ((string?)alert["booked_at"], (decimal)alert["spent"]!, (string?)alert["detail"]));
        Assert.Equal(0.002m, (decimal)(await Api.SendAsync("GET", "/v1/cost-centers/unpriced-a")).Json["spent_today"]!);
    }

    [Fact]
    public async Task LapsedReservation_IsToldWithWhoHeldIt()
    {
        await PutAsync("lapsed-a", """{"daily":5}""");
        await CheckAsync("""{"cost_center":"lapsed-a/app","amount":0.25,"user":"u-17","model":"gpt-lapsed","request_id":"req-lapsed","ttl_seconds":1}""");

        var alert = await AlertAsync("lapsed-a", "reservation.unsettled");

        Assert.Matches("^cost center lapsed-a/app, user u-17, model gpt-lapsed, 0\\.25 USD held since \\S+Z, request id req-lapsed$", (string?)alert["detail"]);
    }

    private async Task PutAsync(string costCenter, string budget) => (await Api.SendAsync("PUT", $"/v1/budgets/{costCenter}", budget)).Expect(HttpStatusCode.Created);

    private async Task<JsonNode> CheckAsync(string body) => (await Api.SendAsync("POST", "/v1/check", body)).Expect(HttpStatusCode.OK).Json;

    private async Task<JsonNode> AlertAsync(string costCenter, string type)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(
            $"the alert {type}",
            async () =>
            {
                var alerts = (await Api.SendAsync("GET", $"/v1/alerts?cost_center={costCenter}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();
                found = alerts.FirstOrDefault(a => (string?)a!["type"] == type);
                return found is not null;
            },
            30);
        return found!;
    }
}
