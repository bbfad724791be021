using System.Globalization;
using System.IO.Compression;
using System.Net;
using BudgetEngine.Api.Operations;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Metrics;

public sealed class MetricsTests
{
    [Fact]
    public async Task Scrape_AfterChecksAndUsage_ShowsThem()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await host.SendAsync("PUT", "/v1/budgets/acme/search", """{"daily":10}""");
        await CheckAsync(host, 4);
        await CheckAsync(host, 7);
        (await host.SendAsync("POST", "/v1/usage", """{"request_id":"r1","cost_center":"acme/search/a","cost":2.5,"provider":"x","model":"say \"hi\"\\"}""")).Expect(HttpStatusCode.OK);
        await host.SendAsync("POST", "/v1/usage", """{"request_id":"r1","cost_center":"acme/search/a","cost":2.5,"provider":"x","model":"say \"hi\"\\"}""");
        await host.SendAsync("POST", "/v1/usage", """{"request_id":"r2","cost_center":"acme/search/a","cost":-1}""");

        var metrics = await ScrapeAsync(host);

        Assert.Equal(1, metrics["""budget_checks_total{decision="allow",protocol="check",reason="none"}"""]);
        Assert.Equal(1, metrics["""budget_checks_total{decision="deny",protocol="check",reason="budget_exceeded"}"""]);
        Assert.Equal(0, metrics["""budget_checks_total{decision="error",protocol="authorize",reason="ledger_unavailable"}"""]);
        Assert.Equal(2, metrics["""budget_check_duration_seconds_count{protocol="check"}"""]);
        Assert.Equal(2.5, metrics["""budget_spend_usd_total{cost_center="acme/search/a",model="say \"hi\"\\",provider="x"}"""]);
        Assert.Equal(1, metrics["""budget_usage_records_total{result="recorded"}"""]);
        Assert.Equal(1, metrics["""budget_usage_records_total{result="duplicate"}"""]);
        Assert.Equal(1, metrics["""budget_usage_rejected_total{code="invalid_request"}"""]);
        Assert.Equal(1, metrics["""budget_usage_flags_total{flag="no_reservation"}"""]);
        Assert.Equal(10, metrics["""budget_limit_usd{cost_center="acme/search",period="daily"}"""]);
        Assert.Equal(2.5, metrics["""budget_spent_usd{cost_center="acme/search",period="daily"}"""]);
        Assert.Equal(4, metrics["""budget_reserved_usd{cost_center="acme/search",period="daily"}"""]);
        Assert.Equal(0.25, metrics["""budget_utilization_ratio{cost_center="acme/search",period="daily"}"""]);
        Assert.Equal(1, metrics["budget_reservations_active"]);
        Assert.Equal(1, metrics["budget_lease_running"]);
        Assert.InRange(metrics["""budget_period_elapsed_ratio{cost_center="acme/search",period="daily"}"""], 0, 1);
        Assert.DoesNotContain(metrics.Keys, k => k.StartsWith("budget_limit_usd{cost_center=\"acme/search/a\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DryRunsAndSoftLimits_CountedAsWhatTheyAre()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await host.SendAsync("PUT", "/v1/budgets/acme/soft", """{"daily":1,"enforcement":"soft"}""");
        await CheckAsync(host, 5, """,  "cost_center":"acme/soft" """);
        await CheckAsync(host, 5, """,  "cost_center":"acme/soft", "dry_run":true """);

        var metrics = await ScrapeAsync(host);

        Assert.Equal(1, metrics["""budget_checks_total{decision="audit",protocol="check",reason="over_limit"}"""]);
        Assert.Equal(1, metrics.Where(m => m.Key.StartsWith("budget_checks_total", StringComparison.Ordinal)).Sum(m => m.Value));
    }

    [Fact]
    public async Task Spend_BeyondTheLimitOfSeries_IsAddedUpUnderOther()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true", "--Metrics:MaxSpendSeries=2"]);
        for (var i = 0; i < 5; i++) await host.SendAsync("POST", "/v1/usage", $$"""{"request_id":"r{{i}}","cost_center":"acme/a","cost":1,"model":"m{{i}}"}""");

        var spend = (await ScrapeAsync(host)).Where(m => m.Key.StartsWith("budget_spend_usd_total", StringComparison.Ordinal)).ToList();

        Assert.Equal(3, spend.Count);
        Assert.Equal(5, spend.Sum(s => s.Value));
        Assert.Contains(spend, s => s.Key.Contains("""cost_center="other",model="other",provider="other""", StringComparison.Ordinal) && s.Value == 3);
    }

    [Fact]
    public async Task Tokens_OfRecords_AreCountedByDepartmentAndProject()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await RecordAsync(host, "r1", "acme/eng/search/a", 100, 20);
        await RecordAsync(host, "r2", "acme/eng/search/b", 10, 0);
        await RecordAsync(host, "r2", "acme/eng/search/b", 10, 0);
        await RecordAsync(host, "r3", "acme/eng", 1, 2);

        var metrics = await ScrapeAsync(host);

        Assert.Equal(110, metrics["""budget_tokens_total{cost_center="acme/eng/search",model="m",token_type="input"}"""]);
        Assert.Equal(20, metrics["""budget_tokens_total{cost_center="acme/eng/search",model="m",token_type="output"}"""]);
        Assert.Equal(1, metrics["""budget_tokens_total{cost_center="acme/eng",model="m",token_type="input"}"""]);
        Assert.Equal(4, metrics.Keys.Count(k => k.StartsWith("budget_tokens_total", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Tokens_BeyondTheLimitOfSeries_AreAddedUpUnderOther()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true", "--Metrics:MaxSeries=10"]);
        for (var i = 0; i < 5; i++) await RecordAsync(host, $"r{i}", $"acme/d{i}", 100, 20);

        var tokens = (await ScrapeAsync(host)).Where(m => m.Key.StartsWith("budget_tokens_total", StringComparison.Ordinal)).ToList();

        Assert.Equal(6, tokens.Count);
        Assert.Equal(600, tokens.Sum(t => t.Value));
        Assert.Contains(tokens, t => t.Key.Contains("""cost_center="other",model="other",token_type="input""", StringComparison.Ordinal) && t.Value == 300);
    }

    [Fact]
    public async Task Latency_OfRecords_IsADistributionByModel()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await host.SendAsync("POST", "/v1/usage", """{"request_id":"r1","cost_center":"acme","cost":1,"model":"m","latency_ms":300}""");
        await host.SendAsync("POST", "/v1/usage", """{"request_id":"r2","cost_center":"acme","cost":1,"model":"m","latency_ms":1200.5}""");
        await host.SendAsync("POST", "/v1/usage", """{"request_id":"r3","cost_center":"acme","cost":1,"model":"n"}""");

        var metrics = await ScrapeAsync(host);

        Assert.Equal(0, metrics["""budget_usage_latency_seconds_bucket{model="m",le="0.25"}"""]);
        Assert.Equal(1, metrics["""budget_usage_latency_seconds_bucket{model="m",le="0.5"}"""]);
        Assert.Equal(2, metrics["""budget_usage_latency_seconds_bucket{model="m",le="2.5"}"""]);
        Assert.Equal(1.5005, metrics["""budget_usage_latency_seconds_sum{model="m"}"""], 9);
        Assert.DoesNotContain("""budget_usage_latency_seconds_count{model="n"}""", metrics.Keys);
    }

    [Fact]
    public async Task Gauges_BeyondTheLimitOfCostCenters_AreTheShallowestAndTheRestIsCounted()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true", "--Metrics:MaxCostCenters=1"]);
        await host.SendAsync("PUT", "/v1/budgets/acme/a/b", """{"daily":10}""");
        await host.SendAsync("PUT", "/v1/budgets/acme", """{"daily":20}""");
        await CheckAsync(host, 1, """,  "cost_center":"acme/a/b" """);

        var metrics = await ScrapeAsync(host);

        Assert.Equal("""budget_limit_usd{cost_center="acme",period="daily"}""", Assert.Single(metrics.Keys, k => k.StartsWith("budget_limit_usd", StringComparison.Ordinal)));
        Assert.Equal(1, metrics["budget_cost_centers_unshown"]);
    }

    [Fact]
    public async Task Amounts_OfAnotherCurrency_CarryItsNameAndNotTheDollars()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true", "--Currency=EUR"]);
        await host.SendAsync("PUT", "/v1/budgets/acme", """{"daily":20}""");
        await CheckAsync(host, 1, """,  "cost_center":"acme" """);

        var metrics = await ScrapeAsync(host);

        Assert.Equal(20, metrics["""budget_limit_eur{cost_center="acme",period="daily"}"""]);
        Assert.DoesNotContain(metrics.Keys, k => k.Contains("_usd", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, gzip;q=0", false)]
    [InlineData("identity", false)]
    public async Task Scrape_OfWhoTakesGzip_IsPacked(string accepted, bool packed)
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true"]);
        using var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.Add("Accept-Encoding", accepted);

        using var answer = await http.GetAsync(OperatorPaths.Metrics);
        Assert.Equal(packed ? ["gzip"] : [], answer.Content.Headers.ContentEncoding);
        await using var body = await answer.Content.ReadAsStreamAsync();
        using var text = new StreamReader(packed ? new GZipStream(body, CompressionMode.Decompress) : body);
        var scrape = await text.ReadToEndAsync();
        Assert.Contains("\nbudget_lease_running 1\n", scrape, StringComparison.Ordinal);
        Assert.Equal(packed, answer.Content.Headers.ContentLength < scrape.Length / 4);
    }

    [Fact]
    public async Task TwoEnginesInOneProcess_EachShowsItsOwn()
    {
        await using var first = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await using var second = await ApiHost.StartAsync(["--Keys:Open=true"]);
        await first.SendAsync("PUT", "/v1/budgets/acme/search", """{"daily":10}""");
        await CheckAsync(first, 4);

        Assert.Equal(1, (await ScrapeAsync(first))["""budget_checks_total{decision="allow",protocol="check",reason="none"}"""]);
        Assert.Equal(0, (await ScrapeAsync(second))["""budget_checks_total{decision="allow",protocol="check",reason="none"}"""]);
    }

    [Fact]
    public async Task EveryMetric_HasHelpAndTypeOnceAndValuesThatAreNumbers()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true"]);
        var lines = (await host.SendAsync("GET", OperatorPaths.Metrics)).Expect(HttpStatusCode.OK).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var helped = lines.Where(l => l.StartsWith("# HELP ", StringComparison.Ordinal)).Select(l => l.Split(' ', 4)).ToList();
        var typed = lines.Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]).ToList();

        Assert.Equal(typed, helped.Select(h => h[2]));
        Assert.Equal(typed.Distinct(), typed);
        Assert.All(helped, h => Assert.True(h[3].Length > 3, h[2]));
        Assert.Contains(typed, t => t.StartsWith("dotnet_", StringComparison.Ordinal));
        Assert.All(lines.Where(l => l[0] != '#'), l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    internal static async Task<Dictionary<string, double>> ScrapeAsync(ApiHost host, params string[] headers)
    {
        var reply = (await host.SendAsync("GET", OperatorPaths.Metrics, null, headers)).Expect(HttpStatusCode.OK);
        Assert.Equal("text/plain", reply.MediaType);
        return reply.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#')
            .ToDictionary(l => l[..l.LastIndexOf(' ')], l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private static async Task RecordAsync(ApiHost host, string id, string costCenter, int input, int output) =>
        (await host.SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{id}}","cost_center":"{{costCenter}}","cost":1,"model":"m","input_tokens":{{input}},"output_tokens":{{output}}}""")).Expect(HttpStatusCode.OK);

    private static async Task CheckAsync(ApiHost host, decimal amount, string rest = """, "cost_center":"acme/search/a" """) =>
        (await host.SendAsync("POST", "/v1/check", $$"""{"amount":{{amount}}{{rest}}}""")).Expect(HttpStatusCode.OK);
}
