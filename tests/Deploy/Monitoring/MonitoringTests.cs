using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Yaml;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
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
        // 3: it parsed, and has advice. The names that .NET and Orleans give are not ours to change.
        Assert.True(run.ExitCode is 0 or 3, run.Errors);
        Assert.DoesNotContain((run.Output + run.Errors).Split('\n'), l => l.Length > 0 && !l.StartsWith("dotnet_", StringComparison.Ordinal) && !l.StartsWith("orleans_", StringComparison.Ordinal));
    }

    [ToolFact("promtool")]
    public Task Rules_PassTheirTests() => Tool.SucceedAsync("promtool", "test", "rules", Files.Deploy("prometheus", "tests", "budget-engine-test.yml"));

    [ToolFact("prometheus", "promtool")]
    public async Task Prometheus_WithOurConfiguration_ScrapesTheEngineAndAnswersEveryPanel()
    {
        var folder = Files.NewFolder();
        var port = FreePort.Next();
        try
        {
            var config = Files.Text("deploy", "prometheus", "prometheus.yml")
                .Replace("engine:8080", $"127.0.0.1:{stand.Address.Port}", StringComparison.Ordinal)
                .Replace("/keys/metrics-key", stand.KeyFile("metrics-key"), StringComparison.Ordinal)
                .Replace("rules/*.yml", Files.Deploy("prometheus", "rules", "*.yml"), StringComparison.Ordinal)
                .Replace("15s", "1s", StringComparison.Ordinal);
            var file = Path.Combine(folder.FullName, "prometheus.yml");
            await File.WriteAllTextAsync(file, config);
            await Tool.SucceedAsync("promtool", "check", "config", file);
            await using var prometheus = new RunningProgram(
                "prometheus", folder.FullName, $"--config.file={file}", $"--storage.tsdb.path={folder.FullName}/data", $"--web.listen-address=127.0.0.1:{port}");
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

            await Eventually.HoldsAsync("Prometheus has scraped the engine", async () => await ValueAsync(http, "up{job=\"budget-engine\"} and on () budget_lease_running") == "1");
            await Eventually.HoldsAsync("Prometheus has evaluated every rule", async () => await RulesAsync(http) is { Count: > 0 } rules && rules.All(r => r == "ok"));
            foreach (var expression in PromQl.DashboardExpressions) Assert.Equal("success", (string?)(await QueryAsync(http, expression))["status"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<JsonNode> QueryAsync(HttpClient http, string expression)
    {
        // As Grafana fills them in.
        var filled = expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$cost_center", ".*", StringComparison.Ordinal).Replace("$period", ".*", StringComparison.Ordinal);
        var answer = await http.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(filled)}");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static async Task<string?> ValueAsync(HttpClient http, string expression)
    {
        try
        {
            return (string?)(await QueryAsync(http, expression))["data"]?["result"]?.AsArray().FirstOrDefault()?["value"]?[1];
        }
        catch (Exception early) when (early is HttpRequestException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static async Task<List<string?>> RulesAsync(HttpClient http)
    {
        var answer = JsonNode.Parse(await http.GetStringAsync("/api/v1/rules"))!;
        return [.. answer["data"]!["groups"]!.AsArray().SelectMany(g => g!["rules"]!.AsArray()).Select(r => (string?)r!["health"])];
    }
}
