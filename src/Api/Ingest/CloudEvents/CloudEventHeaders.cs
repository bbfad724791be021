using System.Text;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Ingest.CloudEvents;

/// <summary>Reads the attributes of an event in binary mode from its headers.</summary>
internal static class CloudEventHeaders
{
    private const string Version = "ce-specversion";
    private const string Id = "ce-id";

    /// <summary>Whether these are an event's headers at all.</summary>
    public static bool Are(IHeaderDictionary headers) => headers.ContainsKey(Version) || headers.ContainsKey(Id);

    public static EventAttributes Read(IHeaderDictionary headers) => new(Value(headers, Id), Value(headers, "ce-source"), Value(headers, "ce-subject"), Value(headers, "ce-time"));

    /// <summary>Values are percent-encoded, where a header cannot have the character, and may stand in quotes.</summary>
    private static string? Value(IHeaderDictionary headers, string name)
    {
        var text = headers[name].ToString();
        if (text.Length >= 2 && text[0] == '"' && text[^1] == '"') text = text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", "\\", StringComparison.Ordinal);
        text = text.Contains('%') ? Decoded(text) : text;
        return string.IsNullOrWhiteSpace(text) ? null : text.Replace('\0', '\ufffd');
    }

    /// <summary>What is no escape stays as it is.</summary>
    private static string Decoded(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
