using System.Text.Json;
using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;

namespace BudgetEngine.Api;

/// <summary>Writes cost centers.</summary>
internal static class CostCenterJson
{
    /// <summary>What both the list and the single answer tell.</summary>
    public static void WriteMembers(Utf8JsonWriter json, string path, NodeView view, IReadOnlyList<WindowView> windows, Breaker breaker)
    {
        json.WriteString("cost_center"u8, path);
        json.WriteString("status"u8, Statuses.Worst(windows));
        CheckAnswerJson.WriteWindows(json, "budgets"u8, windows);
        json.WriteMoney("spent_today"u8, new Money(view.SpentToday));
        json.WriteMoney("spent_month"u8, new Money(view.SpentMonth));
        json.WriteNumber("requests_today"u8, view.RequestsToday);
        WritePause(json, path, view);
        Breaker.Write(json, "breaker"u8, breaker);
    }

    public static void WriteReservations(Utf8JsonWriter json, NodeView view)
    {
        json.WriteStartObject("reservations"u8);
        json.WriteNumber("open"u8, view.Open);
        json.WriteMoney("amount"u8, new Money(view.OpenAmount));
        json.WriteStartArray("items"u8);
        foreach (var reservation in view.Reservations) ReservationJson.Write(json, OpenReservations.ViewOf(reservation));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteModels(Utf8JsonWriter json, IReadOnlyList<ModelSpend> models)
    {
        json.WriteStartArray("models"u8);
        foreach (var model in models)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model.Model);
            json.WriteMoney("spent_today"u8, model.SpentToday);
            json.WriteMoney("spent_month"u8, model.SpentMonth);
            json.WriteNumber("requests_month"u8, model.RequestsMonth);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePause(Utf8JsonWriter json, string path, NodeView view)
    {
        json.WritePropertyName("paused"u8);
        foreach (var pause in view.Pauses)
        {
            if (pause is not { User: null, Model: null }) continue;
            BudgetJson.WritePause(json, new Pause(path, null, null, pause.Until, pause.Reason, pause.By, pause.At));
            return;
        }

        json.WriteNullValue();
    }
}
