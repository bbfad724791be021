using System.Text.Json.Nodes;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>An operation of the OpenAPI document: what may be sent to it.</summary>
internal sealed record Operation(string Method, string Path, IReadOnlyList<JsonObject> Parameters, JsonObject? Bodies)
{
    public string Name => $"{Method} {Path}";
}

/// <summary>The grammar: every operation of the document that the engine itself serves.</summary>
internal sealed class Operations
{
    private static readonly string[] _methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    public Operations(JsonObject document)
    {
        Schemas = document["components"]!["schemas"]!.AsObject();
        All = [.. Read(document["paths"]!.AsObject())];
    }

    public JsonObject Schemas { get; }

    public IReadOnlyList<Operation> All { get; }

    private static IEnumerable<Operation> Read(JsonObject paths)
    {
        foreach (var (path, item) in paths)
        {
            var shared = Parameters(item!["parameters"]);
            foreach (var method in _methods)
            {
                if (item[method] is not JsonObject operation) continue;
                yield return new Operation(method.ToUpperInvariant(), path, [.. shared, .. Parameters(operation["parameters"])], operation["requestBody"]?["content"]?.AsObject());
            }
        }
    }

    private static JsonObject[] Parameters(JsonNode? parameters) => parameters is JsonArray array ? [.. array.Select(p => p!.AsObject())] : [];
}
