using System.Text;
using System.Text.Json;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>JSON as text in the making: unlike a parsed document it may repeat names and hold what is no JSON at all.</summary>
internal abstract class JsonTree
{
    public abstract void Write(StringBuilder text);

    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    public static JsonTree Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonMembers { Items = [.. value.EnumerateObject().Select(p => (p.Name, Of(p.Value)))] },
        JsonValueKind.Array => new JsonList { Items = [.. value.EnumerateArray().Select(Of)] },
        _ => new JsonText(value.GetRawText()),
    };

    public static JsonText Quoted(string text) => new(Quote(text));

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c < ' ' || char.IsSurrogate(c)) quoted.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            else quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}

/// <summary>Any text that stands where a value stands.</summary>
internal sealed class JsonText(string value) : JsonTree
{
    public string Value => value;

    public override void Write(StringBuilder text) => text.Append(value);
}

internal sealed class JsonList : JsonTree
{
    public List<JsonTree> Items { get; init; } = [];

    public override void Write(StringBuilder text)
    {
        text.Append('[');
        for (var i = 0; i < Items.Count; i++)
        {
            if (i > 0) text.Append(',');
            Items[i].Write(text);
        }

        text.Append(']');
    }
}

internal sealed class JsonMembers : JsonTree
{
    public List<(string Name, JsonTree Value)> Items { get; init; } = [];

    public override void Write(StringBuilder text)
    {
        text.Append('{');
        for (var i = 0; i < Items.Count; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(Quote(Items[i].Name)).Append(':');
            Items[i].Value.Write(text);
        }

        text.Append('}');
    }
}
