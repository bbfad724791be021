using System.Text;
using System.Text.Json.Nodes;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>
/// The manifests against Kubernetes' own schema, as the npm package kubernetes-types has it: each object is written as a typed literal, and the TypeScript
/// compiler refuses fields that are unknown, and values of another type. ./test.sh installs both packages into artifacts/kubernetes-types.
/// </summary>
public sealed class KubernetesTypesTests
{
    private static readonly string Packages = Path.Combine(Files.Root, "artifacts", "kubernetes-types");

    private static readonly Dictionary<string, string> Modules = new()
    {
        ["ConfigMap"] = "core/v1", ["Service"] = "core/v1", ["ServiceAccount"] = "core/v1", ["Deployment"] = "apps/v1", ["Job"] = "batch/v1", ["PodDisruptionBudget"] = "policy/v1",
        ["HorizontalPodAutoscaler"] = "autoscaling/v2", ["NetworkPolicy"] = "networking/v1",
    };

    [TypesFact]
    public async Task Overlays_FitKubernetesOwnSchema()
    {
        var run = await CompileAsync(Overlays.Names.SelectMany(Overlays.Build));
        Assert.True(run.ExitCode == 0, run.Output);
    }

    [TypesFact]
    public async Task Typo_IsFound()
    {
        var objects = Overlays.Build("dev");
        Manifest.ContainersOf(Manifest.Find(objects, "Deployment", "budget-engine-silo")).Single()["livenesProbe"] = new JsonObject();
        Assert.Contains("livenesProbe", (await CompileAsync(objects)).Output, StringComparison.Ordinal);
    }

    private static async Task<EndedRun> CompileAsync(IEnumerable<JsonObject> objects)
    {
        // Objects of operators (ServiceMonitor, PrometheusRule) are not Kubernetes' own.
        var own = objects.Where(o => Modules.ContainsKey(Manifest.KindOf(o))).ToList();
        var text = new StringBuilder();
        foreach (var (kind, module) in Modules) text.Append($"import {{ {kind} }} from 'kubernetes-types/{module}';\n");
        for (var i = 0; i < own.Count; i++)
        {
            Assert.Equal(Modules[Manifest.KindOf(own[i])], ModuleOf((string)own[i]["apiVersion"]!));
            text.Append($"export const o{i}: {Manifest.KindOf(own[i])} = {own[i].ToJsonString()};\n");
        }

        var folder = Directory.CreateDirectory(Path.Combine(Packages, $"check-{Guid.NewGuid():N}"));
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "manifests.ts"), text.ToString());
            return await Tool.RunInAsync("node", folder.FullName, null, Path.Combine(Packages, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "manifests.ts");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string ModuleOf(string apiVersion) => apiVersion == "v1" ? "core/v1" : apiVersion.Replace(".k8s.io", "", StringComparison.Ordinal);

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class TypesFactAttribute : FactAttribute
    {
        public TypesFactAttribute()
        {
            if (!Directory.Exists(Path.Combine(Packages, "node_modules", "kubernetes-types"))) Skip = $"There is no {Packages}: ./test.sh makes it where npm is installed.";
        }
    }
}
