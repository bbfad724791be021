using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace BudgetEngine.Cli.Setup;

/// <summary>YAML as JSON and back: numbers keep their digits, and what is quoted is text.</summary>
internal static partial class YamlText
{
    /// <summary>A file of people; also what a file of aliases within aliases may grow to.</summary>
    private const int MaxNodes = 200_000;

    private const int MaxDepth = 16;

    /// <exception cref="CommandFault">It is no YAML, or not one mapping; with the line.</exception>
    public static JsonObject Read(TextReader text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(text);
        }
        catch (YamlException malformed)
        {
            throw new CommandFault($"line {malformed.Start.Line}: {malformed.Message}");
        }

        if (stream.Documents is not [{ RootNode: YamlMappingNode root }]) throw new CommandFault("the file must hold one mapping, such as 'budgets:' with cost centers below it");
        var left = MaxNodes;
        return (JsonObject)ToJson(root, 0, ref left)!;
    }

    public static void Write(JsonObject document, TextWriter text) => new YamlStream(new YamlDocument(ToYaml(document))).Save(text, assignAnchors: false);

    private static JsonNode? ToJson(YamlNode node, int depth, ref int left)
    {
        if (--left < 0) throw new CommandFault($"the file holds more than {MaxNodes} values");
        if (depth > MaxDepth) throw new CommandFault($"line {node.Start.Line}: nested deeper than {MaxDepth} levels");
        switch (node)
        {
            case YamlMappingNode mapping:
                var members = new JsonObject();
                foreach (var (name, value) in mapping.Children) members[NameOf(name)] = ToJson(value, depth + 1, ref left);
                return members;
            case YamlSequenceNode sequence:
                var items = new JsonArray();
                foreach (var item in sequence.Children) items.Add(ToJson(item, depth + 1, ref left));
                return items;
            default:
                return ToJson((YamlScalarNode)node);
        }
    }

    private static string NameOf(YamlNode name) =>
        name is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw new CommandFault($"line {name.Start.Line}: a name must be text");

    private static JsonNode? ToJson(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any)) return text;
        return text switch
        {
            "" or "null" or "~" => null,
            "true" => true,
            "false" => false,
            _ => Number().IsMatch(text) ? JsonNode.Parse(text) : text,
        };
    }

    private static YamlNode ToYaml(JsonNode? node) => node switch
    {
        JsonObject members => new YamlMappingNode(members.SelectMany(m => new[] { ToYaml(m.Key), ToYaml(m.Value) })),
        JsonArray items => Inline(new YamlSequenceNode(items.Select(ToYaml))),
        null => new YamlScalarNode("null") { Style = ScalarStyle.Plain },
        _ when node.GetValueKind() == System.Text.Json.JsonValueKind.String => ToYaml(node.GetValue<string>()),
        _ => new YamlScalarNode(node.ToJsonString()) { Style = ScalarStyle.Plain },
    };

    /// <summary>Lists of words and numbers on one line.</summary>
    private static YamlSequenceNode Inline(YamlSequenceNode list)
    {
        if (list.Children.All(c => c is YamlScalarNode)) list.Style = YamlDotNet.Core.Events.SequenceStyle.Flow;
        return list;
    }

    /// <summary>Text that would be read as something else is quoted.</summary>
    private static YamlScalarNode ToYaml(string text) => new(text)
    {
        Style = text is "" or "null" or "~" or "true" or "false" || Number().IsMatch(text) || !Plain().IsMatch(text) ? ScalarStyle.DoubleQuoted : ScalarStyle.Plain,
    };

    /// <summary>A number of JSON.</summary>
    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Number();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._/@+-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Plain();
}
