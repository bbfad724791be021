using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Catalogs;

/// <summary>Rates as they are stored: each token meter that has one is a member of its own, in the words of the API.</summary>
internal record RatesDocument
{
    /// <summary>Every member without a property: the token meters, and what a later version adds, which is passed over.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    public Dictionary<string, decimal>? Units { get; init; }

    protected static T Of<T>(Rates rates, T document) where T : RatesDocument => document with
    {
        Others = rates.Tokens.Count == 0 ? null : rates.Tokens.ToDictionary(t => TokenMeters.Words.Of(t.Meter), t => JsonSerializer.SerializeToElement(t.Price, DocumentsJson.Default.Decimal)),
        Units = rates.Units.Count == 0 ? null : rates.Units.ToDictionary(u => u.Unit, u => u.Price),
    };

    public Rates ToRates() => new(
        from member in Others ?? [] let meter = TokenMeters.Words.Parse(member.Key) where meter is not null && member.Value.ValueKind == JsonValueKind.Number
            select new TokenRate(meter.Value, member.Value.GetDecimal()),
        (Units ?? []).Select(u => new UnitRate(u.Key, u.Value)));
}

internal sealed record ContextTierDocument : RatesDocument
{
    public long AboveInputTokens { get; init; }

    public static ContextTierDocument[]? Of(ValueList<ContextTier> tiers) =>
        tiers.Count == 0 ? null : [.. tiers.Select(t => Of(t.Rates, new ContextTierDocument { AboveInputTokens = t.AboveInputTokens }))];

    public static ValueList<ContextTier> Read(ContextTierDocument[]? tiers) => [.. (tiers ?? []).Select(t => new ContextTier(t.AboveInputTokens, t.ToRates()))];
}

internal sealed record ServiceTierDocument : RatesDocument
{
    public ContextTierDocument[]? ContextTiers { get; init; }

    public static ServiceTierDocument Of(ServiceTier tier) => Of(tier.Rates, new ServiceTierDocument { ContextTiers = ContextTierDocument.Of(tier.ContextTiers) });
}

internal sealed record PricesDocument : RatesDocument
{
    public long Per { get; init; }

    public ContextTierDocument[]? ContextTiers { get; init; }

    public Dictionary<string, ServiceTierDocument>? ServiceTiers { get; init; }

    public Dictionary<string, decimal>? Multipliers { get; init; }

    public static PricesDocument? Of(RateCard? card) => card is null ? null : Of(card.Base, new PricesDocument
    {
        Per = card.Per,
        ContextTiers = ContextTierDocument.Of(card.ContextTiers),
        ServiceTiers = card.ServiceTiers.Count == 0 ? null : card.ServiceTiers.ToDictionary(t => t.Name, ServiceTierDocument.Of),
        Multipliers = card.Multipliers.Count == 0 ? null : card.Multipliers.ToDictionary(m => m.Region, m => m.Factor),
    });

    public static string? ToJson(RateCard? prices) => prices is null ? null : JsonSerializer.Serialize(Of(prices)!, DocumentsJson.Default.PricesDocument);

    public static RateCard? Read(string? json) => json is null ? null : JsonSerializer.Deserialize(json, DocumentsJson.Default.PricesDocument)!.ToCard();

    public RateCard ToCard() => new(ToRates(), Per)
    {
        ContextTiers = ContextTierDocument.Read(ContextTiers),
        ServiceTiers = [.. (ServiceTiers ?? []).OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new ServiceTier(t.Key, t.Value.ToRates(), ContextTierDocument.Read(t.Value.ContextTiers)))],
        Multipliers = [.. (Multipliers ?? []).OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => new RegionMultiplier(m.Key, m.Value))],
    };
}
