using System.Collections.Immutable;
using System.Text.Json;
using BudgetEngine.Domain;

namespace BudgetEngine.Api;

/// <summary>Writes budgets exactly as a PUT takes them.</summary>
internal static class BudgetJson
{
    /// <param name="tenant">Of a tenant's own budget: its fields; else null.</param>
    public static void WriteBudget(Utf8JsonWriter json, Budget budget, TenantSettings? tenant)
    {
        json.WriteStartObject();
        WriteLimits(json, budget.Own);
        var inherited = budget.Inherited;
        WriteWord(json, "on_outage"u8, Words.OutageRules.Find(inherited.OnOutage));
        json.WriteMoney("on_outage_limit"u8, inherited.OnOutageLimit);
        json.WriteBoolean("durable_holds"u8, budget.DurableHolds);
        WriteWord(json, "unknown_model"u8, Words.UnknownModelRules.Find(inherited.UnknownModel));
        WriteDefaultPrice(json, inherited.DefaultPrice);
        if (inherited.AssumedOutputTokens == InheritedSettings.ModelMaximum) json.WriteString("assumed_output_tokens"u8, "max"u8);
        else json.WriteInteger("assumed_output_tokens"u8, inherited.AssumedOutputTokens);
        WriteLimits(json, "per_user"u8, budget.PerUser);
        WriteLimits(json, "per_child"u8, budget.PerChild);
        if (tenant is not null) WriteTenant(json, tenant);
        json.WriteEndObject();
    }

    public static void WritePrices(Utf8JsonWriter json, TokenPrices prices)
    {
        json.WriteDecimal("input"u8, prices.Input);
        json.WriteDecimal("output"u8, prices.Output);
        json.WriteDecimal("cached_input"u8, prices.CachedInput);
        json.WriteDecimal("cache_write"u8, prices.CacheWrite);
        json.WriteDecimal("reasoning"u8, prices.Reasoning);
        json.WriteNumber("per"u8, prices.Per);
    }

    public static void WriteIncrease(Utf8JsonWriter json, Increase increase)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, increase.Id);
        json.WriteString("cost_center"u8, increase.CostCenter);
        CheckAnswerJson.WriteText(json, "user"u8, increase.User);
        json.WriteString("period"u8, Words.Periods.Of(increase.Period));
        json.WriteMoney("amount"u8, increase.Amount);
        json.WriteTime("until"u8, increase.Until);
        CheckAnswerJson.WriteText(json, "reason"u8, increase.Reason);
        json.WriteString("by"u8, increase.By);
        json.WriteTime("at"u8, increase.At);
        json.WriteEndObject();
    }

    public static void WritePause(Utf8JsonWriter json, Pause pause)
    {
        json.WriteStartObject();
        json.WriteString("cost_center"u8, pause.CostCenter);
        CheckAnswerJson.WriteText(json, "user"u8, pause.User);
        CheckAnswerJson.WriteText(json, "model"u8, pause.Model);
        json.WriteTime("until"u8, pause.Until);
        CheckAnswerJson.WriteText(json, "reason"u8, pause.Reason);
        json.WriteString("by"u8, pause.By);
        json.WriteTime("at"u8, pause.At);
        json.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter json, ReadOnlySpan<byte> name, LimitSet? set)
    {
        if (set is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        WriteLimits(json, set);
        json.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter json, LimitSet set)
    {
        json.WriteMoney("daily"u8, set.Limits.Daily);
        json.WriteMoney("weekly"u8, set.Limits.Weekly);
        json.WriteMoney("monthly"u8, set.Limits.Monthly);
        json.WriteMoney("total"u8, set.Limits.Total);
        WriteThresholds(json, set.Thresholds);
        json.WriteString("enforcement"u8, Words.Enforcements.Of(set.Enforcement));
    }

    private static void WriteThresholds(Utf8JsonWriter json, ImmutableArray<Threshold> thresholds)
    {
        json.WriteStartArray("thresholds"u8);
        foreach (var threshold in thresholds)
        {
            json.WriteStartObject();
            json.WriteDecimal("at"u8, threshold.At);
            json.WriteString("level"u8, threshold.Level);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDefaultPrice(Utf8JsonWriter json, TokenPrices? prices)
    {
        if (prices is null)
        {
            json.WriteNull("default_price"u8);
            return;
        }

        json.WriteStartObject("default_price"u8);
        WritePrices(json, prices);
        json.WriteEndObject();
    }

    private static void WriteTenant(Utf8JsonWriter json, TenantSettings tenant)
    {
        json.WriteString("time_zone"u8, tenant.Calendar.CurrentZone);
        json.WriteString("new_cost_centers"u8, tenant.DenyNewCostCenters ? TenantDraft.DenyWord : TenantDraft.CreateWord);
        json.WriteBoolean("require_limit"u8, tenant.RequireLimit);
        json.WriteMoney("max_record_cost"u8, tenant.MaxRecordCost);
    }

    private static void WriteWord(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? word) => CheckAnswerJson.WriteText(json, name, word);
}
