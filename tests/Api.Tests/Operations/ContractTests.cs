using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Operations;

/// <summary>
/// The generated document against the contract as it was written by hand (contract.json): every path, method, parameter, body, status, content type, member and
/// word. What is added to the API is added there too, on purpose.
/// </summary>
[Collection(nameof(OpenHost))]
public class ContractTests(OpenHost host)
{
    [Fact]
    public async Task Description_AndContract_SayTheSame()
    {
        var contract = Lines(JsonNode.Parse(typeof(ContractTests).Assembly.GetManifestResourceStream("contract.json")!)!);
        var described = Lines((await host.Api.SendAsync("GET", "/openapi/v1.json")).Json);
        Assert.True(contract.Count > 1_000, "The contract has not been read.");
        List<string> differences = [.. contract.Except(described).Order().Select(l => "missing: " + l), .. described.Except(contract).Order().Select(l => "added: " + l)];
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static HashSet<string> Lines(JsonNode document)
    {
        var lines = new HashSet<string>();
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                if (method == "parameters") continue;
                var name = $"{method} {path}";
                lines.Add($"{name} tag {operation!["tags"]![0]} security {operation["security"]?.ToJsonString()}");
                foreach (var parameter in Array(item["parameters"]).Concat(Array(operation["parameters"])))
                {
                    var parameterName = $"{name} {parameter!["in"]} {parameter["name"]}{(parameter["required"] is not null ? "!" : "")}";
                    Describe(document, parameter["schema"], parameterName, withRules: true, lines);
                }

                foreach (var (type, content) in Object(operation["requestBody"]?["content"])) Describe(document, content!["schema"], $"{name} reads {type}", withRules: true, lines);
                foreach (var (status, answer) in Object(operation["responses"]))
                {
                    var resolved = Resolve(document, answer)!;
                    lines.Add($"{name} gives {status}");
                    foreach (var (header, _) in Object(resolved["headers"])) lines.Add($"{name} gives {status} header {header}");
                    foreach (var (type, content) in Object(resolved["content"])) Describe(document, content!["schema"], $"{name} gives {status} {type}", withRules: false, lines);
                }
            }
        }

        return lines;
    }

    /// <param name="withRules">Whether a caller must know what is required, and the bounds of texts and lists.</param>
    private static void Describe(JsonNode document, JsonNode? schema, string name, bool withRules, HashSet<string> lines)
    {
        lines.Add(name);
        var resolved = Resolve(document, schema);
        foreach (var part in new[] { "allOf", "oneOf", "anyOf" }.SelectMany(k => Array(resolved?[k]))) Describe(document, part, name, withRules, lines);
        foreach (var one in Array(resolved?["enum"]).Where(w => w is not null)) lines.Add($"{name} = {one}");
        if (resolved?["const"] is { } word) lines.Add($"{name} = {word}");
        foreach (var (member, of) in Object(resolved?["properties"])) Describe(document, of, $"{name}.{member}", withRules, lines);
        if (resolved?["items"] is { } items) Describe(document, items, name + "[]", withRules, lines);
        if (resolved?["additionalProperties"] is JsonObject values) Describe(document, values, name + ".*", withRules, lines);
        if (!withRules) return;
        foreach (var member in Array(resolved?["required"])) lines.Add($"{name}.{member} is required");
        foreach (var rule in new[] { "maxLength", "maxItems", "minItems", "format" }.Where(r => resolved?[r] is not null)) lines.Add($"{name} {rule} {resolved![rule]}");
    }

    private static JsonNode? Resolve(JsonNode document, JsonNode? node)
    {
        while ((string?)(node as JsonObject)?["$ref"] is { } reference) node = reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (n, name) => n?[name]);
        return node;
    }

    private static IEnumerable<JsonNode?> Array(JsonNode? node) => node as JsonArray ?? [];

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Object(JsonNode? node) => node as JsonObject ?? [];
}
