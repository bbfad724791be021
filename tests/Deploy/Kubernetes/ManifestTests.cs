using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Yaml;

namespace BudgetEngine.Deploy.Kubernetes;

public sealed class ManifestTests
{
    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Overlay_AndCode_Agree(string overlay) => Assert.Empty(ManifestFaults.In(Overlays.Build(overlay)));

    [Fact]
    public void Prod_HasEverything()
    {
        var kinds = Overlays.Build("prod").Select(o => $"{Manifest.KindOf(o)} {Manifest.NameOf(o)}").Order();
        Assert.Equal(
            [
                "ConfigMap budget-engine", "ConfigMap budget-engine-dashboards", "Deployment budget-engine-api", "Deployment budget-engine-silo", "HorizontalPodAutoscaler budget-engine-api",
                "HorizontalPodAutoscaler budget-engine-silo", "Job budget-engine-migrate", "NetworkPolicy budget-engine-api", "NetworkPolicy budget-engine-migrate", "NetworkPolicy budget-engine-silo",
                "PodDisruptionBudget budget-engine-api", "PodDisruptionBudget budget-engine-silo", "PrometheusRule budget-engine", "Service budget-engine", "Service budget-engine-api",
                "ServiceAccount budget-engine", "ServiceMonitor budget-engine",
            ],
            kinds);
    }

    [Fact]
    public void Repository_HasNoSecret() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Files.Deploy("k8s"), "*.yaml", SearchOption.AllDirectories).SelectMany(f => YamlText.ReadAll(File.ReadAllText(f))), o => (string?)o?["kind"] == "Secret");

    [KubectlFact]
    public async Task Overlays_BuiltByKubectl_AreTheSame()
    {
        foreach (var overlay in Overlays.Names)
        {
            var theirs = YamlText.ReadAll(await Tool.SucceedAsync("kubectl", "kustomize", Overlays.Folder(overlay))).ToDictionary(o => Manifest.IdOf(o!), o => o!);
            var ours = Overlays.Build(overlay).ToDictionary(Manifest.IdOf);
            Assert.Equal(theirs.Keys.Order(), ours.Keys.Order());
            foreach (var (id, o) in ours) Assert.True(JsonNode.DeepEquals(theirs[id], o), $"{id}\n{theirs[id].ToJsonString()}\n{o.ToJsonString()}");
        }
    }
}
