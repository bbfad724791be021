using System.Net;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Reports;

[Collection(nameof(KeyedHost))]
public class ReportKeyTests(KeyedHost host)
{
    [Fact]
    public async Task Reports_OfAKeyWithASubtree_AreOfItsSubtree()
    {
        foreach (var path in (string[])["rk/in", "rk/out"])
        {
            (await host.Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{path}}","cost_center":"{{path}}","cost":1}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
        }

        var (reader, _) = await host.NewKeyAsync("read", "rk/in");
        var (checker, _) = await host.NewKeyAsync("check");
        var own = (await host.Api.SendAsync("GET", "/v1/reports/models", null, reader)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(("rk/in", "1"), ((string)own["cost_center"]!, own["total"]!["cost"]!.ToJsonString()));
        (await host.Api.SendAsync("GET", "/v1/reports/spend?cost_center=rk", null, reader)).ExpectProblem(403, "outside_subtree");
        (await host.Api.SendAsync("GET", "/v1/export/usage?format=focus&cost_center=rk/out", null, reader)).ExpectProblem(403, "outside_subtree");
        (await host.Api.SendAsync("GET", "/v1/reports/spend", null, checker)).ExpectProblem(403, "missing_scope");
    }
}
