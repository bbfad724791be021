using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BudgetEngine.Client.Providers;

/// <summary>Sets one member at the top of a JSON object and leaves every other byte of it as it was.</summary>
internal sealed class JsonSplice(byte[] json)
{
    public bool Has(string name) => Find(name) is not null;

    public byte[] With(string name, string value)
    {
        if (Find(name) is { } range) return [.. json[..range.Start], .. Encoding.UTF8.GetBytes(value), .. json[range.End..]];
        var open = Array.IndexOf(json, (byte)'{') + 1;
        var isEmpty = json.AsSpan(open).TrimStart(" \t\r\n"u8)[0] == '}';
        return [.. json[..open], .. Encoding.UTF8.GetBytes($"\"{name}\":{value}{(isEmpty ? "" : ",")}"), .. json[open..]];
    }

    /// <summary>Sets a member of an object that is itself a member; makes the object where there is none.</summary>
    public byte[] WithMember(string name, string member, string value)
    {
        var found = Find(name) is { } range && JsonNode.Parse(json.AsSpan(range)) is JsonObject existing ? existing : [];
        found[member] = JsonNode.Parse(value);
        return With(name, found.ToJsonString());
    }

    /// <summary>Where the value of a member is; of several of the same name the last, which is the one that counts.</summary>
    private Range? Find(string name)
    {
        Range? found = null;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isIt) found = start..(int)reader.BytesConsumed;
        }

        return found;
    }
}
