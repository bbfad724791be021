using System.Text.Json;

namespace BudgetEngine.Cli.Engine;

/// <summary>What differs between two documents, member by member: <c>daily 300 -> 500, monthly + 5000</c>.</summary>
internal static class JsonDifference
{
    /// <summary>Longer values are cut: <c>--json</c> has them whole.</summary>
    private const int MaxValue = 60;

    /// <summary>Empty where nothing differs.</summary>
    public static string InWords(JsonElement? before, JsonElement? after)
    {
        var names = Names(before).Concat(Names(after)).Distinct(StringComparer.Ordinal);
        return string.Join(", ", names.Select(name => Change(name, ValueOf(before, name), ValueOf(after, name))).OfType<string>());
    }

    private static string? Change(string name, string? before, string? after) => (before, after) switch
    {
        (null, null) => null,
        (null, { } added) => $"{name} + {added}",
        ({ } gone, null) => $"{name} - {gone}",
        _ => before == after ? null : $"{name} {before} -> {after}",
    };

    private static IEnumerable<string> Names(JsonElement? document) => document is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject().Select(m => m.Name) : [];

    private static string? ValueOf(JsonElement? document, string name)
    {
        if (document is not { ValueKind: JsonValueKind.Object } members || !members.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Length <= MaxValue ? text : text[..MaxValue] + "…";
    }
}
