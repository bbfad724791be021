using System.Text.Json;
using BudgetEngine.Domain;

namespace BudgetEngine.Api;

/// <summary>Writes versions of prices.</summary>
internal static class PriceJson
{
    public static void Write(Utf8JsonWriter json, PriceVersion version)
    {
        json.WriteStartObject();
        WriteMembers(json, version);
        json.WriteEndObject();
    }

    public static void WriteMembers(Utf8JsonWriter json, PriceVersion version)
    {
        json.WriteString("model"u8, version.Model);
        json.WriteBoolean("deleted"u8, version.Prices is null);
        if (version.Prices is { } prices) BudgetJson.WritePrices(json, prices);
        json.WriteInteger("max_output_tokens"u8, version.MaxOutputTokens);
        json.WriteStartArray("aliases"u8);
        if (!version.Aliases.IsDefault)
        {
            foreach (var alias in version.Aliases) json.WriteStringValue(alias);
        }

        json.WriteEndArray();
        json.WriteTime("effective_from"u8, version.EffectiveFrom);
        json.WriteTime("entered_at"u8, version.EnteredAt);
    }
}
