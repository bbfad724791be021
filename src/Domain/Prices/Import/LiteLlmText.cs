using System.Text.Json;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>Text of a document that anyone may have written.</summary>
internal static class LiteLlmText
{
    /// <summary>The text of a string; null when its escapes are half a character.</summary>
    public static string? Of(JsonElement element) => Read(element, static e => e.GetString());

    /// <summary>The name of a member; null when its escapes are half a character.</summary>
    public static string? NameOf(JsonProperty property) => Read(property, static p => p.Name);

    private static string? Read<T>(T from, Func<T, string?> read)
    {
        try
        {
            return read(from);
        }
        catch (InvalidOperationException)
        {
            // Safe: an escape such as \ud800 alone passes the parser and is found only here; the caller says that the text is not readable.
            return null;
        }
    }
}
