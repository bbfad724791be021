using System.Text.Json;
using BudgetEngine.Domain;
using BudgetEngine.Ledger;

namespace BudgetEngine.Api;

/// <summary>
/// Writes alerts with the names of a webhook's <c>data</c>. Members that a type does not have are null, but for those of a threshold: these occur in
/// <c>budget.threshold.reached</c> only.
/// </summary>
internal static class AlertJson
{
    public static void Write(Utf8JsonWriter json, Alert alert)
    {
        json.WriteStartObject();
        WriteMembers(json, alert);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Alert alert, IReadOnlyList<StoredDelivery> deliveries)
    {
        json.WriteStartObject();
        WriteMembers(json, alert);
        json.WriteStartArray("deliveries"u8);
        foreach (var delivery in deliveries) Write(json, delivery);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteRecommendations(Utf8JsonWriter json, IReadOnlyList<Recommendation> recommendations)
    {
        json.WriteStartArray("recommendations"u8);
        foreach (var recommendation in recommendations)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, Words.RecommendationKinds.Of(recommendation.Kind));
            CheckAnswerJson.WriteText(json, "subject"u8, recommendation.Subject);
            CheckAnswerJson.WriteText(json, "instead"u8, recommendation.Instead);
            json.WriteMoney("amount"u8, recommendation.Amount);
            json.WriteString("text"u8, recommendation.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMembers(Utf8JsonWriter json, Alert alert)
    {
        json.WriteString("alert_id"u8, alert.Id);
        json.WriteString("type"u8, AlertTypes.WordOf(alert.Type));
        json.WriteTime("at"u8, alert.At);
        CheckAnswerJson.WriteText(json, "cost_center"u8, alert.CostCenter.Length == 0 ? null : alert.CostCenter);
        CheckAnswerJson.WriteText(json, "user"u8, alert.User);
        if (alert.Period is { } period) json.WriteString("period"u8, Words.Periods.Of(period));
        else json.WriteNull("period"u8);
        json.WriteTime("window_start"u8, alert.WindowStart);
        if (alert.Type == AlertType.ThresholdReached)
        {
            json.WriteDecimal("threshold"u8, alert.Threshold);
            CheckAnswerJson.WriteText(json, "level"u8, alert.Level);
            json.WriteNumber("generation"u8, alert.Generation);
            json.WriteString("cause"u8, Words.AlertCauses.Of(alert.Cause));
        }

        json.WriteMoney("spent"u8, alert.Spent);
        json.WriteMoney("limit"u8, alert.Limit);
        json.WriteDecimal("utilization"u8, alert.Utilization);
        json.WriteTime("resets_at"u8, alert.ResetsAt);
        WriteForecast(json, alert.Forecast);
        json.WriteStartArray("top_models"u8);
        foreach (var share in alert.TopModels)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, share.Model);
            json.WriteMoney("spent"u8, share.Spent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteRecommendations(json, alert.Recommendations);
        CheckAnswerJson.WriteText(json, "detail"u8, alert.Detail);
        CheckAnswerJson.WriteText(json, "by"u8, alert.By);
    }

    private static void WriteForecast(Utf8JsonWriter json, SpendForecast? forecast)
    {
        json.WritePropertyName("forecast"u8);
        if (forecast is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteMoney("amount"u8, forecast.Amount);
        json.WriteTime("reached_at"u8, forecast.ReachedAt);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, StoredDelivery delivery)
    {
        json.WriteStartObject();
        json.WriteString("channel"u8, delivery.Channel);
        json.WriteBoolean("resolves"u8, delivery.Resolves);
        json.WriteString("state"u8, StateOf(delivery.State));
        json.WriteNumber("attempts"u8, delivery.Attempts);
        CheckAnswerJson.WriteText(json, "last_error"u8, delivery.LastError);
        json.WriteTime("first_at"u8, delivery.FirstAt);
        json.WriteTime("next_at"u8, delivery.State == DeliveryState.Pending ? delivery.NextAt : null);
        json.WriteTime("ended_at"u8, delivery.EndedAt);
        json.WriteEndObject();
    }

    private static string StateOf(DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Delivered => "delivered",
        DeliveryState.Failed => "failed",
        _ => "dropped",
    };
}
