using System.Text.Json.Nodes;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Kubernetes;
using BudgetEngine.Deploy.Yaml;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Deploy.Gateway;

/// <summary>
/// Objects of Gateway API and Traefik against their own types, of the npm packages @kubernetes-models: each is written as a typed literal, and the TypeScript
/// compiler refuses unknown fields and values of another type. ./test.sh installs the packages into artifacts/gateway-types.
/// </summary>
public sealed class GatewayTypesTests
{
    private static readonly string Packages = Path.Combine(Files.Root, "artifacts", "gateway-types");

    private static readonly Dictionary<string, string> _modules = new()
    {
        ["HTTPRoute"] = "gateway-api/gateway.networking.k8s.io/v1/HTTPRoute", ["ReferenceGrant"] = "gateway-api/gateway.networking.k8s.io/v1beta1/ReferenceGrant",
        ["Middleware"] = "traefik/traefik.io/v1alpha1/Middleware",
    };

    [GatewayTypesFact]
    public async Task ShippedObjects_FitTheirOwnTypes()
    {
        var run = await CompileAsync([.. Route(), .. Middlewares()]);
        Assert.True(run.ExitCode == 0, run.Output);
    }

    [GatewayTypesFact]
    public async Task Typos_AreFound()
    {
        var route = Route();
        var authorization = route[0]["spec"]!["rules"]![0]!["filters"]![1]!["externalAuth"]!;
        authorization["http"]!["alowedHeaders"] = new JsonArray();
        Assert.Contains("alowedHeaders", (await CompileAsync(route)).Output, StringComparison.Ordinal);
        var middlewares = Middlewares();
        middlewares.Single(m => Manifest.NameOf(m) == "budget")["spec"]!["forwardAuth"]!["addres"] = "x";
        Assert.Contains("addres", (await CompileAsync(middlewares)).Output, StringComparison.Ordinal);
    }

    private static List<JsonObject> Route() => [.. YamlText.ReadAll(Files.Text("deploy", "gateways", "gateway-api", "budget.yaml")).Select(o => o!.AsObject())];

    /// <summary>A middleware of the file provider is the spec of a Middleware.</summary>
    private static List<JsonObject> Middlewares() =>
    [
        .. YamlText.ReadFile(Files.Deploy("gateways", "traefik", "dynamic.yml"))["http"]!["middlewares"]!.AsObject().Select(m => new JsonObject
        {
            ["apiVersion"] = "traefik.io/v1alpha1", ["kind"] = "Middleware", ["metadata"] = new JsonObject { ["name"] = m.Key }, ["spec"] = m.Value!.DeepClone(),
        }),
    ];

    private static async Task<EndedRun> CompileAsync(IReadOnlyList<JsonObject> objects)
    {
        var lines = _modules.Select(m => $"import {{ I{m.Key} }} from '@kubernetes-models/{m.Value}';")
            .Concat(objects.Select((o, i) => $"export const o{i}: I{Manifest.KindOf(o)} = {o.ToJsonString()};"));
        var folder = Directory.CreateDirectory(Path.Combine(Packages, $"check-{Guid.NewGuid():N}"));
        try
        {
            await File.WriteAllLinesAsync(Path.Combine(folder.FullName, "objects.mts"), lines);
            string[] options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext"];
            return await Tool.RunInAsync("node", folder.FullName, null, [Path.Combine(Packages, "node_modules/typescript/bin/tsc"), .. options, "objects.mts"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class GatewayTypesFactAttribute : FactAttribute
    {
        public GatewayTypesFactAttribute()
        {
            if (!Directory.Exists(Path.Combine(Packages, "node_modules", "@kubernetes-models"))) Skip = $"There is no {Packages}: ./test.sh makes it where npm is installed.";
        }
    }
}
