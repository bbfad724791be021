using System.Text.Json;
using System.Text.Json.Serialization;

namespace BudgetEngine.Domain.Prices;

/// <summary>Which price a row was rated by, so that anyone can recompute its cost. Stored: members are only added.</summary>
/// <param name="Model">The name under which the price was entered.</param>
/// <param name="EffectiveFrom">With <paramref name="EnteredAt"/>: which version of the model.</param>
/// <param name="ServiceTier">Null: the base.</param>
/// <param name="AboveInputTokens">The bound of the context tier; null: none.</param>
public sealed record PricedAs(string Model, DateTimeOffset EffectiveFrom, DateTimeOffset EnteredAt, string? ServiceTier, long? AboveInputTokens)
{
    public static string ToJson(PriceVersion version, in PriceLayers layers) => JsonSerializer.Serialize(
        new PricedAs(version.Model, version.EffectiveFrom.ToUniversalTime(), version.EnteredAt.ToUniversalTime(), layers.ServiceTier, layers.AboveInputTokens), PricedAsJson.Default.PricedAs);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PricedAs))]
internal sealed partial class PricedAsJson : JsonSerializerContext;
