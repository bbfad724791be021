using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Deploy.Docker;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Yaml;

namespace BudgetEngine.Deploy.Monitoring;

/// <summary>The dashboards as far as they can be checked without Grafana.</summary>
public sealed class DashboardTests
{
    private static readonly string[] Uids = ["budget-engine", "budget-spend"];

    public static TheoryData<string> Names => new(Uids);

    [Fact]
    public void EveryDashboard_IsChecked_AndShippedToKubernetes()
    {
        Assert.Equal(Uids, PromQl.Dashboards.Select(d => (string)d["uid"]!));
        var files = YamlText.ReadFile(Files.Deploy("grafana", "kustomization.yaml"))["configMapGenerator"]![0]!["files"]!.AsArray();
        Assert.Equal(Uids.Select(u => $"dashboards/{u}.json"), files.Select(f => (string)f!));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Dashboard_CanBeProvisioned(string name)
    {
        var dashboard = Dashboard(name);
        Assert.Equal((name, null), ((string?)dashboard["uid"], dashboard["id"]));
        Assert.True((int)dashboard["schemaVersion"]! >= 39);
        var panels = dashboard["panels"]!.AsArray().Select(p => p!).ToList();
        Assert.Equal(panels.Count, panels.Select(p => (int)p["id"]!).Distinct().Count());
        Assert.All(panels.Where(p => (string?)p["type"] != "row"), p =>
        {
            Assert.Equal("${datasource}", (string?)p["datasource"]!["uid"]);
            Assert.NotEmpty(p["targets"]!.AsArray());
            Assert.All(p["targets"]!.AsArray(), t => Assert.Equal("${datasource}", (string?)t!["datasource"]!["uid"]));
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_DoNotOverlap(string name)
    {
        var cells = new HashSet<(int, int)>();
        foreach (var at in Dashboard(name)["panels"]!.AsArray().Select(p => p!["gridPos"]!))
        {
            Assert.True((int)at["x"]! + (int)at["w"]! <= 24);
            for (var x = 0; x < (int)at["w"]!; x++)
            {
                for (var y = 0; y < (int)at["h"]!; y++) Assert.True(cells.Add(((int)at["x"]! + x, (int)at["y"]! + y)), $"{at}");
            }
        }
    }

    [Fact]
    public void Provisioning_NamesWhereThingsAre()
    {
        var compose = YamlText.ReadAll(ComposeFile.Text)[0]!;
        var dashboards = YamlText.ReadFile(Files.Deploy("grafana", "provisioning", "dashboards", "budget-engine.yml"))["providers"]![0]!["options"]!["path"]!;
        Assert.Contains(compose["services"]!["grafana"]!["volumes"]!.AsArray(), v => ((string)v!).Contains($":{dashboards}:", StringComparison.Ordinal));
        var url = new Uri((string)YamlText.ReadFile(Files.Deploy("grafana", "provisioning", "datasources", "prometheus.yml"))["datasources"]![0]!["url"]!);
        Assert.NotNull(compose["services"]![url.Host]);
    }

    private static JsonNode Dashboard(string name) => PromQl.Dashboards.Single(d => (string?)d["uid"] == name);
}
