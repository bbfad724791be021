using System.Buffers;
using System.Text.Json;
using BudgetEngine.Domain;

namespace BudgetEngine.Api;

/// <summary>Writes decisions and windows as the API answers them.</summary>
public static class CheckAnswerJson
{
    /// <summary>Writes the whole answer of a check.</summary>
    /// <param name="explain">Adds every limited window.</param>
    public static void Write(IBufferWriter<byte> output, CheckAnswer answer, bool explain)
    {
        var json = JsonAnswer.Rent(output);
        Write(json, answer, explain);
        json.Flush();
        JsonAnswer.Return(json);
    }

    internal static void Write(Utf8JsonWriter json, CheckAnswer answer, bool explain)
    {
        json.WriteStartObject();
        json.WriteString("decision"u8, Words.Decision(answer.Allowed));
        WriteText(json, "reason"u8, answer.Reason);
        WriteText(json, "reservation_id"u8, answer.ReservationId);
        json.WriteMoney("estimated"u8, answer.Estimated);
        json.WriteMoney("granted"u8, answer.Granted);
        json.WriteTime("expires_at"u8, answer.ExpiresAt);
        json.WriteBoolean("over_limit"u8, answer.OverLimit);
        json.WriteBoolean("degraded"u8, answer.Degraded);
        json.WriteInteger("affordable_output_tokens"u8, answer.AffordableOutputTokens);
        json.WriteInteger("retry_after_seconds"u8, answer.RetryAfterSeconds);
        WriteWindow(json, "blocked_by"u8, answer.BlockedBy);
        WriteWindow(json, "tightest"u8, answer.Tightest);
        if (answer.Breaker is { } breaker) Breaker.Write(json, "breaker"u8, breaker);
        if (explain) WriteWindows(json, "budgets"u8, answer.Budgets);
        json.WriteEndObject();
    }

    internal static void WriteWindows(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<WindowView> windows)
    {
        json.WriteStartArray(name);
        for (var i = 0; i < windows.Count; i++) WriteWindow(json, windows[i]);
        json.WriteEndArray();
    }

    internal static void WriteWindow(Utf8JsonWriter json, ReadOnlySpan<byte> name, WindowView? window)
    {
        json.WritePropertyName(name);
        if (window is null) json.WriteNullValue();
        else WriteWindow(json, window);
    }

    /// <summary>Of a window above the caller's subtree only what tells when to come back.</summary>
    internal static void WriteWindow(Utf8JsonWriter json, WindowView window)
    {
        json.WriteStartObject();
        json.WriteString("cost_center"u8, window.CostCenter);
        if (!window.Hidden) WriteText(json, "user"u8, window.User);
        json.WriteString("period"u8, Words.Periods.Of(window.Period));
        if (!window.Hidden) WriteFigures(json, window);
        json.WriteString("status"u8, window.Status);
        json.WriteTime("resets_at"u8, window.ResetsAt);
        json.WriteEndObject();
    }

    internal static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null) json.WriteNull(name);
        else json.WriteString(name, text);
    }

    private static void WriteFigures(Utf8JsonWriter json, WindowView window)
    {
        json.WriteMoney("limit"u8, window.Limit);
        json.WriteMoney("spent"u8, window.Spent);
        json.WriteMoney("held"u8, window.Held);
        json.WriteMoney("available"u8, window.Available);
        json.WriteMoney("remaining"u8, window.Remaining);
        json.WriteDecimal("utilization"u8, window.Utilization);
    }
}
