using System.Text.Json.Nodes;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>A patch of the form that kustomize takes: maps are merged, lists of named things by their name, other values replaced.</summary>
internal static class StrategicMerge
{
    public static void Apply(List<JsonObject> objects, JsonObject patch)
    {
        var target = objects.SingleOrDefault(o => Manifest.IdOf(o) == Manifest.IdOf(patch)) ?? throw new FormatException($"no object for the patch of {Manifest.IdOf(patch)}");
        Merge(target, patch);
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (field, value) in patch)
        {
            if (field.StartsWith('$')) throw new FormatException($"directive {field} is not one that we use");
            switch (value, target[field])
            {
                case (JsonObject to, JsonObject from):
                    Merge(from, to);
                    break;
                case (JsonArray to, JsonArray from) when to.All(i => i is JsonObject o && o["name"] is not null):
                    MergeNamed(from, to);
                    break;
                default:
                    target[field] = value?.DeepClone();
                    break;
            }
        }
    }

    private static void MergeNamed(JsonArray target, JsonArray patch)
    {
        foreach (var item in patch.Select(i => i!.AsObject()))
        {
            if (target.FirstOrDefault(t => (string?)t!["name"] == (string?)item["name"]) is JsonObject same) Merge(same, item);
            else target.Insert(0, item.DeepClone());
        }
    }
}
