using System.Collections.Immutable;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Prices;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Budgets;

/// <summary>Reads the fields of a budget over a draft: the body of a PUT over an empty one, a merge patch over what is stored.</summary>
internal static class BudgetReader
{
    public static void Read(ref JsonFields fields, BudgetDraft draft)
    {
        while (fields.Next())
        {
            if (ReadLimit(ref fields, draft.Own) || ReadRules(ref fields, draft) || ReadTenant(ref fields, draft.Tenant)) continue;
            if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
            else fields.Unknown();
        }
    }

    private static bool ReadLimit(ref JsonFields fields, LimitSetDraft limits)
    {
        if (fields.Is("daily"u8)) limits.Daily = fields.Amount();
        else if (fields.Is("weekly"u8)) limits.Weekly = fields.Amount();
        else if (fields.Is("monthly"u8)) limits.Monthly = fields.Amount();
        else if (fields.Is("total"u8)) limits.Total = fields.Amount();
        else if (fields.Is("thresholds"u8)) limits.Thresholds = ReadThresholds(ref fields);
        else if (fields.Is("enforcement"u8)) limits.Enforcement = Word(ref fields, Words.Enforcements) ?? Enforcement.Hard;
        else if (fields.Is("requests_per_minute"u8)) limits.RequestsPerMinute = fields.Integer(1, MinuteLimits.Max);
        else if (fields.Is("tokens_per_minute"u8)) limits.TokensPerMinute = fields.Integer(1, MinuteLimits.Max);
        else return false;
        return true;
    }

    private static bool ReadRules(ref JsonFields fields, BudgetDraft draft)
    {
        if (fields.Is("on_outage"u8)) draft.OnOutage = Word(ref fields, Words.OutageRules) ?? OutageRule.NotSet;
        else if (fields.Is("on_outage_limit"u8)) draft.OnOutageLimit = fields.Amount();
        else if (fields.Is("on_expiry"u8)) draft.OnExpiry = Word(ref fields, Words.ExpiryRules) ?? ExpiryRule.NotSet;
        else if (fields.Is("durable_holds"u8)) draft.DurableHolds = fields.Boolean() ?? false;
        else if (fields.Is("unknown_model"u8)) draft.UnknownModel = Word(ref fields, Words.UnknownModelRules) ?? UnknownModelRule.NotSet;
        else if (fields.Is("default_price"u8)) draft.DefaultPrice = ReadPrices(ref fields, draft.DefaultPrice);
        else if (fields.Is("assumed_output_tokens"u8)) draft.AssumedOutputTokens = ReadAssumed(ref fields);
        else if (draft.Models.Read(ref fields)) return true;
        else if (fields.Is("per_user"u8)) draft.PerUser = ReadLimits(ref fields, draft.PerUser);
        else if (fields.Is("per_child"u8)) draft.PerChild = ReadLimits(ref fields, draft.PerChild);
        else return false;
        return true;
    }

    private static bool ReadTenant(ref JsonFields fields, TenantDraft tenant)
    {
        if (fields.Is("time_zone"u8)) tenant.SetTimeZone(ReadTimeZone(ref fields));
        else if (fields.Is("new_cost_centers"u8)) tenant.SetDenyNewCostCenters(ReadDenyNew(ref fields));
        else if (fields.Is("require_limit"u8)) tenant.SetRequireLimit(fields.Boolean());
        else if (fields.Is("max_record_cost"u8)) tenant.SetMaxRecordCost(fields.PositiveAmount());
        else return false;
        return true;
    }

    /// <summary>Null takes the whole away; an object is read over what is there.</summary>
    private static LimitSetDraft? ReadLimits(ref JsonFields fields, LimitSetDraft? current)
    {
        if (!fields.Enter(out var outer)) return null;
        var limits = current ?? new LimitSetDraft(LimitSet.None);
        while (fields.Next())
        {
            if (!ReadLimit(ref fields, limits)) fields.Unknown();
        }

        fields.Leave(outer);
        return limits;
    }

    private static RateCardDraft? ReadPrices(ref JsonFields fields, RateCardDraft? current)
    {
        if (!fields.Enter(out var outer)) return null;
        var prices = current ?? new RateCardDraft(null);
        while (fields.Next())
        {
            if (!prices.Read(ref fields)) fields.Unknown();
        }

        fields.Leave(outer);
        return prices;
    }

    private static long? ReadAssumed(ref JsonFields fields)
    {
        if (fields.IsNull()) return null;
        if (!fields.IsText()) return fields.Integer(0, TokenCounts.MaxTokens);
        if (fields.Text(32) == AssumedTokensConverter.MaximumWord) return InheritedSettings.ModelMaximum;
        fields.Fault("must be a number of tokens, or \"max\"");
        return null;
    }

    private static string? ReadTimeZone(ref JsonFields fields)
    {
        if (fields.Text(ZoneNames.MaxLength) is not { } zone) return null;
        if (ZoneNames.IsKnown(zone)) return zone;
        fields.Fault("must be the name of an IANA time zone, such as Asia/Ho_Chi_Minh");
        return null;
    }

    private static ImmutableArray<Threshold> ReadThresholds(ref JsonFields fields)
    {
        if (!fields.EnterArray()) return Threshold.Defaults;
        var thresholds = new List<Threshold>();
        var count = 0;
        while (fields.NextItem())
        {
            if (!fields.EnterItem(count, out var outer))
            {
                count++;
                continue;
            }

            var threshold = ReadThreshold(ref fields);
            fields.Leave(outer);
            count++;
            if (threshold is null || count > Threshold.MaxPerBudget) continue;
            if (thresholds.Exists(t => t.At == threshold.At)) fields.Fault("must have distinct values of at");
            thresholds.Add(threshold);
        }

        if (count > Threshold.MaxPerBudget) fields.Fault($"must be at most {Threshold.MaxPerBudget}");
        return [.. thresholds.OrderBy(t => t.At)];
    }

    private static Threshold? ReadThreshold(ref JsonFields fields)
    {
        decimal? at = null;
        string? level = null;
        bool atSent = false, levelSent = false;
        while (fields.Next())
        {
            if (fields.Is("at"u8)) at = (atSent = !fields.IsNull()) ? fields.Decimal(0.000000001m, Threshold.MaxAt, Threshold.MaxDecimals) : null;
            else if (fields.Is("level"u8)) level = (levelSent = !fields.IsNull()) ? ReadLevel(ref fields) : null;
            else fields.Unknown();
        }

        if (!atSent) fields.Missing("at");
        if (!levelSent) fields.Missing("level");
        return at is { } fraction && level is not null ? new Threshold(fraction, level) : null;
    }

    private static string? ReadLevel(ref JsonFields fields)
    {
        if (fields.Text(JsonFields.MaxText, minLength: 0) is not { } level) return null;
        if (level.Length is > 0 and <= 32 && char.IsAsciiLetterLower(level[0]) && level.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-')) return level;
        fields.Fault("must match [a-z][a-z0-9_-]{0,31}");
        return null;
    }

    private static bool? ReadDenyNew(ref JsonFields fields)
    {
        var word = fields.Text(JsonFields.MaxText, minLength: 0);
        if (word is not (null or TenantDraft.CreateWord or TenantDraft.DenyWord)) fields.Fault($"must be one of {TenantDraft.CreateWord}, {TenantDraft.DenyWord}");
        return word is null ? null : word == TenantDraft.DenyWord;
    }

    /// <summary>One of a few words; null: not set, or a fault.</summary>
    private static T? Word<T>(ref JsonFields fields, WordTable<T> words) where T : struct, Enum
    {
        if (fields.Text(JsonFields.MaxText, minLength: 0) is not { } text) return null;
        var value = words.Parse(text);
        if (value is null) fields.Fault($"must be one of {string.Join(", ", words.All)}");
        return value;
    }
}
