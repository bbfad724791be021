using System.Text;
using System.Text.Json;

namespace BudgetEngine.Client.Providers;

/// <summary>Sets one member at the top of a JSON object and leaves every other byte of it as it was.</summary>
internal sealed class JsonSplice(byte[] json)
{
    public bool Has(string name) => Find(name) is not null;

    public byte[] With(string name, string value) => With(name, Encoding.UTF8.GetBytes(value));

    /// <summary>Sets a member of an object that is itself a member; makes the object where there is none.</summary>
    public byte[] WithMember(string name, string member, string value)
    {
        var existing = Find(name) is { } range && json[range.Start] == '{' ? json[range] : "{}"u8.ToArray();
        return With(name, new JsonSplice(existing).With(member, value));
    }

    private byte[] With(string name, byte[] value)
    {
        if (Find(name) is { } range) return [.. json[..range.Start], .. value, .. json[range.End..]];
        var open = Array.IndexOf(json, (byte)'{') + 1;
        var isEmpty = json.AsSpan(open).TrimStart(" \t\r\n"u8)[0] == '}';
        return [.. json[..open], .. Encoding.UTF8.GetBytes($"\"{name}\":"), .. value, .. isEmpty ? ""u8 : ","u8, .. json[open..]];
    }

    /// <summary>Where the value of a member is; of several of the same name the last, which is the one that counts.</summary>
    private Range? Find(string name)
    {
        Range? found = null;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = IsNamed(ref reader, name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isIt) found = start..(int)reader.BytesConsumed;
        }

        return found;
    }

    private static bool IsNamed(ref Utf8JsonReader reader, string name)
    {
        try
        {
            return reader.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            // It has half of a pair, so it is no name that we look for.
            return false;
        }
    }
}
