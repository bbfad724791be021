using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Api.Metrics.Exposition;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Yaml;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Deploy.Monitoring;

/// <summary>Rules, dashboard and scrape configuration against what a real engine shows.</summary>
[Collection(nameof(Stand))]
public sealed class MonitoringTests(Stand stand)
{
    [Fact]
    public async Task Metrics_NamedInRulesAndDashboard_AreExposed()
    {
        var types = PromQl.TypesOf(await stand.ScrapeAsync());
        Assert.NotEmpty(PromQl.DashboardExpressions);
        Assert.All(PromQl.RuleExpressions.Concat(PromQl.DashboardExpressions), e => Assert.All(PromQl.MetricsOf(e), m => Assert.True(PromQl.FamilyOf(m, types) is not null, $"{m} in: {e}")));
    }

    [Theory]
    [InlineData("sum(rate(budget_check_total[5m]))")]
    [InlineData("budget_check_duration_seconds > 1")]
    [InlineData("rate(dotnet_gc_nothing_total{a=\"b\"}[1m])")]
    public async Task Metric_ThatIsNotExposed_IsFound(string expression)
    {
        var types = PromQl.TypesOf(await stand.ScrapeAsync());
        Assert.Contains(PromQl.MetricsOf(expression), m => PromQl.FamilyOf(m, types) is null);
    }

    [Fact]
    public async Task Metrics_OfDotNetAndOrleans_AreThoseThatWereChosen() =>
        Assert.Equal(ForeignMetrics.Names.Order(), PromQl.TypesOf(await stand.ScrapeAsync()).Keys.Where(n => !n.StartsWith("budget_", StringComparison.Ordinal)).Order());

    [Fact]
    public void EveryExcuse_IsOfAPanel() => Assert.Subset(PromQl.DashboardExpressions.SelectMany(PromQl.MetricsOf).ToHashSet(), SilentMetrics.Reasons.Keys.ToHashSet());

    [Fact]
    public void Rules_OfTheOperatorsObject_AreTheSame() =>
        Assert.True(JsonNode.DeepEquals(PromQl.Rules["groups"], YamlText.ReadFile(Files.Deploy("k8s", "components", "monitoring", "rules.yaml"))["spec"]!["groups"]));

    [Fact]
    public void EveryAlert_HasItsTest() =>
        Assert.All(
            PromQl.AllRules.Select(r => (string?)r["alert"]).OfType<string>(),
            a => Assert.Contains($"alertname: {a}\n", Files.Text("deploy", "prometheus", "tests", "budget-engine-test.yml"), StringComparison.Ordinal));

    [ToolFact("promtool")]
    public async Task Exposition_IsWhatPromtoolWants()
    {
        var run = await Tool.RunInAsync("promtool", null, await stand.ScrapeAsync(), "check", "metrics");
        // 3: it parsed, and has advice. The unit that Orleans measures in is not ours to change.
        Assert.True(run.ExitCode is 0 or 3, run.Errors);
        Assert.DoesNotContain((run.Output + run.Errors).Split('\n'), l => l.Length > 0 && !l.StartsWith("orleans_app_requests_latency_milliseconds use base unit", StringComparison.Ordinal));
    }

    [ToolFact("promtool")]
    public Task Rules_PassTheirTests() => Tool.SucceedAsync("promtool", "test", "rules", Files.Deploy("prometheus", "tests", "budget-engine-test.yml"));

    [ToolFact("prometheus", "promtool")]
    public async Task Prometheus_WithOurConfiguration_ScrapesTheEngineAndHasDataForEveryPanel()
    {
        await using var traffic = await PanelTraffic.StartAsync(stand);
        await using var prometheus = await PrometheusServer.StartAsync(stand);

        await Eventually.HoldsAsync("Prometheus has scraped the engine", async () => await prometheus.NumbersAsync("up{job=\"budget-engine\"} and on () budget_lease_running") is [1]);
        await Eventually.HoldsAsync("Prometheus has evaluated every rule", async () => await prometheus.HealthOfRulesAsync() is { Count: > 0 } rules && rules.All(r => r == "ok"));
        foreach (var expression in PromQl.DashboardExpressions) Assert.Equal("success", (string?)(await prometheus.QueryAsync(expression))["status"]);
        var silent = await SilentAsync(prometheus, PromQl.Panels);
        Assert.True(silent.Count == 0, string.Join('\n', silent));
    }

    /// <summary>The expressions that have no data once they have had time to.</summary>
    private static async Task<List<string>> SilentAsync(PrometheusServer prometheus, IEnumerable<DashboardPanel> panels)
    {
        List<(DashboardPanel Panel, string Expression)> silent = [.. panels.SelectMany(p => p.Expressions.Where(e => !SilentMetrics.Excuse(e)).Select(e => (p, e)))];
        using var looks = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var look = 0; look < 20 && silent.Count > 0 && await looks.WaitForNextTickAsync(); look++)
        {
            foreach (var one in silent.ToList())
            {
                if (await prometheus.NumbersAsync(one.Expression) is not []) silent.Remove(one);
            }
        }

        return [.. silent.Select(s => $"{s.Panel}: {s.Expression}")];
    }
}
