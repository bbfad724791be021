using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Prices;

/// <summary>Rates that few prices have, as they are taken and answered; left out where there are none.</summary>
public abstract record FurtherRates
{
    [JsonPropertyName("cache_write_1h"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? CacheWrite1h { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? AudioInput { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? CachedAudioInput { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? ImageInput { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? VideoInput { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? AudioOutput { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? ImageOutput { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? VideoOutput { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Price of one, by unit: web_search, image, second, ...")]
    public IReadOnlyDictionary<string, decimal>? Units { get; init; }

    protected static T Fill<T>(T settings, Rates r) where T : FurtherRates => settings with
    {
        CacheWrite1h = r[TokenMeter.CacheWrite1h], AudioInput = r[TokenMeter.AudioInput], CachedAudioInput = r[TokenMeter.CachedAudioInput], ImageInput = r[TokenMeter.ImageInput],
        VideoInput = r[TokenMeter.VideoInput], AudioOutput = r[TokenMeter.AudioOutput], ImageOutput = r[TokenMeter.ImageOutput], VideoOutput = r[TokenMeter.VideoOutput],
        Units = r.Units.Count == 0 ? null : r.Units.ToDictionary(u => u.Unit, u => u.Price),
    };
}

/// <summary>Rates of a layer above the base: what it does not name is that of a layer below.</summary>
public abstract record TierRates : FurtherRates
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Input { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Output { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? CachedInput { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? CacheWrite { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Reasoning { get; init; }

    protected static T FillTier<T>(T settings, Rates r) where T : TierRates => Fill(settings, r) with
    {
        Input = r[TokenMeter.Input], Output = r[TokenMeter.Output], CachedInput = r[TokenMeter.CachedInput], CacheWrite = r[TokenMeter.CacheWrite], Reasoning = r[TokenMeter.Reasoning],
    };
}

/// <summary>Rates of a record whose input is above a bound, for all of it.</summary>
public sealed record ContextTierSettings : TierRates
{
    [Required, Range(1, TokenCounts.MaxTokens)]
    public long AboveInputTokens { get; init; }

    internal static ContextTierSettings[]? Of(ValueList<ContextTier> tiers) =>
        tiers.Count == 0 ? null : [.. tiers.Select(t => FillTier(new ContextTierSettings { AboveInputTokens = t.AboveInputTokens }, t.Rates))];
}

/// <summary>Rates of what was served in a tier of its own.</summary>
public sealed record ServiceTierSettings : TierRates
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), MaxLength(RateCard.MaxTiers)]
    public ContextTierSettings[]? ContextTiers { get; init; }

    internal static ServiceTierSettings Of(ServiceTier tier) => FillTier(new ServiceTierSettings { ContextTiers = ContextTierSettings.Of(tier.ContextTiers) }, tier.Rates);
}

/// <summary>What a price has besides the plain rates of its base.</summary>
public abstract record LayeredRates : FurtherRates
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), MaxLength(RateCard.MaxTiers)]
    public ContextTierSettings[]? ContextTiers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("By service tier: batch, flex, priority, ...")]
    public IReadOnlyDictionary<string, ServiceTierSettings>? ServiceTiers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Factor of token prices, by region.")]
    public IReadOnlyDictionary<string, decimal>? Multipliers { get; init; }

    protected static T Fill<T>(T settings, RateCard card) where T : LayeredRates => Fill(settings, card.Base) with
    {
        ContextTiers = ContextTierSettings.Of(card.ContextTiers),
        ServiceTiers = card.ServiceTiers.Count == 0 ? null : card.ServiceTiers.ToDictionary(t => t.Name, ServiceTierSettings.Of),
        Multipliers = card.Multipliers.Count == 0 ? null : card.Multipliers.ToDictionary(m => m.Region, m => m.Factor),
    };
}
