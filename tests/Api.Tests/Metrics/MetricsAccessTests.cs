using System.Net;
using BudgetEngine.Api.Operations;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Metrics;

[Collection(nameof(KeyedHost))]
public sealed class MetricsAccessTests(KeyedHost host)
{
    [Fact]
    public async Task Scrape_WithoutKey_IsRefused() =>
        (await host.Api.SendAsync("GET", OperatorPaths.Metrics)).ExpectProblem(401, "key_required");

    [Fact]
    public async Task Scrape_WithAReadKeyAsPrometheusSendsIt_IsAnswered()
    {
        var (header, _) = await host.NewKeyAsync("read");
        var key = header[(header.IndexOf(':') + 2)..];
        (await host.Api.SendAsync("GET", OperatorPaths.Metrics, null, $"Authorization: Bearer {key}")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Scrape_WithoutTheScope_IsRefused()
    {
        var (header, _) = await host.NewKeyAsync("check usage");
        (await host.Api.SendAsync("GET", OperatorPaths.Metrics, null, header)).ExpectProblem(403, "missing_scope");
    }

    [Fact]
    public async Task Scrape_WithAKeyOfASubtree_IsRefusedSinceItNamesEveryCostCenter()
    {
        var (header, _) = await host.NewKeyAsync("read", "acme/engineering");
        (await host.Api.SendAsync("GET", OperatorPaths.Metrics, null, header)).ExpectProblem(403, "outside_subtree");
    }

    [Fact]
    public async Task Scrape_WherePublicIsSet_NeedsNoKey()
    {
        await using var open = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={KeyedHost.AdminKey}", "--Metrics:Public=true"]);
        (await open.SendAsync("GET", OperatorPaths.Metrics)).Expect(HttpStatusCode.OK);
        (await open.SendAsync("GET", "/v1/audit")).ExpectProblem(401, "key_required");
    }
}
