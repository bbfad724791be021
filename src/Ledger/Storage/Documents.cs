using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Repricing;

namespace BudgetEngine.Ledger.Storage;

/// <summary>One entry of a tenant's history of zones.</summary>
internal sealed record ZoneDocument(DateTimeOffset From, DateOnly FirstDate, string Zone)
{
    public static string ToJson(TenantCalendar calendar) =>
        JsonSerializer.Serialize([.. calendar.History.Select(z => new ZoneDocument(z.From, z.FirstDate, z.Zone))], DocumentsJson.Default.ZoneDocumentArray);

    public static TenantCalendar Read(string json) => new(
        [.. JsonSerializer.Deserialize(json, DocumentsJson.Default.ZoneDocumentArray)!.Select(z => new ZoneChange(z.From, z.FirstDate, z.Zone))]);
}

/// <summary>What an audit entry says of other things than budgets.</summary>
internal sealed record TenantDocument(string Tenant, ZoneDocument[] Zones, bool DenyNewCostCenters, bool RequireLimit, decimal MaxRecordCost)
{
    public static string ToJson(TenantSettings t, Resolution resolution) => JsonSerializer.Serialize(
        new TenantDocument(
            t.Tenant, [.. t.Calendar.History.Select(z => new ZoneDocument(z.From, z.FirstDate, z.Zone))], t.DenyNewCostCenters, t.RequireLimit,
            resolution.ToUnits(t.MaxRecordCost)),
        DocumentsJson.Default.TenantDocument);
}

internal sealed record IncreaseDocument(string Id, string CostCenter, string? User, string Period, decimal Amount, DateTimeOffset Until, string? Reason)
{
    public static string ToJson(Increase i, Resolution resolution) => JsonSerializer.Serialize(
        new IncreaseDocument(i.Id, i.CostCenter, i.User, Words.Periods.Of(i.Period), resolution.ToUnits(i.Amount), i.Until, i.Reason),
        DocumentsJson.Default.IncreaseDocument);
}

internal sealed record PauseDocument(string CostCenter, string? User, string? Model, DateTimeOffset? Until, string? Reason)
{
    public static string ToJson(Pause p) =>
        JsonSerializer.Serialize(new PauseDocument(p.CostCenter, p.User, p.Model, p.Until, p.Reason), DocumentsJson.Default.PauseDocument);
}

internal sealed record PriceDocument(
    string Model, DateTimeOffset EffectiveFrom, PricesDocument? Prices, long? MaxOutputTokens, string[] Aliases, DateTimeOffset EnteredAt, bool? Imported = null)
{
    public static string ToJson(PriceVersion p) => JsonSerializer.Serialize(Of(p), DocumentsJson.Default.PriceDocument);

    public static PriceDocument Of(PriceVersion p) =>
        new(p.Model, p.EffectiveFrom, PricesDocument.Of(p.Prices), p.MaxOutputTokens, p.Aliases.IsDefault ? [] : [.. p.Aliases], p.EnteredAt, p.Imported ? true : null);
}

/// <summary>A list of prices in one audit entry: how many, and the first of them. All of them are in the price book.</summary>
internal sealed record ImportDocument(int? Models, PriceDocument[] Prices)
{
    public const int MaxShown = 50;

    public static string ToJson(int? models, IEnumerable<PriceVersion> prices) =>
        JsonSerializer.Serialize(new ImportDocument(models, [.. prices.Take(MaxShown).Select(PriceDocument.Of)]), DocumentsJson.Default.ImportDocument);
}

/// <summary>Without the hash: the audit trail is read by more people than the table of keys.</summary>
internal sealed record KeyDocument(
    string Id, string Name, string[] Scopes, string? CostCenter, DateTimeOffset? ExpiresAt, JsonElement? Gateway, DateTimeOffset? RevokedAt)
{
    public static string ToJson(StoredKey k) => JsonSerializer.Serialize(
        new KeyDocument(
            k.Id, k.Name, [.. k.Scopes], k.CostCenter, k.ExpiresAt, k.GatewayJson is null ? null : JsonElement.Parse(k.GatewayJson), k.RevokedAt),
        DocumentsJson.Default.KeyDocument);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BudgetDocument))]
[JsonSerializable(typeof(PricesDocument))]
[JsonSerializable(typeof(decimal))]
[JsonSerializable(typeof(ZoneDocument[]))]
[JsonSerializable(typeof(TenantDocument))]
[JsonSerializable(typeof(IncreaseDocument))]
[JsonSerializable(typeof(PauseDocument))]
[JsonSerializable(typeof(PriceDocument))]
[JsonSerializable(typeof(ImportDocument))]
[JsonSerializable(typeof(KeyDocument))]
[JsonSerializable(typeof(RepriceDocument))]
[JsonSerializable(typeof(RepriceTally))]
[JsonSerializable(typeof(MoveDocument))]
internal sealed partial class DocumentsJson : JsonSerializerContext;
