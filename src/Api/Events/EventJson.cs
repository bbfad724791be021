using System.Text.Json;
using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Api;

/// <summary>Writes the data of live events. Nothing of a cost center above the one that the event is about but what a denial tells.</summary>
internal static class EventJson
{
    public static void WriteDecision(Utf8JsonWriter json, CheckCommand command, CheckAnswer answer, DateTimeOffset at)
    {
        json.WriteStartObject();
        json.WriteTime("at"u8, at);
        json.WriteString("cost_center"u8, command.CostCenter.Path);
        json.WriteString("user"u8, command.User);
        CheckAnswerJson.WriteText(json, "model"u8, command.Model);
        CheckAnswerJson.WriteText(json, "request_id"u8, command.RequestId ?? command.Label);
        json.WriteString("decision"u8, Words.Decision(answer.Allowed));
        CheckAnswerJson.WriteText(json, "reason"u8, answer.Reason);
        json.WriteMoney("estimated"u8, answer.Estimated);
        json.WriteMoney("granted"u8, answer.Granted);
        json.WriteBoolean("over_limit"u8, answer.OverLimit);
        json.WriteBoolean("degraded"u8, answer.Degraded);
        CheckAnswerJson.WriteWindow(json, "blocked_by"u8, answer.BlockedBy is { } blocked ? blocked with { Hidden = true } : null);
        json.WriteEndObject();
    }

    public static void WriteSpend(Utf8JsonWriter json, string path, NodeView view, IReadOnlyList<WindowView> windows, DateTimeOffset at)
    {
        json.WriteStartObject();
        json.WriteTime("at"u8, at);
        json.WriteString("cost_center"u8, path);
        json.WriteString("status"u8, Statuses.Worst(windows));
        json.WriteMoney("spent_today"u8, new Money(view.SpentToday));
        json.WriteMoney("spent_month"u8, new Money(view.SpentMonth));
        json.WriteNumber("requests_today"u8, view.RequestsToday);
        CheckAnswerJson.WriteWindows(json, "budgets"u8, windows);
        json.WriteEndObject();
    }

    /// <param name="change">What was done.</param>
    public static void WriteChange(Utf8JsonWriter json, string path, string? user, string change, DateTimeOffset at)
    {
        json.WriteStartObject();
        json.WriteTime("at"u8, at);
        json.WriteString("cost_center"u8, path);
        CheckAnswerJson.WriteText(json, "user"u8, user);
        json.WriteString("change"u8, change);
        json.WriteEndObject();
    }

    public static void WriteBreaker(Utf8JsonWriter json, string path, Breaker breaker, DateTimeOffset at)
    {
        json.WriteStartObject();
        json.WriteTime("at"u8, at);
        json.WriteString("cost_center"u8, path);
        Breaker.Write(json, "breaker"u8, breaker);
        json.WriteEndObject();
    }
}
