using System.Text.RegularExpressions;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Monitoring;
using BudgetEngine.Silo.Configuration;
using BudgetEngine.Silo.Hosting;

namespace BudgetEngine.Deploy.Operations;

/// <summary>docs/operations.md has what others link to and what the code says.</summary>
public sealed partial class OperationsDocTests
{
    private static readonly string Doc = Files.Text("docs", "operations.md");

    private static readonly HashSet<string> Anchors = [.. Heading().Matches(Doc).Select(m => AnchorOf(m.Groups[1].Value))];

    [Fact]
    public void EveryAlert_LinksToItsRunbook() =>
        Assert.All(PromQl.AllRules.Where(r => r["alert"] is not null), rule =>
        {
            var link = ((string)rule["annotations"]!["runbook_url"]!).Split('#');
            Assert.Equal("docs/operations.md", link[0]);
            Assert.Equal(AnchorOf((string)rule["alert"]!), link[1]);
            Assert.Contains(link[1], Anchors);
        });

    [Fact]
    public void EveryRunbook_IsOfAnAlert()
    {
        var alerts = PromQl.AllRules.Select(r => (string?)r["alert"]).OfType<string>().Order();
        Assert.Equal(alerts, Runbook().Matches(Doc).Select(m => m.Groups[1].Value).Order());
    }

    [Fact]
    public void EveryLinkWithinThePage_LeadsSomewhere() => Assert.All(Link().Matches(Doc), m => Assert.Contains(m.Groups[1].Value, Anchors));

    [Fact]
    public void EverySetting_IsNamed_HereOrWhereTheClusterIs()
    {
        var both = Doc + Files.Text("docs", "cluster.md");
        Assert.All(Settings.Keys, k => Assert.Contains($"`{k}`", both, StringComparison.Ordinal));
    }

    [Fact]
    public void EverySettingThatIsNamed_IsThere() =>
        Assert.All(Option().Matches(Doc + Files.Text("docs", "cluster.md") + Files.Text("docs", "alerts.md")), m => Assert.Contains(m.Groups[1].Value, Settings.Keys));

    [Fact]
    public void EveryMetricThatIsNamed_IsOfRulesOrDashboardOrTheCode()
    {
        var code = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Files.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)).Replace('.', '_');
        var known = string.Join('\n', PromQl.RuleExpressions.Concat(PromQl.DashboardExpressions));
        Assert.All(Metric().Matches(Doc).Select(m => m.Groups[1].Value), m => Assert.True(known.Contains(m, StringComparison.Ordinal) || code.Contains(Bare().Replace(m, ""), StringComparison.Ordinal), m));
    }

    [Fact]
    public void TimeToStop_IsTheCodes() => Assert.Contains($"takes up to {BudgetHost.ShutdownTimeout.TotalSeconds} s (`BudgetHost.ShutdownTimeout`)", Doc, StringComparison.Ordinal);

    private static string AnchorOf(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-')).Replace(' ', '-');

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^### (Budget\w+)$", RegexOptions.Multiline)]
    private static partial Regex Runbook();

    [GeneratedRegex(@"\]\(#([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:Api|Check|Usage|Ingest|Keys|Ledger|Catalog|Metrics|Gateway|Envoy|Ship|CostCenters|Cluster|Alerts|Secrets|Smtp|Migrate):[A-Z]\w+)`")]
    private static partial Regex Option();

    [GeneratedRegex(@"`(budget_\w+)")]
    private static partial Regex Metric();

    [GeneratedRegex("_(total|ratio|seconds|usd|eur|usd_total)$")]
    private static partial Regex Bare();
}
