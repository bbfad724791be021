using System.Text.Json;
using BudgetEngine.Domain;

namespace BudgetEngine.Api;

/// <summary>Writes reservations as the API answers them.</summary>
internal static class ReservationJson
{
    public static void Write(Utf8JsonWriter json, ReservationView view)
    {
        json.WriteStartObject();
        json.WriteString("reservation_id"u8, view.Id);
        json.WriteString("state"u8, Words.ReservationStates.Of(view.State));
        json.WriteString("cost_center"u8, view.CostCenter);
        json.WriteString("user"u8, view.User);
        CheckAnswerJson.WriteText(json, "model"u8, view.Model);
        CheckAnswerJson.WriteText(json, "request_id"u8, view.RequestId);
        json.WriteMoney("granted"u8, view.Granted);
        json.WriteMoney("left"u8, view.Left);
        json.WriteMoney("settled"u8, view.Settled);
        json.WriteTime("created_at"u8, view.CreatedAt);
        json.WriteTime("expires_at"u8, view.ExpiresAt);
        json.WriteEndObject();
    }
}
