using System.Text.Json;
using System.Text.Json.Nodes;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>
/// The fields that our manifests use, with their types (<c>fields.txt</c>): any other is a fault, and so is the absence of one with a <c>!</c> where its parent
/// is there. Not Kubernetes' own schema, which is checked too where npm has been asked for it (<see cref="KubernetesTypesTests"/>); it needs nothing, so it always runs.
/// </summary>
internal sealed class FieldRules
{
    private readonly Dictionary<string, (string Type, bool Required)> _fields;
    private readonly ILookup<string, string> _required;

    private FieldRules(IEnumerable<string> lines)
    {
        _fields = lines.Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(' ')).ToDictionary(l => l[0], l => (l[1].TrimEnd('!'), l[1].EndsWith('!')));
        _required = _fields.Where(f => f.Value.Required).ToLookup(f => f.Key[..f.Key.LastIndexOf('.')], f => f.Key);
    }

    public static FieldRules Read()
    {
        using var stream = typeof(FieldRules).Assembly.GetManifestResourceStream("fields.txt")!;
        return new FieldRules(new StreamReader(stream).ReadToEnd().Split('\n'));
    }

    public IEnumerable<string> Faults(JsonObject o) => Faults(o, Manifest.KindOf(o), Manifest.NameOf(o));

    private IEnumerable<string> Faults(JsonObject o, string path, string place)
    {
        foreach (var absent in _required[path].Where(r => o[r[(path.Length + 1)..].TrimEnd('[', ']')] is null)) yield return $"{place}: {absent} is absent";
        foreach (var (name, value) in o)
        {
            var field = $"{path}.{name}{(value is JsonArray ? "[]" : "")}";
            if (!_fields.TryGetValue(field, out var rule)) yield return $"{place}: {field} is not a field that we know";
            else if (!Fits(rule.Type, value)) yield return $"{place}: {field} is {value?.ToJsonString() ?? "null"}, not {rule.Type}";
            else if (rule.Type == "map") continue;
            else if (value is JsonArray list) foreach (var fault in list.OfType<JsonObject>().SelectMany(i => Faults(i, field, place))) yield return fault;
            else if (value is JsonObject child) foreach (var fault in Faults(child, field, place)) yield return fault;
        }
    }

    private static bool Fits(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "objects" => value is JsonArray list && list.Count > 0 && list.All(i => i is JsonObject),
        "strings" => value is JsonArray list && list.Count > 0 && list.All(i => KindOf(i) == JsonValueKind.String),
        "map" => value is JsonObject map && map.All(m => KindOf(m.Value) == JsonValueKind.String),
        "string" => KindOf(value) == JsonValueKind.String && ((string)value!).Length > 0,
        "int" => KindOf(value) == JsonValueKind.Number && value!.AsValue().TryGetValue<long>(out _),
        "bool" => KindOf(value) is JsonValueKind.True or JsonValueKind.False,
        _ => throw new FormatException($"fields.txt: no type '{type}'"),
    };

    private static JsonValueKind KindOf(JsonNode? value) => value?.GetValueKind() ?? JsonValueKind.Null;
}
