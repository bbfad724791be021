using System.Text.Json.Nodes;
using BudgetEngine.Deploy.Yaml;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>
/// Builds a folder as kustomize does, for the part of kustomize that we use: resources, components, namespace, patches (strategic merge), images,
/// configMapGenerator. Any other field is a fault. Where kubectl is installed a test compares its result with this one.
/// </summary>
internal sealed class Kustomization
{
    private static readonly string[] Known = ["apiVersion", "kind", "namespace", "resources", "components", "patches", "images", "configMapGenerator"];

    private readonly string _folder;
    private readonly JsonNode _file;

    private Kustomization(string folder)
    {
        _folder = folder;
        _file = YamlText.ReadFile(Path.Combine(folder, "kustomization.yaml"));
        foreach (var field in _file.AsObject().Select(f => f.Key).Where(f => !Known.Contains(f))) throw new FormatException($"{folder}/kustomization.yaml: field '{field}' is not one that we use");
    }

    /// <summary>All objects of a kustomization, in no certain order.</summary>
    public static List<JsonObject> Build(string folder)
    {
        var objects = new List<JsonObject>();
        new Kustomization(folder).AddTo(objects);
        return objects;
    }

    private void AddTo(List<JsonObject> objects)
    {
        foreach (var resource in Items("resources").Select(r => Path.Combine(_folder, (string)r!)))
        {
            if (Directory.Exists(resource)) new Kustomization(resource).AddTo(objects);
            else objects.AddRange(YamlText.ReadAll(File.ReadAllText(resource)).Select(o => o!.AsObject()));
        }

        foreach (var generator in Items("configMapGenerator")) objects.Add(ConfigMapOf(generator!));
        foreach (var component in Items("components")) new Kustomization(Path.Combine(_folder, (string)component!)).AddTo(objects);
        foreach (var patch in Items("patches")) StrategicMerge.Apply(objects, YamlText.ReadFile(Path.Combine(_folder, (string)patch!["path"]!)).AsObject());
        if ((string?)_file["namespace"] is { } space)
        {
            foreach (var o in objects) o["metadata"]!["namespace"] = space;
        }

        foreach (var image in Items("images")) Rename(objects, image!);
    }

    private IEnumerable<JsonNode?> Items(string field) => _file[field]?.AsArray() ?? [];

    private JsonObject ConfigMapOf(JsonNode generator)
    {
        var data = new JsonObject();
        foreach (var file in generator["files"]!.AsArray().Select(f => (string)f!)) data.Add(Path.GetFileName(file), File.ReadAllText(Path.Combine(_folder, file)));
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = (string)generator["name"]!, ["labels"] = generator["options"]!["labels"]!.DeepClone() },
            ["data"] = data,
        };
    }

    private static void Rename(List<JsonObject> objects, JsonNode image)
    {
        foreach (var container in objects.SelectMany(Manifest.ContainersOf).Where(c => (string?)c["image"] == (string?)image["name"]))
        {
            container["image"] = $"{image["newName"]}:{image["newTag"]}";
        }
    }
}
