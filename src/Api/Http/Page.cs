using System.Text.Json;

namespace BudgetEngine.Api;

/// <summary>One page of a list: <c>{ "items", "next_cursor" }</c>.</summary>
internal static class Page
{
    /// <param name="items">One more than <paramref name="limit"/> when there is a next page.</param>
    public static void Write<T>(Utf8JsonWriter json, IReadOnlyList<T> items, int limit, Action<Utf8JsonWriter, T> writeItem, Func<T, string> cursorOf)
    {
        json.WriteStartObject();
        json.WriteStartArray("items"u8);
        var count = Math.Min(items.Count, limit);
        for (var i = 0; i < count; i++) writeItem(json, items[i]);
        json.WriteEndArray();
        if (items.Count > limit) json.WriteString("next_cursor"u8, cursorOf(items[limit - 1]));
        else json.WriteNull("next_cursor"u8);
        json.WriteEndObject();
    }
}
