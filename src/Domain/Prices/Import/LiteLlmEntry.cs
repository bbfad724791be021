using System.Collections.Immutable;
using System.Text.Json;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>One entry of LiteLLM's file: the prices that the book can hold, or the reason why it holds none.</summary>
internal sealed class LiteLlmEntry
{
    private const string Input = "input_cost_per_token";
    private const string Output = "output_cost_per_token";
    private const string CacheRead = "cache_read_input_token_cost";
    private const string CacheWrite = "cache_creation_input_token_cost";
    private const string Reasoning = "output_cost_per_reasoning_token";
    private const string MaxOutput = "max_output_tokens";
    private const string Mode = "mode";

    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string>.Builder _notTaken = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<string>.Builder _rounded = ImmutableArray.CreateBuilder<string>();

    private LiteLlmEntry()
    {
    }

    public TokenPrices? Prices { get; private set; }

    public long? MaxOutputTokens { get; private set; }

    public string? Reason { get; private set; }

    public ImmutableArray<string> NotTaken => _notTaken.ToImmutable();

    public ImmutableArray<string> Rounded => _rounded.ToImmutable();

    public static LiteLlmEntry Read(JsonElement value)
    {
        var entry = new LiteLlmEntry();
        entry.Reason = entry.ReadFields(value) ?? entry.ReadPrices();
        return entry;
    }

    private string? ReadFields(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) return "is not an object";
        foreach (var property in value.EnumerateObject())
        {
            if (LiteLlmText.NameOf(property) is not { } name) return "has a field whose name is not readable";

            // Null is how people's own files say "none".
            if (property.Value.ValueKind == JsonValueKind.Null) continue;
            if (!_fields.TryAdd(name, property.Value)) return $"names {name} twice";
            if (BearsOnPrice(name)) _notTaken.Add(name);
        }

        return null;
    }

    private string? ReadPrices()
    {
        if (!TryReadMode(out var outputMayBeAbsent, out var reason)) return reason;
        var input = Price(Input, ref reason);
        var output = Price(Output, ref reason);
        var cached = Price(CacheRead, ref reason);
        var cacheWrite = Price(CacheWrite, ref reason);
        var reasoning = Price(Reasoning, ref reason);
        if (reason is not null) return reason;
        if (input is null) return $"has no {Input}";
        if (output is null && !outputMayBeAbsent) return $"has no {Output}";
        Prices = new TokenPrices(input.Value, output ?? 0, cached, cacheWrite, reasoning);
        ReadMaxOutputTokens();
        return null;
    }

    /// <summary>Only what is billed by text tokens: an image or an hour of audio at the price of its text tokens would be far too cheap.</summary>
    private bool TryReadMode(out bool outputMayBeAbsent, out string? reason)
    {
        var mode = "chat";
        if (_fields.TryGetValue(Mode, out var value)) mode = value.ValueKind == JsonValueKind.String ? LiteLlmText.Of(value) : null;
        outputMayBeAbsent = mode is "embedding" or "moderation";
        var taken = outputMayBeAbsent || mode is "chat" or "completion" or "responses";
        reason = taken ? null : mode is null ? "has a mode that is not a text" : $"has the mode {mode}, which is not billed by text tokens alone";
        return taken;
    }

    private decimal? Price(string field, ref string? reason)
    {
        if (reason is not null || !_fields.TryGetValue(field, out var value)) return null;
        var price = LiteLlmNumber.PerMillion(value, out var fault, out var rounded);
        if (fault is not null) reason = $"{field} {fault}";
        if (rounded) _rounded.Add(field);
        return price;
    }

    private void ReadMaxOutputTokens()
    {
        // max_tokens, the older field, is the maximum of the input in some entries and of the output in others: it is not read.
        if (!_fields.TryGetValue(MaxOutput, out var value)) return;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var tokens) && tokens is >= 0 and <= TokenCounts.MaxTokens)
        {
            MaxOutputTokens = tokens > 0 ? tokens : null;
        }
        else
        {
            _notTaken.Add(MaxOutput);
        }
    }

    private static bool BearsOnPrice(string field) =>
        field is not (Input or Output or CacheRead or CacheWrite or Reasoning)
        && (field.Contains("cost", StringComparison.Ordinal) || field.Contains("pricing", StringComparison.Ordinal)
            || field.Contains("multiplier", StringComparison.Ordinal) || field is "provider_specific_entry");
}
