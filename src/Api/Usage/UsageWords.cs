using BudgetEngine.Domain;

namespace BudgetEngine.Api;

/// <summary>Words of the API for what usage rows hold.</summary>
internal static class UsageWords
{
    public static void WriteFlags(System.Text.Json.Utf8JsonWriter json, RowFlags flags)
    {
        json.WriteStartArray("flags"u8);
        foreach (var word in Words.Of(flags)) json.WriteStringValue(word);

        json.WriteEndArray();
    }
}
