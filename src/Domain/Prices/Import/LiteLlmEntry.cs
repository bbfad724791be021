using System.Collections.Immutable;
using System.Text.Json;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>One entry of LiteLLM's file: the prices that the book can hold, or the reason why it holds none.</summary>
internal sealed class LiteLlmEntry
{
    private const string Input = "input_cost_per_token";
    private const string Output = "output_cost_per_token";
    private const string MaxOutput = "max_output_tokens";
    private const string Searches = "search_context_cost_per_query";
    private const string Tiers = "tiered_pricing";
    private const string ProviderSpecific = "provider_specific_entry";
    private const string UpliftOf = "regional_processing_uplift_multiplier_";
    private const string Mode = "mode";

    /// <summary>A write that is kept an hour costs more than one of five minutes, but not many times as much: beyond it is a mistake of the file.</summary>
    private const int MaxHourFactor = 4;

    /// <summary>Why a field has no place, by a part of its name.</summary>
    private static readonly (string Part, string Reason)[] Reasons =
    [
        ("dbu", "is not a price in money"), ("citation", "citations are not counted"), ("1080p", "resolutions are not told apart"), ("_interval", "lengths are not told apart"),
        ("cache_creation_input_audio", "audio that is written to a cache is not counted apart"), ("off_peak", "times of day are not told apart"),
        ("computer_use", "the use of computers is not counted"), ("file_search", "searches of files are not counted"), ("vector_store", "storage is not counted"),
    ];

    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly ImmutableArray<NotTakenField>.Builder _notTaken = ImmutableArray.CreateBuilder<NotTakenField>();
    private readonly ImmutableArray<string>.Builder _rounded = ImmutableArray.CreateBuilder<string>();
    private readonly RateCardBuilder _card = new();

    private LiteLlmEntry()
    {
    }

    public RateCard? Prices { get; private set; }

    public long? MaxOutputTokens { get; private set; }

    public string? Reason { get; private set; }

    public ImmutableArray<NotTakenField> NotTaken => _notTaken.ToImmutable();

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
            if (property.Value.ValueKind != JsonValueKind.Null && !_fields.TryAdd(name, property.Value)) return $"names {name} twice";
        }

        return null;
    }

    private string? ReadPrices()
    {
        if (!TryReadMode(out var mode)) return "has a mode that is not a text";
        string? reason = null;
        foreach (var (name, value) in _fields) reason ??= ReadField(name, value);
        if (reason is not null) return reason;
        CheckHourWrites();
        if (mode is "embedding" or "moderation" && _card.Find(null, null, TokenMeter.Input) is not null) _card.Add(new LiteLlmField(TokenMeter.Output, null, null, null), 0);
        if (_card.IsEmpty) return "has no price that has a meter";
        var card = _card.Build();
        if (mode is null or "chat" or "completion" or "responses" && card.Base.Tokens.Count > 0 && card.Base.Units.Count == 0)
        {
            if (card.Input is null) return $"has no {Input}";
            if (card.Output is null) return $"has no {Output}";
        }

        Prices = card;
        return null;
    }

    private bool TryReadMode(out string? mode)
    {
        mode = null;
        return !_fields.TryGetValue(Mode, out var value) || (value.ValueKind == JsonValueKind.String && (mode = LiteLlmText.Of(value)) is not null);
    }

    /// <summary>Null, or why the model cannot be taken at all: a price of its base that is none.</summary>
    private string? ReadField(string name, JsonElement value)
    {
        if (name == MaxOutput) ReadMaxOutputTokens(value);
        else if (name == Searches) ReadSearches(value);
        else if (name == Tiers) ReadTiers(value);
        else if (name == ProviderSpecific) ReadProviderSpecific(value);
        else if (name.StartsWith(UpliftOf, StringComparison.Ordinal)) ReadMultiplier(name, name[UpliftOf.Length..], value);
        else if (LiteLlmField.TryParse(name, out var field)) return ReadPrice(name, field, value);
        else if (BearsOnPrice(name)) Leave(name, ReasonOf(name));
        return null;
    }

    private string? ReadPrice(string name, in LiteLlmField field, JsonElement value)
    {
        var price = field.Token is null ? LiteLlmNumber.PerUnit(value, out var fault, out var rounded) : LiteLlmNumber.PerMillion(value, out fault, out rounded);
        if (rounded) _rounded.Add(name);
        if (price is { } read) _card.Add(field, read);
        else if (field is { Token: not null, ServiceTier: null, AboveInputTokens: null }) return $"{name} {fault}";
        else Leave(name, fault!);
        return null;
    }

    private void ReadMaxOutputTokens(JsonElement value)
    {
        // max_tokens, the older field, is the maximum of the input in some entries and of the output in others: it is not read.
        if (LiteLlmNumber.Whole(value, TokenCounts.MaxTokens) is { } tokens) MaxOutputTokens = tokens > 0 ? tokens : null;
        else Leave(MaxOutput, "is not a whole number");
    }

    private void ReadSearches(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Leave(Searches, "is not an object");
            return;
        }

        foreach (var size in new[] { "low", "medium", "high" })
        {
            if (!value.TryGetProperty($"search_context_size_{size}", out var element) || element.ValueKind == JsonValueKind.Null) continue;
            var name = $"{Searches}.search_context_size_{size}";
            if (LiteLlmNumber.PerUnit(element, out var fault, out var rounded) is not { } price)
            {
                Leave(name, fault!);
                continue;
            }

            if (rounded) _rounded.Add(name);
            _card.Add(new LiteLlmField(null, $"{UnitMeters.WebSearch}_{size}", null, null), price);
            if (size == "medium") _card.Add(new LiteLlmField(null, UnitMeters.WebSearch, null, null), price);
        }
    }

    /// <summary>A list of rates by ranges of input tokens; the range from 0 is the base.</summary>
    private void ReadTiers(JsonElement value)
    {
        var read = value.ValueKind == JsonValueKind.Array;
        foreach (var tier in read ? [.. value.EnumerateArray()] : Array.Empty<JsonElement>())
        {
            if (tier.ValueKind == JsonValueKind.Object && tier.TryGetProperty("range", out var range) && range.ValueKind == JsonValueKind.Array && range.GetArrayLength() == 2
                && LiteLlmNumber.Whole(range[0], TokenCounts.MaxTokens) is { } from)
            {
                read &= ReadTier(tier, from);
            }
            else
            {
                read = false;
            }
        }

        if (!read) Leave(Tiers, "has tiers that are not of input tokens, or prices that are none");
    }

    private bool ReadTier(JsonElement tier, long from)
    {
        foreach (var property in tier.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null || LiteLlmText.NameOf(property) is not { } name || !LiteLlmField.TryParse(name, out var field)) continue;
            var price = field.Token is null ? LiteLlmNumber.PerUnit(property.Value, out _, out var rounded) : LiteLlmNumber.PerMillion(property.Value, out _, out rounded);
            if (price is null) return false;
            if (rounded) _rounded.Add($"{Tiers}.{name}");
            _card.Add(field with { AboveInputTokens = from > 0 ? from : null }, price.Value);
        }

        return true;
    }

    private void ReadProviderSpecific(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Leave(ProviderSpecific, "is not an object");
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            // What is no number is about the protocol, not about money.
            if (property.Value.ValueKind != JsonValueKind.Number || LiteLlmText.NameOf(property) is not { } name) continue;
            if (name == "fast") Leave($"{ProviderSpecific}.{name}", "speeds are not told apart");
            else ReadMultiplier($"{ProviderSpecific}.{name}", name, property.Value);
        }
    }

    private void ReadMultiplier(string name, string region, JsonElement value)
    {
        if (!UnitMeters.IsName(region)) Leave(name, "names no region");
        else if (LiteLlmNumber.Multiplier(value, out var fault, out _) is { } factor) _card.AddMultiplier(region, factor);
        else Leave(name, fault!);
    }

    private void CheckHourWrites()
    {
        foreach (var name in _fields.Keys)
        {
            if (!LiteLlmField.TryParse(name, out var field) || field.Token != TokenMeter.CacheWrite1h) continue;
            if (_card.Find(field.ServiceTier, field.AboveInputTokens, TokenMeter.CacheWrite1h) is not { } hour
                || _card.Find(field.ServiceTier, field.AboveInputTokens, TokenMeter.CacheWrite) is not { } minutes || (hour >= minutes && hour <= minutes * MaxHourFactor)) continue;
            _card.Remove(field.ServiceTier, field.AboveInputTokens, TokenMeter.CacheWrite1h);
            Leave(name, $"is not 1 to {MaxHourFactor} times the price of a 5-minute write");
        }
    }

    private void Leave(string field, string reason) => _notTaken.Add(new NotTakenField(field, reason));

    private static bool BearsOnPrice(string field) =>
        field.Contains("cost", StringComparison.Ordinal) || field.Contains("pricing", StringComparison.Ordinal) || field.Contains("multiplier", StringComparison.Ordinal);

    private static string ReasonOf(string field)
    {
        foreach (var (part, reason) in Reasons)
        {
            if (field.Contains(part, StringComparison.Ordinal)) return reason;
        }

        return "has no meter";
    }
}
