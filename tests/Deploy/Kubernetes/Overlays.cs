using System.Text.Json.Nodes;
using BudgetEngine.Deploy.Harness;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>What the overlays make.</summary>
internal static class Overlays
{
    public static readonly string[] Names = ["dev", "prod"];

    public static TheoryData<string> All => [.. Names];

    public static string Folder(string overlay) => Files.Deploy("k8s", "overlays", overlay);

    public static List<JsonObject> Build(string overlay) => Kustomization.Build(Folder(overlay));
}
