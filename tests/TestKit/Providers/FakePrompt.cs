using System.Text.Json;

namespace BudgetEngine.TestKit.Providers;

/// <summary>
/// A request to the fake provider. Its last text tells it what to do: <c>words=5</c> (what it says, each word of 4 characters, which is one token),
/// <c>fail=503</c>, <c>tries=2</c> (fail so often), <c>failcost=7</c> (tokens that a failure reports and bills), <c>cut=3</c> (break the connection after so
/// many events), <c>pause=3</c> (after so many words wait until the caller is gone), <c>hang=1</c> (answer nothing until the caller is gone), <c>late=300</c> (milliseconds before it answers),
/// <c>stall=900</c> (after so many bytes of an answer that is no stream wait for <see cref="FakeProvider.GoOn"/>, or until the caller is gone), <c>hour=90</c> (Anthropic's: tokens that go to a cache of one hour).
/// </summary>
public sealed class FakePrompt
{
    /// <summary>What it takes the frame of a message for.</summary>
    private const int CharactersOfMessage = 16;

    private readonly Dictionary<string, string> _orders = [];

    public FakePrompt(JsonElement request)
    {
        Model = request.GetProperty("model").GetString()!;
        Streams = request.TryGetProperty("stream", out var stream) && stream.GetBoolean();
        AsksForUsage = request.TryGetProperty("stream_options", out var options) && options.TryGetProperty("include_usage", out var usage) && usage.GetBoolean();
        HasTools = request.TryGetProperty("tools", out _);
        var texts = Texts(request).ToList();
        var characters = texts.Sum(t => t.Text.Length + (t.IsMessage ? CharactersOfMessage : 0));
        if (HasTools) characters += request.GetProperty("tools").GetRawText().Length;
        InputTokens = (characters + 3) / 4;
        foreach (var order in texts[^1].Text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (order.Split('=') is [var name, var value]) _orders[name] = value;
        }

        Words = Number("words") ?? 5;
        foreach (var name in new[] { "max_tokens", "max_completion_tokens" })
        {
            if (request.TryGetProperty(name, out var limit)) Words = Math.Min(Words, limit.GetInt32());
        }
    }

    public string Model { get; }

    public bool Streams { get; }

    public bool AsksForUsage { get; }

    public bool HasTools { get; }

    public int InputTokens { get; }

    /// <summary>Never more than the request allows.</summary>
    public int Words { get; }

    public int HourTokens => Number("hour") ?? 0;

    public int? Number(string order) => _orders.TryGetValue(order, out var value) ? int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : null;

    public string? Text(string order) => _orders.GetValueOrDefault(order);

    private static IEnumerable<(string Text, bool IsMessage)> Texts(JsonElement request)
    {
        if (request.TryGetProperty("system", out var system) && system.ValueKind == JsonValueKind.String) yield return (system.GetString()!, false);
        if (request.TryGetProperty("input", out var input))
        {
            foreach (var text in input.ValueKind == JsonValueKind.Array ? input.EnumerateArray().Select(i => i.GetString()!) : [input.GetString()!]) yield return (text, false);
        }

        if (!request.TryGetProperty("messages", out var messages)) yield break;
        foreach (var message in messages.EnumerateArray())
        {
            var content = message.GetProperty("content");
            yield return (content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Concat(content.EnumerateArray().Select(p => p.GetProperty("text").GetString())), true);
        }
    }
}
