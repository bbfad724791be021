using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace BudgetEngine.Deploy.Yaml;

/// <summary>YAML read strictly: one meaning in every parser, or a fault. Refused: doubled keys, tags, and plain words that YAML 1.1 takes for something else.</summary>
internal static class YamlText
{
    // Kubernetes and compose read YAML 1.1, where these are booleans.
    private static readonly string[] Ambiguous = ["yes", "no", "on", "off", "y", "n", "~"];

    public static List<JsonNode?> ReadAll(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(d => Of(d.RootNode))];
    }

    public static JsonNode Read(string text) => ReadAll(text).Single() ?? throw new FormatException("The document is empty.");

    public static JsonNode ReadFile(string path) => Read(File.ReadAllText(path));

    private static JsonNode? Of(YamlNode node) => node switch
    {
        YamlMappingNode map => MapOf(map),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Of)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => PlainOf(scalar),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new FormatException($"line {node.Start.Line}: {node.GetType().Name}"),
    };

    private static JsonObject MapOf(YamlMappingNode map)
    {
        var result = new JsonObject();
        foreach (var (key, value) in map.Children) result.Add(((YamlScalarNode)key).Value!, Of(value));
        return result;
    }

    private static JsonNode? PlainOf(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (Ambiguous.Contains(text.ToLowerInvariant())) throw new FormatException($"line {scalar.Start.Line}: '{text}' has another meaning in YAML 1.1: quote it");
        if (text is "" or "null") return null;
        if (text is "true" or "false") return JsonValue.Create(text == "true");
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return JsonValue.Create(whole);
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }
}
