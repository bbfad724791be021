using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>Rows of several tenants under one id: ids are unique within a tenant only.</summary>
[Collection(nameof(KeyedHost))]
public sealed class CorrectionTests(KeyedHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Correction_OfAnIdThatTwoTenantsHave_AsksForTheCostCenter()
    {
        foreach (var tenant in new[] { "twice-a", "twice-b" }) await PostAsync($$"""{"request_id":"twice","cost_center":"{{tenant}}/x","cost":5}""");

        var refused = (await CorrectAsync("c1", "twice", "")).ExpectProblem(400, "invalid_request");
        Assert.Equal(["cost_center"], refused.ErrorFields);
        (await CorrectAsync("c1", "twice", ",\"cost_center\":\"twice-b\"")).Expect(HttpStatusCode.OK);

        Assert.Equal((5m, 4m), (await SpentAsync("twice-a"), await SpentAsync("twice-b")));
        var (key, _) = await host.NewKeyAsync("admin", "twice-a");
        (await Api.SendAsync("POST", "/v1/usage/corrections", Body("c2", "twice", ""), key)).Expect(HttpStatusCode.OK);
        Assert.Equal(4m, await SpentAsync("twice-a"));
    }

    [Fact]
    public async Task Correction_OfAnIdThatOneTenantHas_NeedsNoCostCenter()
    {
        await PostAsync("""{"request_id":"only-once","cost_center":"once-a/x","cost":5}""");

        (await CorrectAsync("c", "only-once", "")).Expect(HttpStatusCode.OK);

        Assert.Equal(4m, await SpentAsync("once-a"));
    }

    [Fact]
    public async Task Settle_AtACostCenterOfATenantThatIsNotThere_MakesIt()
    {
        await PostAsync("""{"request_id":"first","cost_center":"across-a/x","cost":1}""");
        var id = (string)(await Api.SendAsync("POST", "/v1/check", """{"cost_center":"across-a/x","amount":1}""", KeyedHost.Admin)).Json["reservation_id"]!;

        await PostAsync($$"""{"request_id":"across","reservation_id":"{{id}}","cost_center":"across-b/y","cost":2}""");

        Assert.NotNull(Api.Services.GetRequiredService<Catalog>().Current.Policies.TenantOf("across-b"));
        Assert.Equal(2m, await SpentAsync("across-b"));
    }

    private async Task PostAsync(string record) => (await Api.SendAsync("POST", "/v1/usage", record, KeyedHost.Admin)).Expect(HttpStatusCode.OK);

    private Task<ApiReply> CorrectAsync(string requestId, string corrects, string extra) =>
        Api.SendAsync("POST", "/v1/usage/corrections", Body(requestId, corrects, extra), KeyedHost.Admin);

    private static string Body(string requestId, string corrects, string extra) => $$"""{"request_id":"{{requestId}}","corrects":"{{corrects}}","amount":-1{{extra}}}""";

    private async Task<decimal> SpentAsync(string tenant) =>
        (decimal)(await Api.SendAsync("GET", $"/v1/cost-centers/{tenant}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["spent_today"]!;
}
