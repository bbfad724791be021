using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Payloads;

/// <summary>An event of PagerDuty's Events API v2. One incident per cost center, user and window: what follows in the same window joins it.</summary>
internal sealed class PagerDutyPayload(AlertTexts texts, string currency)
{
    public const int MaxDedupKey = 255;
    public const int MaxSummary = 1_024;
    public const int MaxBytes = 512 * 1024;

    private const int MaxDetail = 1_000;

    public byte[] Write(ChannelMessage message, string routingKey)
    {
        var alert = message.First;
        var json = new JsonObject { ["routing_key"] = routingKey, ["event_action"] = message.Resolves ? "resolve" : "trigger", ["dedup_key"] = DedupKey(alert) };
        return PayloadJson.Bytes(message.Resolves ? json : Trigger(json, alert, texts.Of(message)));
    }

    /// <summary>
    /// <c>budget/&lt;cost center&gt;/&lt;period&gt;/&lt;start&gt;</c>, and the user where there is one; longer ones end in a hash. Alerts without a limit
    /// have their type for <c>budget</c>.
    /// </summary>
    public static string DedupKey(Alert alert)
    {
        var start = PeriodWords.Date(alert.Period, alert.Window) ?? "always";
        var key = alert switch
        {
            // Told here only where a channel became PagerDuty's after the summary was stored: no incident of a budget.
            { Type: AlertType.SpendSummary } => $"{AlertTypes.WordOf(alert.Type)}/{alert.CostCenter}/{start}",
            { Period: { } period } => $"budget/{alert.CostCenter}/{PeriodWords.Adjective(period)}/{start}",
            // What is resumed had been paused, on whatever day.
            { Type: AlertType.Paused or AlertType.Resumed } => $"{AlertTypes.WordOf(AlertType.Paused)}/{alert.CostCenter}",
            _ => $"{AlertTypes.WordOf(alert.Type)}/{alert.CostCenter}/{start}",
        };
        if (alert.User is { } user) key += "?user=" + Uri.EscapeDataString(Cut.Plain(user, user.Length));
        if (key.Length <= MaxDedupKey) return key;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return key[..(MaxDedupKey - hash.Length - 1)] + "#" + hash;
    }

    public static string SeverityOf(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "info",
    };

    private JsonObject Trigger(JsonObject json, Alert alert, AlertText text)
    {
        json["payload"] = new JsonObject
        {
            ["summary"] = Cut.Plain(text.Sentence, MaxSummary),
            ["source"] = "budget-engine",
            ["severity"] = SeverityOf(text.Severity),
            ["timestamp"] = PayloadJson.Instant(alert.At),
            ["component"] = alert.CostCenter.Length == 0 ? "installation" : alert.CostCenter,
            ["group"] = "llm",
            ["class"] = AlertTypes.WordOf(alert.Type),
            ["custom_details"] = Details(alert, text),
        };
        json["client"] = "Budget engine";
        if (text.Link is { } link)
        {
            json["client_url"] = link;
            json["links"] = new JsonArray(new JsonObject { ["href"] = link, ["text"] = "Open dashboard" });
        }

        return json;
    }

    private JsonObject Details(Alert alert, AlertText text)
    {
        var details = new JsonObject { ["alert_id"] = alert.Id, ["title"] = Cut.Plain(text.Title, MaxSummary), ["currency"] = currency };
        if (alert.Utilization is { } utilization) details["utilization"] = PayloadJson.Number(utilization);
        foreach (var fact in text.Facts) details[fact.Name.ToLowerInvariant().Replace(' ', '_')] = Cut.Plain(fact.Value, MaxDetail);
        if (text.TopModels.Length > 0) details["top_models"] = new JsonArray([.. text.TopModels.Select(m => JsonValue.Create(m))]);
        if (text.Advice.Length > 0) details["recommendations"] = new JsonArray([.. text.Advice.Select(a => JsonValue.Create(a))]);
        return details;
    }
}
