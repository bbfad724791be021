using System.Text.Json.Nodes;
using BudgetEngine.Deploy.Yaml;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>The checks of the manifests find what they are for: each fault is planted into the built overlay, and named.</summary>
public sealed class PlantedManifestFaultTests
{
    public static TheoryData<string, string, string?, string, string> Plants => new()
    {
        // Object; path in it; new value (null: removed); what must be said.
        { "Deployment budget-engine-silo", "spec/template/spec/terminationGracePeriodSecond", "75", "not a field", "a typo" },
        { "Deployment budget-engine-silo", "spec/template/spec/containers/0/resources/limits/memory", null, "is absent", "no limit" },
        { "Deployment budget-engine-silo", "spec/template/spec/containers/0/readinessProbe", null, "is absent", "no probe" },
        { "Deployment budget-engine-silo", "spec/template/spec/containers/0/ports/1/containerPort", "11112", "port silo is not 11111", "a wrong port" },
        { "Deployment budget-engine-silo", "spec/template/spec/containers/0/livenessProbe/httpGet/path", "\"/health/ready\"", "does not ask /health/live", "a probe that asks the ledger" },
        { "Deployment budget-engine-silo", "spec/template/spec/containers/0/livenessProbe/httpGet/port", "\"gateway\"", "does not ask", "a probe of another port" },
        { "Deployment budget-engine-silo", "spec/template/spec/terminationGracePeriodSeconds", "45", "before its own 45 s", "a short grace" },
        { "Deployment budget-engine-silo", "spec/template/spec/terminationGracePeriodSeconds", "\"75\"", "not int", "a wrong type" },
        { "Deployment budget-engine-silo", "spec/template/spec/securityContext/runAsUser", "0", "runs as root", "root" },
        { "Deployment budget-engine-silo", "spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem", "false", "may change itself", "a writable root" },
        { "Deployment budget-engine-silo", "spec/template/spec/automountServiceAccountToken", "true", "token", "a token" },
        { "Deployment budget-engine-silo", "spec/template/spec/containers/0/env/1/name", "\"POD_ID\"", "POD_ID is no setting", "a misspelt variable" },
        { "Deployment budget-engine-silo", "spec/template/metadata/labels/app.kubernetes.io~1component", "\"silos\"", "selects no pod", "a label that nothing selects" },
        { "ConfigMap budget-engine", "data/Metrics__Publik", "\"true\"", "Metrics__Publik is no setting", "a misspelt setting" },
        { "ConfigMap budget-engine", "data/Cluster__SiloPort", "\"11112\"", "not those of the pods", "another port in the settings" },
        { "ConfigMap budget-engine", "data/Migrate__AtStart", "false", "not map", "a boolean where text is due" },
        { "HorizontalPodAutoscaler budget-engine-silo", "spec/scaleTargetRef/name", "\"budget-engine\"", "scales nothing", "an autoscaler of nothing" },
        { "NetworkPolicy budget-engine-silo", "spec/ingress/0/from/0/podSelector/matchLabels/app.kubernetes.io~1component", "\"migrate\"", "open to others", "Orleans' ports open" },
        { "Service budget-engine", "spec/ports/0/targetPort", "\"htp\"", "leads to no port", "a service to nowhere" },
    };

    [Theory]
    [MemberData(nameof(Plants))]
    public void Fault_Planted_IsNamed(string target, string path, string? json, string said, string what)
    {
        var objects = Overlays.Build("prod");
        var steps = path.Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal)).ToArray();
        JsonNode node = objects.Single(o => $"{Manifest.KindOf(o)} {Manifest.NameOf(o)}" == target);
        foreach (var step in steps[..^1]) node = (node is JsonArray list ? list[int.Parse(step)] : node[step])!;
        if (json is null) Assert.True(node.AsObject().Remove(steps[^1]));
        else node[steps[^1]] = JsonNode.Parse(json);

        Assert.True(ManifestFaults.In(objects).Any(f => f.Contains(said, StringComparison.Ordinal)), $"{what}: {string.Join("; ", ManifestFaults.In(objects))}");
    }

    [Theory]
    [InlineData("a: 1\na: 2\n")]
    [InlineData("a: yes\n")]
    [InlineData("a: [1\n")]
    public void Yaml_ThatParsersReadDifferently_IsRefused(string text) => Assert.ThrowsAny<Exception>(() => YamlText.Read(text));
}
