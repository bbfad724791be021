using System.Text.Json;
using System.Text.Json.Nodes;

namespace BudgetEngine.Cli.Setup;

/// <summary>One member that differs. Null: it is not there.</summary>
internal sealed record Difference(string Member, string? Before, string? After);

/// <summary>Compares two objects member by member. Absent, null, an empty list and an empty object are the same; numbers are compared by value.</summary>
internal static class Differences
{
    public static IReadOnlyList<Difference> Between(JsonObject? before, JsonObject? after) =>
    [
        .. (before ?? []).Select(m => m.Key).Union((after ?? []).Select(m => m.Key))
            .Select(name => (name, Old: Value(before, name), New: Value(after, name)))
            .Where(m => !AreEqual(m.Old, m.New))
            .Select(m => new Difference(m.name, Text(m.Old), Text(m.New))),
    ];

    private static JsonNode? Value(JsonObject? of, string name) => of?[name] switch
    {
        JsonArray { Count: 0 } or JsonObject { Count: 0 } => null,
        var value => value,
    };

    private static bool AreEqual(JsonNode? a, JsonNode? b) => JsonElement.DeepEquals(Element(a), Element(b));

    private static JsonElement Element(JsonNode? node) => JsonElement.Parse(Without(node)?.ToJsonString() ?? "null");

    /// <summary>Without members that are null, at every depth.</summary>
    private static JsonNode? Without(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Where(m => m.Value is not null).Select(m => KeyValuePair.Create(m.Key, Without(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Without)]),
        _ => node?.DeepClone(),
    };

    private static string? Text(JsonNode? node) => node switch
    {
        null => null,
        _ when node.GetValueKind() == JsonValueKind.String => node.GetValue<string>(),
        _ => node.ToJsonString(),
    };
}
