using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Client.Calls;

namespace BudgetEngine.Client.Providers;

/// <summary>What an answer has cost so far: the provider's own count once it has come, before that the characters that were produced.</summary>
internal sealed class AnswerReader(ProviderFormat format)
{
    private static readonly byte[][] Produced = [.. new[] { "content", "text", "refusal", "reasoning_content", "reasoning", "thinking", "arguments", "partial_json", "delta" }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>As the engine counts.</summary>
    private const int CharactersPerToken = 4;

    /// <summary>A longer report is not kept; its counts are.</summary>
    public const int MaxReportCharacters = 16 * 1024;

    private TokenUsage? _reported;
    private TokenUsage? _begun;
    private JsonObject? _report;
    private long _characters;

    /// <summary>An error that the provider told inside of a stream.</summary>
    public bool HasError { get; private set; }

    /// <summary>The provider's final count; null: it has not come.</summary>
    public TokenUsage? Reported => _reported;

    /// <summary>Reads the body of an answer that came whole.</summary>
    public void ReadWhole(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (Find(document.RootElement) is { } found) Take(document.RootElement, found);
            else CountCharacters(body.Span);
        }
        catch (JsonException)
        {
            _characters += body.Length;
        }
    }

    /// <summary>Reads one event of a stream. True: it has nothing but the usage (OpenAI's last chunk, which the caller may not have asked for).</summary>
    public bool ReadEvent(ReadOnlySpan<byte> whole)
    {
        var data = EventStream.DataOf(whole);
        if (data.Length == 0 || data[0] != '{') return false;
        try
        {
            if (data.AsSpan().IndexOf("\"usage\""u8) < 0)
            {
                CountCharacters(data);
                return false;
            }

            using var document = JsonDocument.Parse(data);
            var root = document.RootElement;
            var isUsageOnly = root.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() == 0;
            if (Find(root) is not { } found)
            {
                CountCharacters(data);
                return false;
            }

            Take(root, found);
            if (!isUsageOnly) CountCharacters(data);
            return isUsageOnly;
        }
        catch (JsonException)
        {
            _characters += data.Length;
            return false;
        }
    }

    /// <summary>Reads what had come of an event when the stream ended; a part of one that says nothing yet is nothing that was produced.</summary>
    public void ReadUnfinished(ReadOnlySpan<byte> rest)
    {
        if (IsJson(EventStream.DataOf(rest))) ReadEvent(rest);
    }

    /// <summary>For an event that is too long to be read.</summary>
    public void Skip(int bytes) => _characters += bytes;

    /// <summary>Reads what was found in an answer that passed unread. Without a count of the provider all of it counts as produced.</summary>
    public void ReadSkimmed(AnswerSkimmer skimmer)
    {
        ReadWhole(skimmer.Found);
        if (_reported is null) _characters = skimmer.Bytes;
    }

    /// <summary>For the call's record.</summary>
    /// <param name="before">What failed tries before this one cost.</param>
    public CallOutcome Outcome(string status, string? errorCode, TokenUsage before, CallEstimate estimate)
    {
        var outcome = new CallOutcome { Status = status, ErrorCode = errorCode };
        if (_reported is { } reported) return before == default && Report() is { } report ? outcome with { Report = report } : outcome with { Usage = reported + before };
        // Anthropic tells the input at the beginning. Of what was produced until the end came, only the characters are known.
        if (_begun is null && before == default) return outcome with { OutputCharacters = _characters };
        var input = _begun ?? new TokenUsage(estimate.InputTokens ?? (estimate.InputCharacters + CharactersPerToken - 1) / CharactersPerToken, 0, 0, 0, 0);
        return outcome with { Usage = input + before, OutputCharacters = _characters + (before.Output * CharactersPerToken) };
    }

    private void Take(JsonElement root, Found found)
    {
        Keep(found);
        if (format != ProviderFormat.Anthropic)
        {
            _reported = found.Counts;
            return;
        }

        var isStart = root.TryGetProperty("type", out var type) && type.ValueEquals("message_start");
        if (isStart) _begun = found.Counts;
        // Cumulative, and often without the input, which the beginning has told.
        else _reported = found.Counts.Input > 0 || _begun is null ? found.Counts : _begun.Value with { Output = found.Counts.Output };
    }

    /// <summary>The last report, over what earlier ones of the stream have told and it does not.</summary>
    private void Keep(Found found)
    {
        var usage = _report?["usage"]?.AsObject() ?? [];
        foreach (var member in found.Usage.EnumerateObject())
        {
            var isNothing = member.Value.ValueKind == JsonValueKind.Null || (member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt64(out var count) && count == 0);
            if (!isNothing || !usage.ContainsKey(member.Name)) usage[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        _report ??= new JsonObject { ["usage"] = usage };
        if (found.ServiceTier is { } tier) _report["service_tier"] = tier;
    }

    private JsonElement? Report() => _report is not null && _report.ToJsonString() is { Length: <= MaxReportCharacters } text ? JsonElement.Parse(text) : null;

    private Found? Find(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return null;
        foreach (var holder in (string[])["message", "response"])
        {
            if (root.TryGetProperty(holder, out var inner) && inner.ValueKind == JsonValueKind.Object && FindIn(inner) is { } found) return found;
        }

        return FindIn(root);
    }

    private Found? FindIn(JsonElement holder) => holder.TryGetProperty("usage", out var usage) && ReportedUsage.Read(usage, format) is { } counts
        ? new Found(usage, counts, holder.TryGetProperty("service_tier", out var tier) && tier.ValueKind == JsonValueKind.String ? tier.GetString() : null)
        : null;

    /// <summary>Adds the texts that the model wrote. Events that repeat a whole text at its end say so in their type.</summary>
    private void CountCharacters(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var counts = false;
        var isType = false;
        var isError = false;
        var found = 0L;
        while (reader.Read())
        {
            if (isError && reader.TokenType != JsonTokenType.Null) HasError = true;
            isError = false;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    isType = reader.CurrentDepth == 1 && reader.ValueTextEquals("type"u8);
                    isError = reader.CurrentDepth == 1 && reader.ValueTextEquals("error"u8);
                    counts = IsProduced(ref reader);
                    break;
                case JsonTokenType.String when isType && reader.ValueSpan.EndsWith(".done"u8):
                    return;
                case JsonTokenType.String when counts:
                    found += LengthOf(ref reader);
                    break;
            }
        }

        _characters += found;
    }

    private static bool IsJson(byte[] data)
    {
        var reader = new Utf8JsonReader(data);
        try
        {
            return data.Length > 0 && reader.Read() && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int LengthOf(ref Utf8JsonReader text)
    {
        if (!text.ValueIsEscaped) return Encoding.UTF8.GetCharCount(text.ValueSpan);
        try
        {
            return text.GetString()!.Length;
        }
        catch (InvalidOperationException)
        {
            // Half of a pair, as a stream may cut a text: it counts as it is written.
            return text.ValueSpan.Length;
        }
    }

    private static bool IsProduced(ref Utf8JsonReader reader)
    {
        foreach (var name in Produced)
        {
            if (reader.ValueTextEquals(name)) return true;
        }

        return false;
    }

    private readonly record struct Found(JsonElement Usage, TokenUsage Counts, string? ServiceTier);
}
