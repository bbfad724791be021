using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Alerts.Payloads;

/// <summary>The body for programs: one alert, exact figures. Named by <c>docs/alerts.md</c>; names are never changed, only added.</summary>
internal sealed class WebhookPayload(AlertTexts texts, string currency)
{
    /// <summary>Standard Webhooks wants less than 20 KB.</summary>
    public const int MaxBytes = 19_000;

    /// <summary>The sentence is not cut below this, whatever else is.</summary>
    private const int MinMessage = 500;

    public byte[] Write(ChannelMessage message)
    {
        var text = texts.Of(message);
        return PayloadJson.Fitting(MaxBytes, limit => Body(message.First, text, limit));
    }

    private JsonObject Body(Alert alert, AlertText text, int limit)
    {
        var data = new JsonObject
        {
            ["alert_id"] = alert.Id,
            ["cost_center"] = alert.CostCenter.Length == 0 ? null : alert.CostCenter,
            ["user"] = PayloadJson.Text(alert.User, limit),
            ["currency"] = currency,
            ["message"] = PayloadJson.Text(text.Sentence, Math.Max(limit, MinMessage)),
            ["dashboard_url"] = text.Link,
            ["recommendations"] = Recommendations(alert.Recommendations, limit),
        };
        AddFigures(data, alert, limit);
        return new JsonObject { ["type"] = AlertTypes.WordOf(alert.Type), ["timestamp"] = PayloadJson.Instant(alert.At), ["data"] = data };
    }

    private void AddFigures(JsonObject data, Alert alert, int limit)
    {
        switch (alert.Type)
        {
            case AlertType.ThresholdReached:
                AddWindow(data, alert);
                data["threshold"] = PayloadJson.Number(alert.Threshold);
                data["level"] = alert.Level;
                data["generation"] = alert.Generation;
                data["cause"] = Words.AlertCauses.Of(alert.Cause);
                AddForecast(data, alert);
                data["top_models"] = Models(alert.TopModels, limit);
                break;
            case AlertType.Forecast:
                AddWindow(data, alert);
                AddForecast(data, alert);
                data["top_models"] = Models(alert.TopModels, limit);
                break;
            case AlertType.Denied or AlertType.WindowReset:
                AddWindow(data, alert);
                if (alert.Users > 0) data["users"] = alert.Users;
                if (alert.Held is { } held) data["held"] = Amount(held);
                if (alert.Reservations is { } reservations) data["reservations"] = reservations;
                if (alert.NextLapse is { } lapse) data["next_lapse_at"] = PayloadJson.Instant(lapse);
                break;
            case AlertType.Spike:
                data["date"] = PeriodWords.Date(null, alert.Window);
                data["spent_today"] = Amount(alert.Spent);
                data["spent_yesterday"] = Amount(alert.Limit);
                data["top_models"] = Models(alert.TopModels, limit);
                break;
            case AlertType.Paused or AlertType.Resumed:
                data["by"] = PayloadJson.Text(alert.By, limit);
                data["detail"] = PayloadJson.Text(alert.Detail, limit);
                if (alert.Type == AlertType.Paused) data["until"] = PayloadJson.Instant(alert.ResetsAt);
                break;
            case AlertType.Unpriced:
                data["model"] = PayloadJson.Text(alert.Detail, limit);
                data["booked_at"] = Words.UnpricedBases.Find(alert.Basis);
                data["booked_this_month"] = Amount(alert.Spent);
                break;
            case AlertType.Conflict:
                data["request_id"] = PayloadJson.Text(alert.Detail, limit);
                break;
            case AlertType.CostCenterCreated:
                data["nearest"] = PayloadJson.Text(alert.Detail, limit);
                break;
            case AlertType.SpendSummary when alert.Summary is { } summary:
                AddSummary(data, alert, summary, limit);
                break;
            default:
                data["detail"] = PayloadJson.Text(alert.Detail, limit);
                break;
        }
    }

    private void AddWindow(JsonObject data, Alert alert)
    {
        data["period"] = alert.Period is { } period ? PeriodWords.Adjective(period) : null;
        data["window"] = PeriodWords.Date(alert.Period, alert.Window);
        data["window_start"] = PayloadJson.Instant(alert.WindowStart);
        data["spent"] = Amount(alert.Spent);
        data["limit"] = Amount(alert.Limit);
        data["utilization"] = PayloadJson.Number(alert.Utilization);
        data["resets_at"] = PayloadJson.Instant(alert.ResetsAt);
        data["time_zone"] = alert.TimeZone;
    }

    private void AddSummary(JsonObject data, Alert alert, SpendSummary summary, int limit)
    {
        data["schedule"] = alert.Detail;
        data["period"] = PeriodWords.Adjective(summary.Period);
        data["from"] = PeriodWords.Date(null, summary.From);
        data["to"] = PeriodWords.Date(null, summary.To);
        data["time_zone"] = alert.TimeZone;
        data["spent"] = Amount(summary.Spent);
        data["spent_before"] = Amount(summary.Before);
        data["change"] = PayloadJson.Number(summary.Change);
        data["requests"] = summary.Requests;
        data["cost_centers"] = new JsonArray(
            [.. summary.CostCenters.Select(c => new JsonObject { ["cost_center"] = c.CostCenter, ["spent"] = Amount(c.Spent), ["spent_before"] = Amount(c.Before) })]);
        data["top_models"] = Models(summary.Models, limit);
        var outlook = summary.Outlook;
        data["outlook"] = new JsonObject
        {
            ["month"] = PeriodWords.Date(null, outlook.Month), ["expected"] = Amount(outlook.Expected), ["limit"] = Amount(outlook.Limit),
            ["runs_out_on"] = outlook.RunsOutOn is { } day ? PeriodWords.Date(null, day) : null, ["confidence"] = Words.ForecastConfidences.Of(outlook.Confidence), ["days"] = outlook.Days,
        };
    }

    private void AddForecast(JsonObject data, Alert alert) =>
        data["forecast"] = alert.Forecast is { } forecast
            ? new JsonObject
            {
                ["amount"] = Amount(forecast.Amount), ["reached_at"] = PayloadJson.Instant(forecast.ReachedAt), ["days"] = forecast.Days,
                ["confidence"] = forecast.Confidence is { } confidence ? Words.ForecastConfidences.Of(confidence) : null,
            }
            : null;

    private JsonNode? Amount(Money? amount) => PayloadJson.Number(texts.Units(amount));

    private JsonArray Models(ImmutableArray<ModelShare> models, int limit) =>
        [.. models.Take(Alert.MaxTopModels).Select(m => new JsonObject { ["model"] = PayloadJson.Text(m.Model, limit), ["spent"] = Amount(m.Spent) })];

    private JsonArray Recommendations(ImmutableArray<Recommendation> recommendations, int limit) =>
        [.. recommendations.Take(AlertTexts.MaxRecommendations).Select(r => new JsonObject
        {
            ["kind"] = Words.RecommendationKinds.Of(r.Kind),
            ["subject"] = PayloadJson.Text(r.Subject, limit),
            ["instead"] = PayloadJson.Text(r.Instead, limit),
            ["amount"] = Amount(r.Amount),
            ["text"] = PayloadJson.Text(r.Text, limit),
        })];
}
