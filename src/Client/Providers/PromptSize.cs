using System.Text.Json;

namespace BudgetEngine.Client.Providers;

/// <summary>How much of a request the model reads: the texts of its messages, and its tools as they are written.</summary>
public static class PromptSize
{
    /// <summary>What an image, a file or audio in the request counts as; its bytes say nothing about its tokens.</summary>
    private const int TokensOfMedia = 1_600;

    /// <summary>What the frame of one message costs a model.</summary>
    private const int TokensOfMessage = 4;

    /// <summary>As the engine counts.</summary>
    private const int CharactersPerToken = 4;

    private static readonly string[] Read = ["messages", "system", "instructions", "input", "prompt", "suffix"];
    /// <summary>Members whose words are part of the frame.</summary>
    private static readonly string[] Frame = ["role", "type"];

    private static readonly string[] AsWritten = ["tools", "functions", "response_format", "text"];

    public static long InCharacters(JsonElement request) => Of(request, static text => text.Length, CharactersPerToken);

    public static long InTokens(JsonElement request, Func<string, int> count) => Of(request, count, 1);

    private static long Of(JsonElement request, Func<string, int> size, int unit)
    {
        long sum = 0;
        foreach (var name in Read)
        {
            if (request.TryGetProperty(name, out var part)) sum += Texts(part, "", size, unit);
        }

        foreach (var name in AsWritten)
        {
            if (request.TryGetProperty(name, out var part) && part.ValueKind is JsonValueKind.Array or JsonValueKind.Object) sum += size(part.GetRawText());
        }

        return sum;
    }

    /// <summary>Null: it has half of a pair, as JavaScript leaves where it cuts a text. Providers take it; so it counts as it is written.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static long Texts(JsonElement value, string name, Func<string, int> size, int unit)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                if (TextOf(value) is not { } text) return size(value.GetRawText());
                return name is "data" or "file_data" || text.StartsWith("data:", StringComparison.Ordinal) ? TokensOfMedia * unit : size(text);
            case JsonValueKind.Array:
                // A prompt may come as token ids.
                return value.EnumerateArray().Sum(item => item.ValueKind == JsonValueKind.Number ? unit : Texts(item, name, size, unit));
            case JsonValueKind.Object:
                return value.EnumerateObject().Where(p => !Array.Exists(Frame, p.NameEquals)).Sum(p => Texts(p.Value, p.Name, size, unit)) + (value.TryGetProperty("role", out _) ? TokensOfMessage * unit : 0);
            default:
                return 0;
        }
    }
}
