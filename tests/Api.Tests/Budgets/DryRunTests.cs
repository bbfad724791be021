using System.Net;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Budgets;

/// <summary>A write of a budget that is only tried, and what writes say that they end.</summary>
[Collection(nameof(OpenHost))]
public sealed class DryRunTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Put_AsADryRun_AnswersLikeTheWrite_AndWritesNothing()
    {
        var tried = (await Api.SendAsync("PUT", "/v1/budgets/dry-put?dry_run=true", """{"daily":5,"time_zone":"Asia/Tokyo"}""")).Expect(HttpStatusCode.OK);

        Assert.True((bool)tried.Json["dry_run"]!);
        Assert.Equal(("Asia/Tokyo", 5), ((string)tried.Json["budget"]!["time_zone"]!, (int)tried.Json["budget"]!["daily"]!));
        (await Api.SendAsync("GET", "/v1/budgets/dry-put")).ExpectProblem(404, "unknown_cost_center");
        var written = (await Api.SendAsync("PUT", "/v1/budgets/dry-put", """{"daily":5,"time_zone":"Asia/Tokyo"}""")).Expect(HttpStatusCode.Created);
        Assert.Equal(tried.Json["budget"]!.ToJsonString(), written.Json["budget"]!.ToJsonString());
        Assert.Null(written.Json["dry_run"]);
        (await Api.SendAsync("PUT", "/v1/budgets/dry-put?dry_run=true", """{"daily":5}""", "If-None-Match: *")).ExpectProblem(412, "etag_mismatch");
        (await Api.SendAsync("PUT", "/v1/budgets/dry-put?dry_run=true", """{"daly":5}""")).ExpectProblem(400, "unknown_field");
        (await Api.SendAsync("GET", "/v1/budgets/dry-put?dry_run=true")).ExpectProblem(400, "unknown_field");
    }

    [Fact]
    public async Task LimitUnderWhatIsSpent_IsAWarning_BeforeAndWithTheWrite()
    {
        await Api.SendAsync("PUT", "/v1/budgets/dry-spent", """{"daily":100}""");
        (await Api.SendAsync("POST", "/v1/usage", """{"request_id":"d1","cost_center":"dry-spent","user":"amy","cost":12.5}""")).Expect(HttpStatusCode.OK);

        Assert.Empty(await WarningsAsync("PATCH", "/v1/budgets/dry-spent?dry_run=true", """{"daily":13}"""));
        var tried = Assert.Single(await WarningsAsync("PATCH", "/v1/budgets/dry-spent?dry_run=true", """{"daily":12.5}"""));
        Assert.Equal(100, (int)(await Api.SendAsync("GET", "/v1/budgets/dry-spent")).Json["budget"]!["daily"]!);
        Assert.StartsWith("daily: 12.5 of 12.5 is spent already: checks are denied from now on, until ", tried, StringComparison.Ordinal);
        Assert.Equal(tried, Assert.Single(await WarningsAsync("PATCH", "/v1/budgets/dry-spent", """{"daily":12.5}""")));
        Assert.Equal("deny", (string?)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"dry-spent","amount":0.1}""")).Json["decision"]);
        Assert.Equal("daily: 12.5 of 12.5 is spent already: checks are allowed, and marked as over the limit", Assert.Single(await WarningsAsync("PATCH", "/v1/budgets/dry-spent?dry_run=true", """{"enforcement":"soft"}""")));
    }

    [Fact]
    public async Task LimitsThatEnd_AreNamed_AndThatNothingLimitsAnyMore()
    {
        await Api.SendAsync("PUT", "/v1/budgets/dry-end", """{"daily":3,"monthly":30,"per_user":{"daily":1}}""");
        await Api.SendAsync("PUT", "/v1/budgets/dry-end/below", """{"daily":2}""");

        Assert.Equal(["daily: the limit 2 ends"], await WarningsAsync("DELETE", "/v1/budgets/dry-end/below?dry_run=true", null));
        Assert.Equal(
            ["daily: the limit 3 ends", "monthly: the limit 30 ends", "per_user: users have no limit of their own here any more, but those with a budget of their own", "no limit of money is left on dry-end or above it: what is spent there denies no check any more"],
            await WarningsAsync("DELETE", "/v1/budgets/dry-end?dry_run=true", null));
        Assert.Equal(["monthly: the limit 30 ends"], await WarningsAsync("PATCH", "/v1/budgets/dry-end", """{"monthly":null}"""));
        (await Api.SendAsync("DELETE", "/v1/budgets/dry-end")).Expect(HttpStatusCode.NoContent);
        (await Api.SendAsync("DELETE", "/v1/budgets/dry-end?dry_run=true")).ExpectProblem(404, "no_budget");
    }

    [Fact]
    public async Task NewTimeZone_IsToldWithTheInstantFromWhichItIsInForce()
    {
        await Api.SendAsync("PUT", "/v1/budgets/dry-zone", """{"daily":3}""");

        var warning = Assert.Single(await WarningsAsync("PATCH", "/v1/budgets/dry-zone?dry_run=true", """{"time_zone":"Asia/Tokyo"}"""));

        Assert.Matches("^time_zone: Asia/Tokyo is in force from \\d{4}-\\d\\d-\\d\\dT00:00:00Z on, when the current day ends in UTC$", warning);
        Assert.Equal(warning, Assert.Single(await WarningsAsync("PATCH", "/v1/budgets/dry-zone", """{"time_zone":"Asia/Tokyo"}""")));
    }

    private async Task<IReadOnlyList<string>> WarningsAsync(string method, string path, string? body) =>
        [.. (await Api.SendAsync(method, path, body)).Expect(HttpStatusCode.OK).Json["warnings"]!.AsArray().Select(w => (string)w!)];
}
