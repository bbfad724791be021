using System.Text.Json;

namespace BudgetEngine.Client.Providers;

/// <summary>What matters for its budget in the body of a request to a model.</summary>
/// <param name="Model">As the request names it.</param>
/// <param name="InputCharacters">Of all that the model reads.</param>
/// <param name="InputTokens">The same in tokens; null: nothing is known that counts the tokens of this model.</param>
/// <param name="MaxOutputTokens">Of all answers together; null: the request does not limit them.</param>
/// <param name="Answers">How many answers are asked for (OpenAI's <c>n</c>).</param>
/// <param name="Streams">Whether the answer is to come as a stream.</param>
/// <param name="ReportsUsage">Whether a stream will end with its usage by itself.</param>
/// <param name="RunsLater">Whether the answer only says that it has begun (OpenAI's <c>background</c>).</param>
public sealed record ModelRequest(string Model, long InputCharacters, long? InputTokens, long? MaxOutputTokens, int Answers, bool Streams, bool ReportsUsage, bool RunsLater)
{
    private static readonly string[] Limits = ["max_completion_tokens", "max_output_tokens", "max_tokens"];

    /// <summary>Null: not a JSON object that names a model.</summary>
    /// <param name="countersOf">What counts the tokens of a text for a model; null, or answering null: nothing does.</param>
    public static ModelRequest? TryRead(ReadOnlyMemory<byte> body, Func<string, Func<string, int>?>? countersOf = null)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root ? Read(root, countersOf) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Sets the limit of the output, where the request has it, or by the name that the endpoint knows.</summary>
    public static byte[] WithMaxOutputTokens(byte[] body, string path, long tokens)
    {
        var spliced = new JsonSplice(body);
        var name = Limits.FirstOrDefault(spliced.Has) ?? NameOfLimit(path);
        return spliced.With(name, tokens.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Asks for the usage at the end of a stream of OpenAI's chat; the other options of the stream stay.</summary>
    public static byte[] WithUsageAsked(byte[] body) => new JsonSplice(body).WithMember("stream_options", "include_usage", "true");

    private static ModelRequest? Read(JsonElement root, Func<string, Func<string, int>?>? countersOf)
    {
        if (!root.TryGetProperty("model", out var model) || model.ValueKind != JsonValueKind.String || model.GetString() is not { Length: > 0 } name) return null;
        var answers = (int)Math.Clamp(Number(root, "n") ?? 1, 1, 128);
        var limit = Limits.Select(l => Number(root, l)).FirstOrDefault(l => l is not null);
        var reports = root.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object
            && options.TryGetProperty("include_usage", out var asked) && asked.ValueKind == JsonValueKind.True;
        var tokens = countersOf?.Invoke(name) is { } count ? PromptSize.InTokens(root, count) : (long?)null;
        return new ModelRequest(name, PromptSize.InCharacters(root), tokens, limit * answers, answers, IsTrue(root, "stream"), reports, IsTrue(root, "background"));
    }

    private static string NameOfLimit(string path) =>
        path.EndsWith("/chat/completions", StringComparison.Ordinal) ? Limits[0] : path.EndsWith("/responses", StringComparison.Ordinal) ? Limits[1] : Limits[2];

    private static bool IsTrue(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static long? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number is >= 0 and <= int.MaxValue ? number : null;
}
