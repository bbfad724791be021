using System.Text.Json.Nodes;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>Ways into a Kubernetes object.</summary>
internal static class Manifest
{
    public static string KindOf(JsonNode o) => (string)o["kind"]!;

    public static string NameOf(JsonNode o) => (string)o["metadata"]!["name"]!;

    public static string IdOf(JsonNode o) => $"{o["apiVersion"]} {KindOf(o)} {NameOf(o)}";

    public static JsonObject Find(IEnumerable<JsonObject> objects, string kind, string name) =>
        objects.SingleOrDefault(o => KindOf(o) == kind && NameOf(o) == name) ?? throw new FormatException($"there is no {kind} {name}");

    /// <summary>The pod that a Deployment or Job makes; null: it makes none.</summary>
    public static JsonNode? PodOf(JsonObject o) => KindOf(o) is "Deployment" or "Job" ? o["spec"]!["template"]! : null;

    public static IEnumerable<JsonObject> ContainersOf(JsonObject o) => PodOf(o)?["spec"]!["containers"]!.AsArray().Select(c => c!.AsObject()) ?? [];

    public static Dictionary<string, string> Labels(JsonNode? map) => map?.AsObject().ToDictionary(l => l.Key, l => (string)l.Value!) ?? [];

    public static bool Selects(JsonNode? selector, JsonNode? labels)
    {
        var there = Labels(labels);
        return Labels(selector).All(s => there.GetValueOrDefault(s.Key) == s.Value);
    }
}
