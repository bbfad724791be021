using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Api.Prices;

/// <summary>A version of a model's price. One that ends the price has no prices.</summary>
public sealed record PriceResponse(
    string Model,
    bool Deleted,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Input,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Output,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<decimal?> CachedInput,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<decimal?> CacheWrite,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<decimal?> Reasoning,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Per,
    long? MaxOutputTokens,
    IReadOnlyList<string> Aliases,
    DateTimeOffset EffectiveFrom,
    DateTimeOffset EnteredAt) : LayeredRates
{
    public static PriceResponse Of(PriceVersion version)
    {
        IReadOnlyList<string> aliases = version.Aliases.IsDefault ? [] : version.Aliases;
        return version.Prices is { } p
            ? Fill(
                new PriceResponse(
                    version.Model, false, p.Input, p.Output, p.Base[TokenMeter.CachedInput], p.Base[TokenMeter.CacheWrite], p.Base[TokenMeter.Reasoning], p.Per,
                    version.MaxOutputTokens, aliases, version.EffectiveFrom, version.EnteredAt),
                p)
            : new PriceResponse(version.Model, true, null, null, default, default, default, null, version.MaxOutputTokens, aliases, version.EffectiveFrom, version.EnteredAt);
    }
}

/// <summary>A model of unpriced usage.</summary>
/// <param name="Cost">What it was booked at so far. <paramref name="Nearest"/>: models with a price whose names are like it.</param>
public sealed record MissingPriceResponse(string? Provider, string Model, long Records, DateTimeOffset LastSeen, Money Cost, IReadOnlyList<string> Nearest,
    [property: Description("Of a model without a price that an import knew: why it could not take it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UnpricedBecause);
